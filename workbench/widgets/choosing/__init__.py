"""What lesson 9 draws: the plane and its budgets, recipes as blocks, their tree and effects."""
