"""What is to come, in the order of time; the same agenda is worked off in the same order on every machine."""

import heapq
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from dispatch.domain.vocabulary import Term

MINUTE = timedelta(minutes=1)


# fmt: off
class What(Term):
    """What people do, and when."""

    LEARN      = "learn",      "得知案件之间的关联", "ties between cases become known"
    GRANT      = "grant",      "决定给予法律援助", "aid is granted"
    WISH       = "wish",       "点援",     "the recipient names wishes"
    LEAVE      = "leave",      "案件退出", "the case leaves from outside"
    ANSWER     = "answer",     "答复征询", "an offer is answered"
    CLAIM      = "claim",      "抢单",     "a posted case is claimed"
    RESPOND    = "respond",    "答复指派", "an assignment is answered"
    ARRANGE    = "arrange",    "安排承办人员", "an institution arranges its person, or gives the case back"
    SIGN       = "sign",       "签订委托协议", "the agreement is signed"
    BEGIN      = "begin",      "开始办理", "work begins"
    ASK_CHANGE = "ask_change", "申请更换", "a replacement is asked for"
    DECIDE     = "decide",     "决定是否更换", "a replacement is decided"
    HAND_OVER  = "hand_over",  "交接案件", "all cases of someone are handed over"
    GIVE_BACK  = "give_back",  "申请变更指派", "an accepted case is given back"
    CLOSE      = "close",      "结案",     "a case is closed"
    CONFIRM    = "confirm",    "确认",     "a run is confirmed"
# fmt: on


class Due(NamedTuple):
    """Something people do, and with what."""

    what: What
    about: tuple[Any, ...]


class Minute(NamedTuple):
    """A minute at which something is to come."""

    at: datetime
    dues: list[Due]
    """What people do in it."""
    case_ids: set[str]
    """The cases for which a moment has come that somebody waited for."""
    only_look: bool
    """Whether deadlines are all there is to see."""


class Agenda:
    """Dues by the minute. Those of one minute come in the order in which they were written down."""

    def __init__(self) -> None:
        self._dues: list[tuple[datetime, int, Due | None]] = []
        self._ticks: dict[datetime, set[str]] = {}
        self._looks: set[datetime] = set()
        self._count = 0
        self._begun: datetime | None = None

    def put(self, at: datetime, what: What, *about: Any) -> None:
        """Let it happen at the first full minute that is not before ``at``, and never in the minute at hand."""
        self._push(self._coming(at), Due(what, about))

    def wake(self, at: datetime, *case_ids: str) -> None:
        """Check at that minute what has become due automatically, with these cases."""
        if (tick := self._coming(at)) not in self._ticks:
            self._ticks[tick] = set()
            self._push(tick, None)
        self._ticks[tick].update(case_ids)

    def look(self, at: datetime) -> None:
        """Look at that minute only for deadlines that cannot be met."""
        if (tick := self._coming(at)) not in self._looks:
            self._looks.add(tick)
            self._push(tick, None)

    def next_minute(self) -> Minute | None:
        """Return the next minute at which anything is to come, and what; None when nothing is."""
        if not self._dues:
            return None
        now, dues = self._dues[0][0], []
        self._begun = now
        while self._dues and self._dues[0][0] == now:
            due = heapq.heappop(self._dues)[2]
            if due is not None:
                dues.append(due)
        self._looks.discard(now)
        only_look = not dues and now not in self._ticks
        return Minute(now, dues, self._ticks.pop(now, set()), only_look)

    def _coming(self, at: datetime) -> datetime:
        minute = full_minute(at)
        return minute if self._begun is None else max(minute, self._begun + MINUTE)

    def _push(self, at: datetime, due: Due | None) -> None:
        self._count += 1
        heapq.heappush(self._dues, (at, self._count, due))


def full_minute(at: datetime) -> datetime:
    """Return the first full minute that is not before ``at``."""
    floor = at.replace(second=0, microsecond=0)
    return floor if floor == at else floor + MINUTE
