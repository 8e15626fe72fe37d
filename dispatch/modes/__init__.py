"""The six ways to name a practitioner: a docket and its eligibility in, a choice out; pure, and blind to each other."""

from collections.abc import Callable
from dataclasses import dataclass

from dispatch.domain.docket.docket import Choice, Docket
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.lifecycle import Event
from dispatch.domain.vocabulary import ModeName
from dispatch.modes import continuity, designation, grab, optimized, point_selection, rotation

Choose = Callable[[Docket, Eligibility], Choice]


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to choose, and the event that records it."""

    name: ModeName
    choose: Choose
    event: Event


# fmt: off
MODES: dict[ModeName, Mode] = {mode.name: mode for mode in (
    Mode(ModeName.OPTIMIZED,       optimized.choose,       Event.ASSIGN),
    Mode(ModeName.POINT_SELECTION, point_selection.choose, Event.ASSIGN),
    Mode(ModeName.GRAB,            grab.choose,            Event.GRAB),
    Mode(ModeName.ROTATION,        rotation.choose,        Event.ASSIGN),
    Mode(ModeName.CONTINUITY,      continuity.choose,      Event.ASSIGN),
    Mode(ModeName.DESIGNATION,     designation.choose,     Event.ASSIGN),
)}
# fmt: on
