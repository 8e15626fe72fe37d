"""What the live hall tells of a case's history: one table from entries to what is told."""

from dispatch.domain.chain import Mark
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import Happening
from dispatch.domain.vocabulary import Status

# fmt: off
STAYS: dict[str, Happening] = {
    # entry that leaves the case on the board
    Event.POST:   Happening.POSTED,
    Mark.UNSEAL:  Happening.OPENED,
}
LEAVES: dict[str, Happening] = {
    # entry that takes it off; any other, such as the recipient's own counsel, withdraws it
    Event.GRAB:   Happening.TAKEN,
    Event.EXPIRE: Happening.EXPIRED,
}
# fmt: on


def happening_of(event: str, before: Status | None, after: Status) -> Happening | None:
    """Return what the hall is told of an entry, or None if it is told nothing."""
    if after is Status.POSTED:
        return STAYS.get(event)
    return LEAVES.get(event, Happening.WITHDRAWN) if before is Status.POSTED else None
