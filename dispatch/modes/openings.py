"""How each mode begins its step of a chain: whom it asks, or that it posts, calls a run, waits, or why it cannot."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dispatch.domain.chain import MAX_WISHES, Because, guarded
from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.kleene import YES
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.vocabulary import ModeName
from dispatch.modes import CHOICES
from dispatch.modes.rotation import queue_of

MAX_SKIPPED_NAMED = 20


@dataclass(frozen=True, slots=True)
class Ask:
    """
    Ask these practitioners at the same time.

    In turn, ``skipped`` names the rules that passed over others, and ``owed`` who came first because
    they lack so many cases to the floor of the year.
    """

    practitioner_ids: tuple[str, ...]
    skipped: dict[str, list[str]] | None = None
    owed: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskWish:
    """Ask the first of these wishes, in office hours; the others follow it, each in its share of the time."""

    practitioner_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """Put the case on the board."""


@dataclass(frozen=True, slots=True)
class CallRun:
    """Leave the case to a run: the next periodic one, or one at once."""

    urgent: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """Leave the case where it is: the recipient, or an officer, has the time of the step."""


Opening = Ask | AskWish | Post | CallRun | Wait | Because
Opener = Callable[["Question"], Opening]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One row of a docket, alone, at the step of a mode."""

    mode: ModeName
    docket: Docket
    eligibility: Eligibility
    row: int = field(default=0)


def opening_of(question: Question) -> Opening:
    """Return how the step begins for a case that waits, or why nobody can be asked."""
    if not question.eligibility.row(question.row).any():
        return Because.NOBODY_ELIGIBLE
    return OPENERS[question.mode](question)


def is_urgent(due_at: datetime, now: datetime, direct_below_hours: float) -> bool:
    """Return whether a case cannot wait for the next periodic run."""
    return due_at - now < timedelta(hours=direct_below_hours)


def _named(question: Question) -> Opening:
    docket = question.docket
    j = int(CHOICES[question.mode](docket, question.eligibility)[question.row])
    return Because.NOBODY_NAMED if j == NOBODY else Ask((docket.practitioner_at(j).id,))


def _followed(question: Question) -> Opening:
    case = question.docket.case_at(question.row)
    # Counsel follows the matter with the recipient's consent: who has named somebody else first is heard.
    if case.earlier_counsel and case.wishes and case.wishes[0] not in case.earlier_counsel:
        return Because.OTHER_NAMED
    return _named(question)


def _wished(question: Question) -> Opening:
    wishes = question.docket.case_at(question.row).wishes
    if not wishes:
        # The recipient still has the window to name one.
        return Wait()
    match _named(question):
        case Ask((first,)):
            passes, column_of = question.eligibility.row(question.row), question.docket.column_of
            columns = {id: column_of(id) for id in wishes[:MAX_WISHES] if id != first}
            return AskWish((first, *(id for id, j in columns.items() if j != NOBODY and passes[j])))
        case otherwise:
            return otherwise


def _in_turn(question: Question) -> Opening:
    docket, eligibility, i = question.docket, question.eligibility, question.row
    passes = eligibility.row(i)
    queue = queue_of(docket).tolist()
    asked = [j for j in queue if passes[j]][: docket.policy.walk.offers_at_once]
    # Who is not on the list has no turn to be passed over.
    on_list = docket.practitioner.listed[0] == YES
    passed = [j for j in queue[: queue.index(asked[-1])] if not passes[j] and on_list[j]][:MAX_SKIPPED_NAMED]
    why = zip(passed, eligibility.why_row(i, passed), strict=True)
    skipped = {docket.practitioner_at(j).id: [each.code for each in refusals] for j, refusals in why}
    lacking = {docket.practitioner_at(j).id: int(docket.practitioner.owed[0, j]) for j in asked}
    return Ask(tuple(lacking), skipped, {id: cases for id, cases in lacking.items() if cases})


def _board(question: Question) -> Opening:
    return Because.NOT_OPEN if guarded(question.docket.case_at(question.row)) else Post()


def _run(question: Question) -> Opening:
    docket = question.docket
    due_at = docket.case_at(question.row).due_at
    return CallRun(is_urgent(due_at, docket.facts.now, docket.policy.walk.direct_below_hours))


def _officer(question: Question) -> Opening:
    return Wait()


# fmt: off
OPENERS: dict[ModeName, Opener] = {
    ModeName.CONTINUITY:      _followed,
    ModeName.POINT_SELECTION: _wished,
    ModeName.GRAB:            _board,
    ModeName.ROTATION:        _in_turn,
    ModeName.OPTIMIZED:       _run,
    ModeName.DESIGNATION:     _officer,
}
# fmt: on
