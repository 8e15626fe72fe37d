"""Processes that work the queues off, and the scheduler that fills them."""
