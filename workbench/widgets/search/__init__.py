"""The widgets of the search lesson; they know the values of a search, never what computes them."""
