"""The log of a centre as a tree: sealed as it grows, checked as a whole, proven entry by entry."""
