"""What a centre keeps for itself: its letterhead and templates, its working days."""
