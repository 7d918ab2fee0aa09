"""Search: optuna over the finite values of a setting's fields, in one process or in many."""
