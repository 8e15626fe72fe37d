"""What is written down about acts, and how it is shown that none of it was changed afterwards."""
