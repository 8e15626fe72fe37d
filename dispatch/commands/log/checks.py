"""A log checked because somebody asks: what the night does, while they wait."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dispatch.commands.answers.days import one_at_a_time
from dispatch.commands.log.keeping import verify_logs
from dispatch.domain.errors import LogTooLongError
from dispatch.domain.log.words import LogFault
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.registry.log.checking import Fault
from dispatch.registry.tables import LogTreeRow
from dispatch.registry.transaction import Read

MAX_ENTRIES = 200_000
"""Of a log that is checked while somebody waits: six seconds of a processor."""


class LogCheck(NamedTuple):
    """What a log came to, and everything that is wrong with it or with the triggers that keep it."""

    size: int
    root: str
    faults: Sequence[Fault]
    counts: Mapping[LogFault, int]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.counts


def check_own_log(read: Read, actor: Actor) -> LogCheck:
    """Return whether the log of the actor's centre is as it was sealed and published; too long a one is refused.

    One is worked out at a time, as answers are; who waits too long is told when to ask again.
    """
    require(actor, Verb.VERIFY)
    with read() as session:
        tree = session.get(LogTreeRow, actor.centre_id)
        if tree and tree.size > MAX_ENTRIES:
            raise LogTooLongError(entries=tree.size, most=MAX_ENTRIES)
    with one_at_a_time():
        [checked], triggers = verify_logs(read, actor.centre_id)
    counts = dict(checked.counts)
    for fault in triggers:
        counts[fault.kind] = counts.get(fault.kind, 0) + 1
    return LogCheck(checked.size, checked.root.hex(), [*checked.faults, *triggers], counts)
