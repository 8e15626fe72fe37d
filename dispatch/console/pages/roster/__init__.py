"""Pages about who is in the roster, and what is declared of them."""
