"""The six ways to name a practitioner; pure, and blind to each other.

Four of them choose: a docket and its eligibility in, a choice out. Rotation gives an order instead, of which a
step asks the first few at once, and designation names one person, who is judged like anyone else given a seat.
"""

from collections.abc import Callable

from dispatch.domain.docket.docket import Choice, Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.lifecycle import Event
from dispatch.domain.vocabulary import ModeName
from dispatch.modes import continuity, grab, optimized, point_selection

Choose = Callable[[Docket, Eligibility], Choice]

# fmt: off
EVENTS: dict[ModeName, Event] = {
    # mode                    the event that records the seats it gives
    ModeName.OPTIMIZED:       Event.ASSIGN,
    ModeName.POINT_SELECTION: Event.ASSIGN,
    ModeName.GRAB:            Event.GRAB,
    ModeName.ROTATION:        Event.ASSIGN,
    ModeName.CONTINUITY:      Event.ASSIGN,
    ModeName.DESIGNATION:     Event.ASSIGN,
}

CHOICES: dict[ModeName, Choose] = {
    # mode                    how it chooses
    ModeName.OPTIMIZED:       optimized.choose,
    ModeName.POINT_SELECTION: point_selection.choose,
    ModeName.GRAB:            grab.choose,
    ModeName.CONTINUITY:      continuity.choose,
}
# fmt: on
