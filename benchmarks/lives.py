"""Cases at work in the middle of a storm: everyone ends, replaces, corrects and documents them at the same time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import NamedTuple

from sqlmodel import col, select

from benchmarks.audit import CARRIED_OUT
from benchmarks.board import STAYS, TOKEN, Board, Lawyer
from benchmarks.stubborn import Answered, Asked
from dispatch.commands.designation import designate
from dispatch.commands.documents.stationery import set_letterhead
from dispatch.commands.life import replacements, work
from dispatch.commands.offers.undertaking import answer_assignment
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor
from dispatch.domain.states import ReplacementGround
from dispatch.domain.vocabulary import PartyRole, Role
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseEventRow, DocumentRow, PartyRow
from dispatch.registry.transaction import Begin, Read
from testbed.invariants import require_sound
from testbed.rows import case_row

SECRET = "a secret of the benchmark"


class Life(NamedTuple):
    """A case at work, who has it, and the request for another one that waits for a decision."""

    case_id: str
    assignment_id: str
    practitioner_id: str
    lawyer: Lawyer
    replacement_id: str


def open_lives(begin: Begin, board: Board, lawyers: Sequence[Lawyer], now: datetime) -> list[Life]:
    """Give each of these lawyers a case, and let the work on it have begun."""
    staff = ((board.clerk, Role.CLERK), (board.manager, Role.MANAGER))
    clerk, manager = (Actor(token.removeprefix(TOKEN), role, board.centre_id) for token, role in staff)
    set_letterhead(begin, manager, now, "商", "王主任", "0370-12348")
    return [_begun(begin, clerk, lawyer, f"life-{n}", now) for n, lawyer in enumerate(lawyers)]


def _begun(begin: Begin, clerk: Actor, lawyer: Lawyer, number: str, now: datetime) -> Life:
    seal, moments = Seal(SECRET, "aes"), ("received_at", "granted_at", "entitled_at", "updated_at")
    dates = dict.fromkeys(moments, now) | {"due_at": now + STAYS}
    with begin() as tx:
        case_id = tx.add(case_row(clerk.centre_id, number, **dates)).id
        tx.session.flush()
        named = seal.seal({"name": "somebody"})
        tx.add(PartyRow(centre_id=clerk.centre_id, case_id=case_id, role=PartyRole.RECIPIENT, sealed=named))
    # The scheduler is at work already: whoever it may have asked is not asked any more.
    seat = designate(begin, clerk, now, case_id, lawyer.id, "of this storm").assignment_id or ""
    answer_assignment(begin, clerk, now, seat, True)
    work.sign(begin, seal, clerk, now, seat)
    work.begin_work(begin, seal, clerk, now, seat)
    asked = replacements.ask(begin, seal, clerk, now, case_id, ReplacementGround.HEALTH, "ill", (), seat)
    return Life(case_id, seat, lawyer.id, lawyer, asked.id)


def acts_on(life: Life, board: Board) -> list[Asked]:
    """Return everything that is asked about one life at the same time; what is asked twice has two keys."""
    case, seat = f"/v1/cases/{life.case_id}", f"/v1/assignments/{life.assignment_id}"
    decision = f"/v1/replacements/{life.replacement_id}/decision"
    closing: Mapping[str, object] = {"outcome": "judgment", "text": "won"}
    words: Mapping[str, object] = {"text": "so it is"}
    reason: Mapping[str, object] = {"reason": "mistaken"}
    about: Mapping[str, object] = {"about_id": life.assignment_id}
    acts: list[tuple[str, str, Mapping[str, object]]] = [
        *[(f"{seat}/close", life.lawyer.token, closing)] * 2,
        (f"{case}/terminate", board.clerk, {"ground": "case_over", **words}),
        (f"{case}/own-counsel", board.clerk, words),
        (decision, board.manager, {"approve": True, "same_institution": False, **words}),
        (decision, board.manager, {"approve": False, **words}),
        (f"/v1/practitioners/{life.practitioner_id}/hand-over", board.manager, {"ground": "health", **words}),
        *[(f"{case}/corrections", board.manager, reason)] * 2,
        (f"{seat}/grade", board.clerk, {"grade": "good"}),
        *[(f"{case}/documents/assignment_notice", board.clerk, about)] * 2,
    ]
    return [Asked(path, token, f"life-{life.case_id}-{n}", body) for n, (path, token, body) in enumerate(acts)]


# fmt: off
LEAVES = {
    # last word of the path   what it leaves in the history of the case
    "close":       Event.CLOSE,
    "terminate":   Event.TERMINATE,
    "own-counsel": Event.RETAIN,
    "corrections": Event.CORRECT,
    "grade":       Event.EVALUATE,
}
# fmt: on


def audit_lives(read: Read, board: Board, lives: Sequence[Life], answers: Sequence[Answered]) -> Counter[str]:
    """Return how often each act was carried out, or raise AssertionError for what was lost, doubled or left half."""
    require_sound(read, board.centre_id)
    done = Counter((_life_of(answer), _last(answer)) for answer in answers if _carried_out(answer))
    with read() as session:
        about = col(CaseEventRow.case_id).in_([life.case_id for life in lives])
        events = Counter((row.case_id, row.event) for row in session.exec(select(CaseEventRow).where(about)))
        issued = session.exec(select(DocumentRow).where(DocumentRow.centre_id == board.centre_id)).all()
    # Each was asked for twice: it has one number, and no number is left out.
    assert sorted(row.serial for row in issued) == list(range(1, len(lives) + 1))
    assert {row.about_id for row in issued} == {life.assignment_id for life in lives}
    for life, (act, event) in product(lives, LEAVES.items()):
        kept, times = events[life.case_id, event.value], done[life.case_id, act]
        # A repetition is answered too and leaves nothing; a correction is never another one's repetition.
        held = kept == times if event is Event.CORRECT else kept <= times and bool(kept) == bool(times)
        assert held, f"{event} of {life.case_id}: {kept} in the history, {times} answered"
    return Counter(act for _, act in done.elements())


def _life_of(answer: Answered) -> str:
    return answer.asked.key.split("-")[1]


def _last(answer: Answered) -> str:
    return answer.asked.path.rsplit("/", 1)[1]


def _carried_out(answer: Answered) -> bool:
    return answer.status < 400 or answer.wording["code"] == CARRIED_OUT
