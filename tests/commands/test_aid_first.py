"""Aid first, papers later: granted at once, what is owed has its day, and the centre decides when that is over."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dispatch.commands.access.links import create_link
from dispatch.commands.cases.changes import change_case
from dispatch.commands.cases.intake import Fate, First, grant_case, submit_case
from dispatch.commands.clocks import watch_clocks
from dispatch.commands.life import corrections, ends, milestones
from dispatch.commands.recipient_page import recipient_page
from dispatch.domain.errors import IllegalTransitionError, InvalidFieldError
from dispatch.domain.findings import FindingKind
from dispatch.domain.law.aid_first import AidFirst, Material
from dispatch.domain.law.bases import basis_of
from dispatch.domain.law.citations import cited
from dispatch.domain.states import Milestone, PaperKind, TerminationGround
from dispatch.domain.vocabulary import Status
from dispatch.registry.tables import CaseRow, ClockRow, FindingRow, PaperRow
from tests.rows import NOW, a_draft, submit_cases

DAY = timedelta(days=1)
BY = date(2026, 3, 16)
TERMS = First(AidFirst.LIMITATION, (Material.MEANS, Material.CASE), BY)


def received(register, **fields):
    stated = {"limitation_ends_on": "2026-03-12"} | fields
    return submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(granted_at=None, **stated))


def granted(register, case, first=TERMS, now=NOW):
    return grant_case(register.begin, register.clerk, now, case.id, None, first)


def owing(register):
    return granted(register, received(register))


def handed_in(register, case, now=NOW + DAY):
    return milestones.record(register.begin, register.seal, register.clerk, now, case.id, Milestone.MATERIAL_IN)


def terminated(register, case, now, ground=TerminationGround.MATERIALS):
    return ends.terminate(register.begin, register.seal, register.clerk, now, case.id, ground, "never came")


def limit(register, case):
    found = register.all(ClockRow, ClockRow.case_id == case.id, ClockRow.code == "T9b")
    return [(row.due_at, row.became and row.became.value) for row in found]


END = datetime(2026, 3, 16, 15, 59, 59, tzinfo=UTC)


def test_aid_is_granted_with_what_is_owed_and_its_day(register):
    case = owing(register)

    assert (case.status, case.aid_first, case.materials_owed) == (Status.PENDING, "limitation", ["means", "case"])
    assert limit(register, case) == [(END, None)]
    # It is not decided twice.
    assert register.all(ClockRow, ClockRow.code == "T3", ClockRow.stopped_at.is_(None)) == []


def test_what_is_handed_in_meets_the_limit_and_a_correction_lets_it_be_owed_again(register):
    case = owing(register)

    handed_in(register, case)
    assert (register.get(CaseRow, case.id).materials_owed, limit(register, case)) == ([], [(END, "met")])
    assert {row.code for row in register.all(ClockRow, ClockRow.stopped_at.is_(None))} == {"T4"}

    corrections.correct(register.begin, register.seal, register.manager, NOW + DAY, case.id, "another case was meant")
    assert register.get(CaseRow, case.id).materials_owed == ["means", "case"]
    assert limit(register, case) == [(END, None)]


def test_day_is_put_off_and_what_came_is_ticked_off_by_a_change_of_the_case(register):
    case = owing(register)

    changes = {"materials_due_on": date(2026, 3, 20), "materials_owed": [Material.CASE]}
    change_case(register.begin, register.seal, register.clerk, NOW, case.id, changes, case.revision)

    later = datetime(2026, 3, 20, 15, 59, 59, tzinfo=UTC)
    assert limit(register, case) == [(END, "void"), (later, None)]


def test_centre_is_told_when_papers_are_overdue_and_may_end_aid_then(register):
    case = owing(register)
    with pytest.raises(InvalidFieldError):
        terminated(register, case, NOW + DAY)

    watch_clocks(register.begin, register.read, END + timedelta(minutes=1))
    overdue = register.all(FindingRow, FindingRow.kind == FindingKind.CLOCK_OVERDUE)
    assert [(row.facts["code"], row.facts["case_id"]) for row in overdue if row.facts["code"] == "T9b"] == [
        ("T9b", case.id)
    ]

    assert terminated(register, case, END + DAY).status is Status.TERMINATED
    [paper] = register.all(PaperRow, PaperRow.kind == PaperKind.TERMINATION)
    assert cited(basis_of(paper.kind, paper.facts), "zh") == "《法律援助法》第四十四条第二款、第四十八条第一款第八项"
    assert limit(register, case) == [(END, "void")]

    corrections.correct(register.begin, register.seal, register.manager, END + DAY, case.id, "they came by post")
    assert limit(register, case) == [(END, None)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_recipient_is_told_what_to_hand_in_and_by_which_day_until_it_came(register):
    case = owing(register)
    link = create_link(register.begin, register.clerk, NOW, case.id, 30 * DAY).id

    def owed(now):
        return recipient_page(register.read, register.seal, register.clerk, now, link).owed

    assert owed(END) == (TERMS.materials_owed, BY, False)
    assert owed(END + timedelta(seconds=1)) == (TERMS.materials_owed, BY, True)
    handed_in(register, case)
    assert owed(NOW + DAY) is None


def test_aid_that_owes_nothing_is_not_ended_for_papers(register):
    case = granted(register, received(register), first=None)

    with pytest.raises(InvalidFieldError):
        terminated(register, case, NOW + 30 * DAY)
    with pytest.raises(IllegalTransitionError):
        handed_in(register, case)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_ground_of_another_law_asks_for_no_fact_of_the_case(register):
    case = received(register, limitation_ends_on=None)

    assert granted(register, case, TERMS._replace(aid_first=AidFirst.OTHER)).aid_first == "other"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("fields", "first", "field"),
    [
        ({"limitation_ends_on": None}, TERMS, "limitation_ends_on"),
        ({"limitation_ends_on": "2026-03-16"}, TERMS, "limitation_ends_on"),
        ({"limitation_ends_on": "2026-03-08"}, TERMS, "limitation_ends_on"),
        ({}, TERMS._replace(aid_first=AidFirst.PRESERVATION), "preservation"),
        ({}, TERMS._replace(materials_due_on=None), "materials_due_on"),
        ({}, TERMS._replace(materials_due_on=date(2026, 3, 8)), "materials_due_on"),
    ],
)
def test_ground_that_the_case_does_not_bear_out_is_refused_by_a_form_and_by_a_decision(register, fields, first, field):
    case = received(register, **fields)
    with pytest.raises(InvalidFieldError) as refusal:
        granted(register, case, first)
    assert refusal.value.facts["field"] == field
    assert register.get(CaseRow, case.id).status is Status.RECEIVED

    stated = {"limitation_ends_on": "2026-03-12"} | fields | first._asdict()
    [refused] = submit_cases(register.begin, register.seal, register.clerk, NOW, [a_draft("2", **stated)])
    assert (refused.fate, refused.error.facts["field"]) == (Fate.REFUSED, field)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"materials_owed": ["means"]}, "materials_owed"),
        ({"materials_due_on": "2026-03-16"}, "materials_due_on"),
        ({"aid_first": "other", "granted_at": None}, "aid_first"),
    ],
)
def test_papers_are_owed_only_where_aid_came_first(register, stated, field):
    [refused] = submit_cases(register.begin, register.seal, register.clerk, NOW, [a_draft(**stated)])

    assert refused.error.facts["field"] == field
