"""Claims on the page: a card each, and the board that collects them."""
