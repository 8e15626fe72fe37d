"""Ends raced against each other: one wins, what was held is freed once, and nothing is left half done."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from dispatch.commands.life import arrangements, ends, replacements, work
from dispatch.domain.errors import DispatchError
from dispatch.domain.states import CaseOutcome, ReplacementGround, TerminationGround
from dispatch.domain.vocabulary import Status
from dispatch.registry.tables import AssignmentRow, CaseEventRow, CaseRow, ClockRow, LedgerRow
from tests.commands.life.acts import at_work, load_of
from tests.rows import NOW


def raced(*acts):
    """Let all begin at the same moment; return what each returned, or the refusal."""
    barrier = Barrier(len(acts))

    def run(act):
        barrier.wait()
        try:
            return act()
        except DispatchError as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_closing_termination_and_hand_over_at_once_end_the_case_once(register):
    case, person = register.a_case(), register.a_practitioner("a")
    colleague = register.a_practitioner("b")
    held = at_work(register, case, person)
    given = (register.begin, register.seal)

    raced(
        *[lambda: work.close(*given, register.clerk, NOW, held.id, CaseOutcome.JUDGMENT, "won")] * 3,
        *[lambda: ends.terminate(*given, register.clerk, NOW, case.id, TerminationGround.CASE_OVER, "over")] * 3,
        lambda: replacements.hand_over(*given, register.manager, NOW, person.id, ReplacementGround.HEALTH, "ill"),
    )

    moves = Counter(row.event for row in register.all(CaseEventRow) if row.from_status is not row.to_status)
    assert moves["close"] + moves["terminate"] == 1
    assert register.get(CaseRow, case.id).status in (Status.CLOSED, Status.TERMINATED)
    assert (load_of(register, person), load_of(register, colleague)) == (0, 0)
    running = {row.code for row in register.all(ClockRow, ClockRow.stopped_at.is_(None))}
    assert running in ({"T18a"}, {"T20a", "T20b", "T20c"})
    turns = Counter()
    for row in register.all(LedgerRow):
        turns[row.practitioner_id] += row.turns
    # The turn is the worker's if they closed it or it was terminated in their hands; else nobody's.
    assert set(turns.values()) <= {0, 1}
    assert sum(turns.values()) == (0 if moves["replace"] else 1)


def test_several_arrangements_of_one_case_name_one_person(register):
    firm = register.an_institution("firm")
    people = [register.a_practitioner(code, firm) for code in "abcd"]
    case = register.a_case()
    given = arrangements.entrust(register.begin, register.clerk, NOW, case.id, firm.id, "next in turn")

    raced(
        *[
            lambda person=person: arrangements.arrange(register.begin, register.clerk, NOW, given.id, person.id)
            for person in people
        ],
        lambda: ends.retain(register.begin, register.seal, register.clerk, NOW, case.id, "own counsel"),
    )

    live = register.all(AssignmentRow, AssignmentRow.ended_at.is_(None))
    status = register.get(CaseRow, case.id).status
    assert (len(live), status) in ((1, Status.ASSIGNED), (0, Status.RETAINED))
    assert len(register.all(AssignmentRow)) <= 1
