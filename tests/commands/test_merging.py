"""Two records of one person become one with all that hangs on them; two that only look like one are told apart."""

from datetime import date, timedelta

import pytest

from dispatch.commands.roster.history import practitioner_history
from dispatch.commands.roster.merging import clear_duplicate, likenesses, mark_distinct, merge
from dispatch.domain.docket.absence import AbsenceKind
from dispatch.domain.errors import InvalidFieldError, MergeRefusedError, NotFoundError, StaleError
from dispatch.domain.ledger import EntryKind
from dispatch.domain.vocabulary import PairKind, RelationKind, Role, Status
from dispatch.registry.reads import Slice
from dispatch.registry.roster.merging import STAYS, moved_columns, require_kept
from dispatch.registry.tables import (
    AbsenceRow,
    AssignmentRow,
    CaseRow,
    DistinctRow,
    LedgerRow,
    PairRow,
    PractitionerRow,
    RelationRow,
    UserRow,
    WishRow,
)
from testbed.rows import a_user
from tests.commands.test_roster import facts_of
from tests.rows import NOW

DAY = timedelta(days=1)


def merged(register, kept, other, if_match=1):
    return merge(
        register.begin, register.seal, register.clerk, NOW, kept.id, other.id, "one person, licence renewed", if_match
    )


def entry(register, practitioner, kind, turns, effort, at, assignment=None):
    id = assignment.id if assignment else None
    whose = {"centre_id": register.centre.id, "practitioner_id": practitioner.id, "assignment_id": id}
    return register.add(LedgerRow(**whose, kind=kind.value, turns=turns, effort=effort, at=at))


def two(register):
    return register.a_practitioner("new", quality=None), register.a_practitioner("old", quality=40)


def test_what_hangs_on_the_other_record_hangs_on_the_kept_one(register):
    kept, other = two(register)
    user = register.add(a_user(register.centre.id, "hers", Role.PRACTITIONER))
    both, one = register.a_case("1"), register.a_case("2", status=Status.ASSIGNED)
    held = register.an_assignment(one, other)
    about = {"centre_id": register.centre.id, "practitioner_id": other.id}
    mine = about | {"practitioner_id": kept.id}
    register.add(
        AbsenceRow(
            kind=AbsenceKind.LEAVE, **about, from_on=date(2026, 3, 1), until_on=date(2026, 3, 20), created_at=NOW
        ),
        WishRow(**mine, case_id=both.id, rank=1), WishRow(**about, case_id=both.id, rank=2),
        WishRow(**about, case_id=one.id, rank=1),
        PairRow(**mine, case_id=both.id, kind=PairKind.CONFLICT, created_at=NOW),
        PairRow(**about, case_id=both.id, kind=PairKind.CONFLICT, created_at=NOW),
    )  # fmt: skip
    with register.begin() as tx:
        tx.session.get_one(UserRow, user.id).practitioner_id = other.id

    merged(register, kept, other)

    assert register.get(AssignmentRow, held.id).practitioner_id == kept.id
    assert register.get(UserRow, user.id).practitioner_id == kept.id
    for table, count in ((AbsenceRow, 1), (WishRow, 2), (PairRow, 1)):
        assert [row.practitioner_id for row in register.all(table)] == [kept.id] * count
    assert (facts_of(register, kept).on_leave, facts_of(register, kept).load) == (True, 1)
    with pytest.raises(StopIteration):
        facts_of(register, other)


def test_record_that_was_merged_twice_over_names_the_one_that_is_kept(register):
    kept, other = two(register)
    oldest = register.a_practitioner("oldest", quality=None)
    merged(register, other, oldest)

    merged(register, kept, other, if_match=register.get(PractitionerRow, kept.id).revision)

    assert [register.get(PractitionerRow, each.id).merged_into for each in (oldest, other)] == [kept.id] * 2
    with register.read() as session, pytest.raises(InvalidFieldError) as refused:
        require_kept(session, session.get_one(PractitionerRow, oldest.id))
    assert "new" in refused.value.facts["expected"]["zh"]


def test_turns_are_counted_once_at_their_moments_and_the_first_opening_counts(register):
    kept, other = two(register)
    with register.begin() as tx:
        tx.session.get_one(PractitionerRow, other.id).entered_on = date(2019, 1, 1)
    case = register.a_case(status=Status.ASSIGNED)
    assignment = register.an_assignment(case, other)
    entry(register, kept, EntryKind.OPENING, 7, 70, NOW - 9 * DAY)
    entry(register, kept, EntryKind.TURN, 1, 10, NOW - 8 * DAY)
    entry(register, other, EntryKind.OPENING, 2, 20, NOW - 30 * DAY)
    entry(register, other, EntryKind.TURN, 1, 11, NOW - 2 * DAY, assignment)

    merged(register, kept, other)

    known = facts_of(register, kept)
    assert (known.turns, known.effort, known.waiting_since) == (4, 41, NOW - 2 * DAY)
    assert register.get(PractitionerRow, kept.id).entered_on == date(2019, 1, 1)
    left = register.all(LedgerRow, LedgerRow.practitioner_id == other.id)
    assert (sum(row.turns for row in left), sum(row.effort for row in left)) == (0, 0)


def test_blanks_are_filled_and_both_histories_tell_of_it(register):
    kept, other = register.a_practitioner("new", sex=None, languages=None), register.a_practitioner("old", languages=[])
    register.keep(other, {"phone": "13812345678"})

    row = merged(register, kept, other)

    known = facts_of(register, kept)
    assert (known.sex, known.languages, row.revision) == ("male", (), 2)
    told = {
        each.id: [
            (change.act.value, change.reason, sorted(field.field for field in change.changes))
            for change in practitioner_history(
                register.read, register.seal, register.clerk, NOW, each.id, Slice(9, None)
            ).rows
        ]
        for each in (kept, other)
    }
    why = "one person, licence renewed"
    assert told[kept.id] == [("merged", why, ["languages", "phone", "sex"]), ("merged", why, ["merged"])]
    assert told[other.id][-1] == ("merged", why, ["merged_into"])


def test_merging_again_changes_nothing_and_the_old_code_says_where_to_look(register):
    kept, other = two(register)
    once = merged(register, kept, other)
    entries = register.all(LedgerRow)

    assert merged(register, kept, other).revision == once.revision
    assert register.all(LedgerRow) == entries
    with pytest.raises(InvalidFieldError) as refusal:
        register.keep(other, {"capacity": 1}, 2)
    assert "new" in refusal.value.facts["expected"]["en"]
    third = register.a_practitioner("third")
    merged(register, third, kept, 1)
    assert register.get(PractitionerRow, other.id).merged_into == third.id


def test_records_that_meet_in_a_case_are_not_merged(register):
    kept, other = two(register)
    first, second = (register.a_case(n, status=Status.ASSIGNED) for n in "12")
    register.an_assignment(first, kept)
    register.an_assignment(second, other)
    tie = {"centre_id": register.centre.id, "case_id": first.id, "other_id": second.id}
    register.add(RelationRow(**tie, kind=RelationKind.OPPOSING_SIDES))

    with pytest.raises(MergeRefusedError) as refusal:
        merged(register, kept, other)

    assert refusal.value.facts["case_ids"] == sorted((first.id, second.id))
    assert register.get(PractitionerRow, other.id).merged_into is None
    with register.begin() as tx:
        tx.session.delete(register.all(RelationRow)[0])
    register.an_assignment(first, other, seat=1)
    with pytest.raises(MergeRefusedError):
        merged(register, kept, other)


def test_two_persons_are_not_merged(register):
    kept, other = two(register)
    register.keep(kept, {"identity_number": "410105198001010017"})
    register.keep(other, {"sex": "female", "identity_number": "11010519491231002X"})

    for pair, revision, error in (
        ((kept, other), 2, InvalidFieldError), ((kept, kept), 2, InvalidFieldError), ((kept, other), 1, StaleError)
    ):  # fmt: skip
        with pytest.raises(error):
            merged(register, *pair, revision)


def test_records_told_apart_are_neither_alike_nor_merged(register):
    one, other = register.a_practitioner("14101"), register.a_practitioner("14102")
    for row in (one, other):
        register.keep(row, {"name": "古丽·艾比布力", "identity_number": "410105198001010017"})
    [alike] = likenesses(register.read, register.clerk)
    assert (alike.one.code, alike.other.code, alike.shared) == ("14101", "14102", ("identity_number", "name"))

    for _ in range(2):
        mark_distinct(register.begin, register.clerk, NOW, one.id, other.id, "twins at one firm")

    assert likenesses(register.read, register.clerk) == []
    assert len(register.all(DistinctRow)) == 1
    with pytest.raises(InvalidFieldError):
        merged(register, one, other, 2)


def test_false_duplicate_of_a_case_is_cleared_with_a_reason(register):
    first = register.a_case("1")
    second = register.a_case("2", duplicate_of=first.id)

    case = clear_duplicate(register.begin, register.clerk, NOW, second.id, "another month's wages", 1)

    assert (register.get(CaseRow, second.id).duplicate_of, case.revision) == (None, 2)
    [told] = register.all(DistinctRow)
    assert ({told.one_id, told.other_id}, told.reason) == ({first.id, second.id}, "another month's wages")
    assert register.history(second) == ["amend"]
    with pytest.raises(NotFoundError):
        clear_duplicate(register.begin, register.clerk, NOW, second.id, "again", 2)


def test_every_column_that_points_at_a_practitioner_moves_or_stays_for_a_reason():
    moved = {column.table.name for column in moved_columns()}

    assert {"assignment", "offer", "claim", "app_user", "complaint", "practitioner"} <= moved
    assert not moved & STAYS
