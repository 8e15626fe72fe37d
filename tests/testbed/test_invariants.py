"""Each sentence about a register is shown to bite: one breach, planted by hand, and it is named."""

from contextlib import suppress

import pytest
from sqlalchemy import text

from dispatch.commands.board import claim, post_case
from dispatch.commands.chain import start_plan
from dispatch.commands.designation import designate
from dispatch.commands.life import arrangements, replacements
from dispatch.commands.offers.offers import make_offers
from dispatch.domain.states import ReplacementGround
from testbed.invariants import INVARIANTS, WAYS_ONLY, require_sound, unsound
from tests.commands.life.acts import at_work, closed
from tests.rows import NOW, register

__all__ = ["register"]

# fmt: off
BREACHES = {
    "a case is held when all its seats are, and only then":
        "UPDATE legal_case SET status = 'pending' WHERE number = 'worked'",
    "a case that is over, or not granted, is in nobody's hands":
        "UPDATE legal_case SET status = 'terminated' WHERE number = 'worked'",
    "a case is offered while somebody is asked": "UPDATE offer SET state = 'withdrawn' WHERE state = 'pending'",
    "a case is posted while it is on the board": "UPDATE posting SET state = 'closed'",
    "a case is entrusted while an institution is to arrange its person": "UPDATE arrangement SET state = 'expired'",
    "a chain is walked by undecided cases only": "UPDATE legal_case SET status = 'terminated' WHERE number = 'walked'",
    "a designation waits for undecided cases only":
        "UPDATE legal_case SET status = 'terminated' WHERE number = 'named'",
    "a claim is open while its posting is": "UPDATE posting SET state = 'closed'",
    "a claim that won has its assignment, and no assignment two of them": "UPDATE claim SET state = 'won'",
    "a request to replace somebody waits while they have the case, and its time limit runs":
        "UPDATE clock SET stopped_at = due_at, became = 'met' WHERE code = 'T11'",
    "an approved replacement ended the assignment it was about": "UPDATE replacement SET state = 'approved'",
    "no time limit runs for an assignment that is over, but those of its file":
        "UPDATE assignment SET ended_at = assigned_at, end_reason = 'declined' WHERE begun_at IS NOT NULL",
    "a time limit runs once for a case, or for an assignment of it":
        "UPDATE clock SET code = 'T11', stopped_at = NULL, became = NULL "
        "WHERE assignment_id = (SELECT assignment_id FROM replacement)",
    "no time limit runs for a case that left, but those of telling it and of what is said against it":
        "UPDATE legal_case SET status = 'retained' WHERE number = 'worked'",
    "an assignment is a turn while it is held, and afterwards if the work had begun and nobody took it over":
        "UPDATE assignment SET ended_at = assigned_at, end_reason = 'declined' WHERE begun_at IS NOT NULL",
    "who closed a case has a closing report in its file for each time, corrected or not":
        "UPDATE paper SET kind = 'progress' WHERE kind = 'closing'",
    "a case is where its history ends": "UPDATE legal_case SET status = 'signed' WHERE number = 'worked'",
    WAYS_ONLY:
        "INSERT INTO case_event (centre_id, case_id, event, from_status, to_status, at) "
        "SELECT centre_id, id, 'close', 'received', 'closed', updated_at FROM legal_case WHERE number = 'worked'",
}
# fmt: on


@pytest.fixture
def busy(register):
    """A register with a case in every state that a sentence is about."""
    register.a_policy(grab={"window_minutes": 10, "epsilon": 0})
    firm, begin, clerk = register.an_institution(), register.begin, register.clerk
    worker, best = register.a_practitioner("worker", firm), register.a_practitioner("best", firm, quality=99)
    case = {name: register.a_case(name) for name in ("worked", "over", "offered", "posted", "entrusted", "walked")}
    held = at_work(register, case["worked"], worker)
    given = (ReplacementGround.HEALTH, "ill", (), held.id)
    replacements.ask(begin, register.seal, clerk, NOW, held.case_id, *given)
    closed(register, at_work(register, case["over"], best))
    make_offers(begin, clerk, NOW, case["offered"].id, [best.id])
    post_case(begin, clerk, NOW, case["posted"].id)
    claim(begin, register.read, register.acting(worker), NOW, case["posted"].id)
    arrangements.entrust(begin, clerk, NOW, case["entrusted"].id, firm.id, "next")
    start_plan(begin, clerk, NOW, case["walked"].id)
    designate(begin, clerk, NOW, register.a_case("named", recipient_is_minor=True).id, best.id, "knows children")
    return register


class UndoneError(Exception):
    """The breach is not kept."""


def found_after(busy, breach):
    """What is found with the breach in the register, which is sound again afterwards."""
    found = {}
    with suppress(UndoneError), busy.begin() as tx:
        tx.session.connection().execute(text(breach))
        found = unsound(tx.session, busy.centre.id)
        raise UndoneError
    return found


def test_every_breach_is_named_by_its_sentence(busy):
    named = {sentence for sentence, breach in BREACHES.items() if sentence in found_after(busy, breach)}

    require_sound(busy.read, busy.centre.id)
    assert named == {*INVARIANTS, WAYS_ONLY}
