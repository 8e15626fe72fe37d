"""What comes before every route: who asks, how often and how much they send, checked before a body is read."""
