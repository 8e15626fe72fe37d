"""Who comes in: how long what lets somebody in lasts, and what guessing costs."""
