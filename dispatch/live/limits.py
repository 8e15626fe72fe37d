"""What the operating system grants a process that keeps many streams."""

import resource


def allow_many_streams() -> int:
    """Take as many open files as we may have without asking: a stream is one; return how many."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
