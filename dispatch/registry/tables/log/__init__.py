"""What is only ever written down: who did what, and the trees that show that nothing of it was changed."""
