"""Search: optuna over the finite values of a setting's fields, in one process or in many.

`values` is what pages need; all other modules load optuna.
"""
