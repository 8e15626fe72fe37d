"""Pages on which a manager decides what waits of many cases together."""
