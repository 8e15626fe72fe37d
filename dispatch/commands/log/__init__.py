"""The log that proves itself: sealed, published, checked, and shown to each whose entries are in it."""
