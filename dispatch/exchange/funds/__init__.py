"""What is written about money in files and forms."""
