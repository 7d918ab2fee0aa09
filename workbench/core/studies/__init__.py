"""Studies: many measurements of one network in a grid, told cell by cell as they come."""
