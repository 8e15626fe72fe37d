"""What a demo promises; a broken promise ends it with a message and a failure."""


class BrokenPromiseError(Exception):
    """The service did not do what it promises."""


def promise(kept: bool, broken: str) -> None:
    """Go on if the promise is kept, else say what was broken."""
    if not kept:
        raise BrokenPromiseError(broken)
