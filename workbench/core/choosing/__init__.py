"""What is measured for a choice: grids of recipes, orders of blocks, trials of a search."""
