"""A copy of the whole register in one file, and the way back: each database with its own tools, both told alike."""
