"""Processes that work the queues off, and the scheduler that fills them."""

from dispatch.__main__ import look_less_for_waste

look_less_for_waste()
