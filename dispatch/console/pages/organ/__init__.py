"""What a case organ does for itself: its notices that somebody is due, and the letters that answer them."""
