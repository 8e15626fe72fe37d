"""Whole acts of a case's life, each as an officer or the practitioner does it; a test names only what matters to it."""

from dispatch.commands.life import work
from dispatch.commands.offers.offers import answer, make_offers
from dispatch.domain.states import CaseOutcome
from dispatch.registry.tables import AssignmentRow, ClockRow
from tests.rows import NOW


def accepted(register, case, person, now=NOW):
    """Offer the next open seat to the person, who accepts."""
    [offer] = make_offers(register.begin, register.clerk, now, case.id, [person.id])
    taken = answer(register.begin, register.clerk, now, offer.id, True)
    return register.get(AssignmentRow, taken.assignment_id)


def signed(register, assignment, actor=None, now=NOW, **more):
    return work.sign(register.begin, register.seal, actor or register.clerk, now, assignment.id, **more)


def begun(register, assignment, actor=None, now=NOW, **more):
    return work.begin_work(register.begin, register.seal, actor or register.clerk, now, assignment.id, **more)


def closed(register, assignment, actor=None, now=NOW, outcome=CaseOutcome.JUDGMENT, text="won", **more):
    who = actor or register.clerk
    return work.close(register.begin, register.seal, who, now, assignment.id, outcome, text, **more)


def at_work(register, case, person, now=NOW):
    """Let the person have accepted, signed and begun."""
    assignment = accepted(register, case, person, now)
    signed(register, assignment, now=now)
    return begun(register, assignment, now=now)


def load_of(register, person):
    """How many cases someone holds."""
    own = (AssignmentRow.practitioner_id == person.id, AssignmentRow.ended_at.is_(None))
    return len(register.all(AssignmentRow, *own))


def clocks(register, case):
    """The time limits of a case, as code and how each ended, by their start and their code."""
    rows = sorted(register.all(ClockRow, ClockRow.case_id == case.id), key=lambda row: (row.started_at, row.code))
    return [(row.code, row.became and row.became.value) for row in rows]
