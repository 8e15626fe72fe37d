"""The rotation is open to view: who is next and why, how newcomers and returners stand, and what bounds unfairness."""

from datetime import date, timedelta

import pytest

from dispatch.commands.rotation.order import TriedOverride, calibrate, override, rotation
from dispatch.commands.rotation.statements import statement
from dispatch.commands.rotation.unfairness_bound import fairness
from dispatch.domain.docket.absence import AbsenceKind
from dispatch.domain.errors import ForbiddenError, InvalidFieldError, NotFoundError, ReasonRequiredError
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import ModeName
from dispatch.registry.tables import AbsenceRow, AdjustmentRow, LedgerRow, OfferRow, PractitionerRow
from tests.rows import NOW, attributes_row, practitioner_row

DAY = timedelta(days=1)


def credit(register, person, turns, effort=None, at=NOW - 9 * DAY, kind="turn"):
    register.add(
        LedgerRow(
            centre_id=register.centre.id, practitioner_id=person.id, kind=kind, turns=turns,
            effort=10 * turns if effort is None else effort, at=at,
        )
    )  # fmt: skip


def on_leave(register, person, from_on, until_on):
    register.add(
        AbsenceRow(kind=AbsenceKind.LEAVE, 
            centre_id=register.centre.id, practitioner_id=person.id, from_on=from_on, until_on=until_on,
            created_at=NOW,
        )
    )  # fmt: skip


def ledger(register, person):
    return sum(row.turns for row in register.all(LedgerRow, LedgerRow.practitioner_id == person.id))


def test_rotation_says_who_is_next_and_why_others_are_passed_over(register):
    full, fresh, busy = (register.a_practitioner(code) for code in ("full", "fresh", "busy"))
    away = register.a_practitioner("away")
    on_leave(register, away, date(2026, 3, 1), date(2026, 3, 31))
    credit(register, busy, 3)
    credit(register, fresh, 1)
    for number in range(5):
        register.an_assignment(register.a_case(str(number)), full)

    turns = rotation(register.read, register.clerk, NOW)

    reported = {turn.practitioner_id: (turn.turns, turn.next, turn.skipped) for turn in turns}
    assert reported == {
        full.id: (0, False, ("under_cap",)),
        away.id: (0, False, ("not_on_leave",)),
        fresh.id: (1, True, ()),
        busy.id: (3, False, ()),
    }
    assert [turn.place for turn in turns] == [1, 2, 3, 4]
    assert [turn.turns for turn in turns] == [0, 0, 1, 3]


def test_rotation_for_a_case_asks_every_rule(register):
    case = register.a_case(languages=["sign"])
    person = register.a_practitioner()

    [turn] = rotation(register.read, register.clerk, NOW, case.id)

    assert (turn.practitioner_id, turn.next, turn.skipped) == (person.id, False, ("speaks_language",))
    with pytest.raises(NotFoundError):
        rotation(register.read, register.clerk, NOW, "none")


def test_override_moves_someone_for_a_reason_that_is_kept(register):
    person = register.a_practitioner()

    row = override(register.begin, register.manager, NOW, person.id, 2, " was passed over by mistake ")

    assert ledger(register, person) == 2
    assert (row.reason, row.made_by) == ("was passed over by mistake", register.manager.user_id)
    with pytest.raises(ReasonRequiredError):
        override(register.begin, register.manager, NOW, person.id, 1, " ")
    with pytest.raises(ForbiddenError):
        override(register.begin, register.clerk, NOW, person.id, 1, "because")
    for turns in (0, 21):
        with pytest.raises(InvalidFieldError):
            override(register.begin, register.manager, NOW, person.id, turns, "because")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("by", ["person", "institution"])
def test_override_moves_someone_where_effort_is_evened_as_it_was_tried(register, by):
    register.a_policy(rotation={"counts": "effort", "by": by})
    first, other = (register.a_practitioner(code, register.an_institution(code)) for code in "ab")
    credit(register, other, 1, 5)

    tried = rotation(register.read, register.manager, NOW, tried=TriedOverride(first.id, 2))
    override(register.begin, register.manager, NOW, first.id, 2, "had two more last year")
    after = rotation(register.read, register.manager, NOW)

    assert [turn.code for turn in after] == ["b", "a"]
    assert [turn._replace(waiting_since=None) for turn in after] == [
        turn._replace(waiting_since=None) for turn in tried
    ]
    assert ledger(register, first) == 2
    override(register.begin, register.manager, NOW, first.id, -2, "taken back")
    assert [turn.code for turn in rotation(register.read, register.manager, NOW)] == ["a", "b"]
    assert sum(row.effort for row in register.all(LedgerRow, LedgerRow.practitioner_id == first.id)) == 0


def test_newcomer_opens_at_the_median_once(register):
    for code, turns in (("a", 2), ("b", 4), ("c", 9)):
        credit(register, register.a_practitioner(code), turns)
    new = practitioner_row(register.centre.id, "new", entered_on=NOW.date())
    register.add(new, attributes_row(new, register.the_institution(), from_on=NOW.date()))

    done = [calibrate(register.begin, register.read, NOW + n * DAY) for n in (0, 1)]

    assert done == [1, 0]
    assert ledger(register, new) == 4
    assert [(row.kind, row.turns, row.effort) for row in register.all(AdjustmentRow)] == [("opening", 4, 40)]


def test_those_there_when_the_ledger_began_are_no_newcomers(register):
    first = register.a_practitioner("a")
    register.a_practitioner("b")
    credit(register, first, 1)

    assert calibrate(register.begin, register.read, NOW) == 0


def test_returner_takes_on_what_the_median_grew_meanwhile_and_gains_nothing(register):
    away = register.a_practitioner("away")
    others = [register.a_practitioner(code) for code in "abc"]
    for person in (away, *others):
        credit(register, person, 1, at=NOW - 30 * DAY)
    on_leave(register, away, (NOW - 20 * DAY).date(), (NOW - 2 * DAY).date())
    for person in others:
        credit(register, person, 3, at=NOW - 9 * DAY)

    done = [calibrate(register.begin, register.read, NOW) for _ in range(2)]

    assert done == [1, 0]
    assert ledger(register, away) == 4
    assert [row.kind for row in register.all(AdjustmentRow)] == ["return"]


def test_bound_names_who_is_above_the_ideal_share_by_more_than_one_largest_case(register):
    people = [register.a_practitioner(code) for code in "abcd"]
    for person in people[:3]:
        credit(register, person, 1)
    even = fairness(register.read, register.clerk, NOW)
    for _ in range(3):
        credit(register, people[0], 1)

    uneven = fairness(register.read, register.clerk, NOW)

    assert (even.practitioners, even.ideal_effort, even.largest_case, even.above) == (4, 7.5, 10, [])
    assert [(each.practitioner_id, each.above) for each in uneven.above] == [(people[0].id, 25.0)]


def test_statement_counts_a_month_and_names_no_case(register):
    person, case = register.a_practitioner(), register.a_case()
    credit(register, person, 2, at=NOW - 40 * DAY)
    credit(register, person, 1)
    register.an_assignment(case, person, mode=ModeName.ROTATION)
    register.add(
        OfferRow(
            centre_id=register.centre.id, case_id=case.id, practitioner_id=person.id, mode=ModeName.ROTATION,
            state=OfferState.DECLINED, reason="busy", offered_at=NOW, expires_at=NOW + DAY,
        )
    )  # fmt: skip

    reported = statement(register.read, register.clerk, NOW, person.id, "2026-03")

    assert (reported.assignments, reported.turns, reported.turns_before) == ({"rotation": 1}, 0, 3)
    assert (reported.offers, reported.declined_because) == ({"declined": 1}, {"busy": 1})
    assert case.id not in str(reported)
    assert statement(register.read, register.clerk, NOW, person.id, "2026-02").turns == 1
    for month in ("2026-13", "soon"):
        with pytest.raises(InvalidFieldError):
            statement(register.read, register.clerk, NOW, person.id, month)


def test_practitioner_may_not_override(register):
    person = register.a_practitioner()

    with pytest.raises(ForbiddenError):
        override(register.begin, register.acting(person), NOW, person.id, -1, "me first")

    assert register.all(PractitionerRow)[0].revision == 1
