"""Cases come in once, sealed, flagged and on the clock."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from dispatch.commands.cases.intake import Fate, grant_case, submit_case, take_in
from dispatch.domain.errors import (
    DispatchError,
    DuplicateNumberError,
    ForbiddenError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    UnknownReferenceError,
)
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import RelationKind, Role, Status
from dispatch.registry.jobs.requests import PLANS_AT_ONCE
from dispatch.registry.tables import CaseEventRow, CaseRow, OutboxRow, PartyRow, RelationRow, RunRow, WishRow
from tests.rows import NOW, a_draft, submit_cases

HOUR = timedelta(hours=1)


def test_granted_case_is_pending_and_on_the_clock(register):
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft())

    assert case.status is Status.PENDING
    assert case.due_at == NOW.replace(hour=15, minute=59, second=59) + timedelta(days=3)
    assert [row.event for row in register.all(CaseEventRow)] == ["receive", "grant"]


def test_same_case_again_is_the_one_already_there(register):
    first = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft())

    again = submit_case(register.begin, register.seal, register.clerk, NOW + HOUR, a_draft())

    assert again.id == first.id
    assert len(register.all(CaseRow)) == 1
    assert len(register.all(CaseEventRow)) == 2


def test_other_case_under_the_same_number_is_refused(register):
    submit_case(register.begin, register.seal, register.clerk, NOW, a_draft())

    with pytest.raises(DuplicateNumberError) as refusal:
        submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(major=True))

    assert refusal.value.facts == {"number": "1"}


def test_importer_amends_a_queued_case(register):
    submit_case(register.begin, register.seal, register.clerk, NOW, a_draft())

    with register.begin() as tx:
        fates = take_in(tx, register.seal, register.clerk, NOW, [a_draft(major=True)], amend=True)

    assert [fate.fate for fate in fates] == [Fate.UPDATED]
    [case] = register.all(CaseRow)
    assert (case.major, case.revision) == (True, 3)
    assert len(register.all(PartyRow)) == 1


def test_person_in_a_case_is_stored_sealed_only(register):
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(story="欠薪三个月"))

    [party] = register.all(PartyRow)
    assert "王小明".encode() not in party.sealed
    assert register.seal.open(party.sealed)["name"] == "王小明"
    assert register.seal.open(party.sealed)["story"] == "欠薪三个月"
    assert "王" not in case.model_dump_json()


def test_same_person_and_matter_is_flagged_but_not_merged(register):
    first = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft("1"))

    second = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft("2"))

    assert second.id != first.id
    assert second.duplicate_of == first.id


def test_same_person_and_matter_twice_in_one_file_is_flagged_and_a_later_stage_tied(register):
    drafts = [a_draft("1", stage="second_instance"), a_draft("2"), a_draft("3")]

    fates = submit_cases(register.begin, register.seal, register.clerk, NOW, drafts)

    later, first, again = (fate.case for fate in fates)
    assert (later.duplicate_of, first.duplicate_of, again.duplicate_of) == (None, None, first.id)
    [tie] = register.all(RelationRow)
    assert (tie.kind, tie.case_id, tie.other_id) == (RelationKind.EARLIER_STAGE, later.id, first.id)


def test_same_person_in_another_matter_is_no_double(register):
    submit_case(register.begin, register.seal, register.clerk, NOW, a_draft("1"))

    second = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft("2", stage="second_instance"))

    assert second.duplicate_of is None


def test_application_waits_for_its_grant(register):
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(granted_at=None))
    assert case.status is Status.RECEIVED

    granted = grant_case(register.begin, register.clerk, NOW + HOUR, case.id)

    assert granted.status is Status.PENDING
    assert granted.granted_at == NOW + HOUR


def test_granted_case_cannot_be_granted_again(register):
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft())

    with pytest.raises(IllegalTransitionError):
        grant_case(register.begin, register.clerk, NOW, case.id)


@pytest.mark.parametrize("source", ["notice_must", "notice_may"])
def test_notified_case_has_no_grant_and_its_clock_runs_from_the_notice(register, source):
    """《法律援助法》第三十六条: three days from the receipt of the notice; article 43 is for applications."""
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(source=source, granted_at=None))

    assert (case.status, case.granted_at, case.entitled_at) == (Status.PENDING, None, case.received_at)
    assert case.due_at == case.received_at.replace(hour=15, minute=59, second=59) + timedelta(days=3)
    events = [entry.event for entry in register.all(CaseEventRow)]
    assert events == ["receive", Event.NOTICE]
    with pytest.raises(IllegalTransitionError):
        grant_case(register.begin, register.clerk, NOW, case.id)


def test_application_is_due_from_its_grant(register):
    """《法律援助法》第四十三条."""
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(granted_at=NOW))

    assert (case.granted_at, case.entitled_at) == (NOW, NOW)


def amended(register, **fields):
    with register.begin() as tx:
        [fate] = take_in(tx, register.seal, register.clerk, NOW, [a_draft(**fields)], amend=True)
        return fate


def test_case_that_turns_out_to_be_notified_loses_its_grant(register):
    submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(granted_at=NOW))

    amended(register, source="notice_must", granted_at=None)

    [case] = register.all(CaseRow)
    assert (case.granted_at, case.entitled_at) == (None, case.received_at)


def test_undecided_application_that_turns_out_to_be_notified_is_queued(register):
    submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(granted_at=None))

    amended(register, source="notice_must", granted_at=None)

    [case] = register.all(CaseRow)
    assert (case.status, case.granted_at, case.entitled_at) == (Status.PENDING, None, case.received_at)


def test_notified_case_that_turns_out_to_be_an_application_needs_its_decision(register):
    submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(source="notice_may", granted_at=None))

    refused = amended(register, granted_at=None)
    assert (refused.fate, refused.error.facts["field"]) == (Fate.REFUSED, "granted_at")

    amended(register, granted_at=NOW)
    [case] = register.all(CaseRow)
    assert (case.granted_at, case.entitled_at) == (NOW, NOW)


def test_case_with_little_time_asks_for_a_run_at_once(register):
    late = a_draft("1", received_at=NOW - timedelta(days=4), granted_at=NOW - timedelta(days=3))
    later = a_draft("2", received_at=NOW - timedelta(days=4), granted_at=NOW - timedelta(days=3))

    first = submit_case(register.begin, register.seal, register.clerk, NOW, late)
    second = submit_case(register.begin, register.seal, register.clerk, NOW, later)

    [run] = register.all(RunRow)
    assert run.case_ids == sorted([first.id, second.id])
    [message] = register.all(OutboxRow)
    assert (message.job, message.argument) == ("workers.jobs.solve_run", run.id)


@pytest.mark.parametrize("granted_at", [NOW, None])
def test_granted_case_asks_for_its_chain_where_the_policy_starts_them(register, granted_at):
    register.a_policy(walk={"start_on_grant": True})

    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(granted_at=granted_at))
    if granted_at is None:
        grant_case(register.begin, register.clerk, NOW, case.id)

    [message] = register.all(OutboxRow)
    assert (message.job, message.argument, message.queue) == ("workers.jobs.start_plan", case.id, "urgent")


def test_large_batch_is_left_to_the_tick(register):
    register.a_policy(walk={"start_on_grant": True})
    drafts = [a_draft(str(number)) for number in range(PLANS_AT_ONCE + 1)]

    submit_cases(register.begin, register.seal, register.clerk, NOW, drafts)

    assert register.all(OutboxRow) == []


def test_wishes_and_ties_are_kept(register):
    register.a_practitioner("p1")
    drafts = [
        a_draft("1", wishes=("p1",), relations=({"kind": "opposing_sides", "number": "2"},)),
        a_draft("2", relations=({"kind": "opposing_sides", "number": "1"},)),
    ]

    fates = submit_cases(register.begin, register.seal, register.clerk, NOW, drafts)

    assert [fate.fate for fate in fates] == [Fate.CREATED, Fate.CREATED]
    assert [row.rank for row in register.all(WishRow)] == [1]
    [tie] = register.all(RelationRow)
    assert (tie.kind, {tie.case_id, tie.other_id}) == (RelationKind.OPPOSING_SIDES, {f.case.id for f in fates})


@pytest.mark.parametrize(
    ("fields", "error", "field"),
    [
        ({"cause": "witchcraft"}, UnknownReferenceError, "cause"),
        ({"matter": "criminal"}, InvalidFieldError, "matter"),
        ({"area": "Z"}, UnknownReferenceError, "area"),
        ({"domicile_areas": ("Z",)}, UnknownReferenceError, "domicile_areas"),
        ({"court_area": "Z"}, UnknownReferenceError, "court_area"),
        ({"wishes": ("nobody",)}, UnknownReferenceError, "wishes"),
        ({"relations": ({"kind": "co_defendants", "number": "9"},)}, UnknownReferenceError, "relations"),
        ({"received_at": NOW + HOUR, "granted_at": None}, InvalidFieldError, "received_at"),
        ({"granted_at": NOW + HOUR}, InvalidFieldError, "granted_at"),
    ],
)
def test_case_that_points_nowhere_is_refused_and_changes_nothing(register, fields, error, field):
    with pytest.raises(error) as refusal:
        submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(**fields))

    assert refusal.value.facts["field"] == field
    assert register.all(CaseRow) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"received_at": "2026-03-09T09:00:00"},
        {"granted_at": NOW - timedelta(days=2)},
        {"granted_at": NOW, "source": "notice_may"},
        {"wishes": ("p1", "p1")},
        {"relations": ({"kind": "co_defendants", "number": "1"},)},
        {"demand": 3},
        {"review_court": "high"},
        {"review_court": "basic", "death_review": True},
        {"number": "  "},
        {"unknown": 1},
    ],
)
def test_draft_that_contradicts_itself_is_refused(fields):
    with pytest.raises(ValidationError):
        a_draft(**fields)


def test_refused_case_of_a_batch_takes_along_those_tied_to_it(register):
    drafts = [
        a_draft("1", relations=({"kind": "co_defendants", "number": "2"},)),
        a_draft("2", relations=({"kind": "co_defendants", "number": "3"},)),
        a_draft("3", area="Z"),
        a_draft("4"),
    ]

    fates = submit_cases(register.begin, register.seal, register.clerk, NOW, drafts)

    assert [fate.fate.value for fate in fates] == ["refused", "refused", "refused", "created"]
    assert [case.number for case in register.all(CaseRow)] == ["4"]


def test_number_twice_in_a_batch_counts_once(register):
    drafts = [a_draft("1"), a_draft("1"), a_draft("1", secret=True)]

    fates = submit_cases(register.begin, register.seal, register.clerk, NOW, drafts)

    assert [fate.fate.value for fate in fates] == ["created", "unchanged", "refused"]


def test_practitioner_cannot_register_a_case(register):
    stranger = Actor(user_id="u", role=Role.PRACTITIONER, centre_id=register.centre.id)

    with pytest.raises(ForbiddenError):
        submit_case(register.begin, register.seal, stranger, NOW, a_draft())


def test_case_of_another_centre_is_not_found(register):
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(granted_at=None))
    stranger = Actor(user_id="u", role=Role.CLERK, centre_id="elsewhere")

    with pytest.raises(NotFoundError):
        grant_case(register.begin, stranger, NOW, case.id)


def test_error_of_a_refused_case_names_no_person(register):
    fates = submit_cases(register.begin, register.seal, register.clerk, NOW, [a_draft(area="Z")])

    error = fates[0].error
    assert isinstance(error, DispatchError)
    assert "王小明" not in repr(error.facts)
