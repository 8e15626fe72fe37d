"""What is pushed to open connections: the one asynchronous room of the house."""
