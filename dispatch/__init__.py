"""The service; whatever of it a process loads first, this is run before."""

import gc

YOUNG = 10_000
"""Objects made between two looks for waste.

Nearly all that is loaded stays: with the interpreter's 700 a start costs a third more, and so does a message to an
open page. Every process passes here: the command line, workers, the scheduler, and each process of a server.
"""

gc.set_threshold(YOUNG)
