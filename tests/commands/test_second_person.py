"""A change that lowers a protection of a case waits for a manager who did not propose it, at every door."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from dispatch.commands.cases.changes import change_case, facts_with_history, review_change
from dispatch.commands.cases.intake import submit_case
from dispatch.commands.cases.proposals import review_changes, withdraw_change
from dispatch.commands.designation import designate
from dispatch.commands.imports.files import Order, carry_out
from dispatch.commands.life.ends import withdraw
from dispatch.domain.errors import (
    DuplicateNumberError,
    ForbiddenError,
    IllegalTransitionError,
    InvalidFieldError,
    NotFoundError,
    ReasonRequiredError,
    SecondPersonError,
)
from dispatch.domain.findings import FindingKind
from dispatch.domain.permissions import Actor
from dispatch.domain.states import AmendmentState, Review
from dispatch.domain.vocabulary import Role
from dispatch.exchange.columns import Kind
from dispatch.registry.tables import AmendmentRow, CaseEventRow, CaseRow, FindingRow
from tests.exchange.files import a_csv
from tests.rows import NOW, a_draft, a_user

MURDER = {
    "matter": "criminal", "cause": "homicide", "service": "defence", "source": "notice_must", "granted_at": None,
    "grave": True, "detained": True, "organ": "court",
}  # fmt: skip


def a_murder(register, **fields):
    return submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(**MURDER, **fields))


def changed(register, case, actor=None, at=NOW, **changes):
    revision = register.get(CaseRow, case.id).revision
    return change_case(register.begin, register.seal, actor or register.clerk, at, case.id, changes, revision)


def reviewed(register, row, approve=True, actor=None, reason="the indictment says so"):
    return review_change(register.begin, register.seal, actor or register.manager, NOW, row.id, approve, reason)


def brought_in(register, *rows):
    who, order = (register.begin, register.seal, register.clerk, NOW), Order(Kind.CASES, a_csv(*rows))
    foreseen = carry_out(*who, order._replace(dry_run=True), read=register.read)
    report = carry_out(*who, order, read=register.read)
    assert (foreseen.fates, foreseen.remarks) == (report.fates, report.remarks)
    return report


def a_line(**cells):
    """The murder as a line of a file."""
    return {
        "案件编号": "1", "案件类别": "刑事", "案由": "故意杀人罪", "援助形式": "刑事辩护", "办案阶段": "一审",
        "受援人姓名": "王小明", "收到时间": "2026-03-08 09:00", **cells,
    }  # fmt: skip


def open_findings(register):
    kind = (FindingRow.kind == FindingKind.AMENDMENT_WAITING, FindingRow.closed_at.is_(None))
    return [row.subject_id for row in register.all(FindingRow, *kind)]


def test_one_clerk_lowers_nothing_and_what_lowers_nothing_is_changed_at_once(register):
    case = a_murder(register)

    outcome = changed(register, case, grave=False, area="B")

    assert (outcome.case.grave, outcome.case.area) == (True, "B")
    assert (outcome.made.fields, outcome.waiting.fields) == (["area"], ["grave"])
    assert (outcome.waiting.safeguards, outcome.waiting.changes) == (["grave"], {"grave": [True, False]})
    assert open_findings(register) == [outcome.waiting.id]
    assert register.history(case)[-2:] == ["amend", "propose"]


def test_manager_confirms_and_the_history_says_who_proposed_and_who_agreed(register):
    case = a_murder(register)
    waiting = changed(register, case, grave=False).waiting

    row = reviewed(register, waiting)

    assert (row.state, row.made_by, row.decided_by) == (
        AmendmentState.MADE, register.clerk.user_id, register.manager.user_id,
    )  # fmt: skip
    assert register.get(CaseRow, case.id).grave is False
    assert open_findings(register) == []
    assert reviewed(register, waiting).state is AmendmentState.MADE
    [grave] = [
        fact
        for fact in facts_with_history(register.begin, register.seal, register.clerk, NOW, case.id)
        if fact.field == "grave"
    ]
    assert (grave.value, [(past.value, past.changed_by) for past in grave.history]) == (
        False, [(True, register.clerk.user_id)],
    )  # fmt: skip


def test_who_proposed_never_decides_and_a_clerk_never_does(register):
    case = a_murder(register)
    by_clerk = changed(register, case, grave=False).waiting
    with pytest.raises(ForbiddenError):
        reviewed(register, by_clerk, actor=register.clerk)
    with pytest.raises(ReasonRequiredError):
        reviewed(register, by_clerk, approve=False, reason=" ")
    reviewed(register, by_clerk, approve=False)

    by_manager = changed(register, case, actor=register.manager, grave=False).waiting

    with pytest.raises(SecondPersonError):
        reviewed(register, by_manager)
    with pytest.raises(IllegalTransitionError):
        reviewed(register, by_clerk)
    user = register.add(a_user(register.centre.id, "second manager", Role.MANAGER))
    other = Actor(user_id=user.id, role=Role.MANAGER, centre_id=register.centre.id)
    reviewed(register, by_manager, actor=other)
    assert register.get(CaseRow, case.id).grave is False


def test_rejected_change_leaves_the_case_and_why_is_sealed(register):
    case = a_murder(register)
    waiting = changed(register, case, grave=False).waiting

    row = reviewed(register, waiting, approve=False, reason="王小明 is charged with murder")

    assert (row.state, register.get(CaseRow, case.id).grave) == (AmendmentState.REJECTED, True)
    assert register.seal.open(row.answer) == {"reason": "王小明 is charged with murder"}
    assert "王小明".encode() not in row.answer
    assert (open_findings(register), register.history(case)[-1]) == ([], "object")


def test_one_line_file_lowers_nothing_and_its_report_says_so(register):
    case = a_murder(register)
    line = a_line(**{"可能被判处无期徒刑、死刑": "否"})

    first, second = brought_in(register, line), brought_in(register, line)

    assert register.get(CaseRow, case.id).grave is True
    assert [(report.updated, report.unchanged, report.refused) for report in (first, second)] == [(0, 1, [])] * 2
    [remark] = first.remarks
    assert (remark.kind.value, remark.rows, remark) == ("awaits_second", (2,), second.remarks[0])
    assert "待负责人复核" in remark.text("zh")
    assert len(register.all(AmendmentRow)) == 1


def test_clerk_who_lowers_a_homicide_by_a_file_still_cannot_designate_alone(register):
    case, young = a_murder(register, recipient={"name": "王小明", "minor": False}), register.a_practitioner()

    brought_in(register, a_line(**{"可能被判处无期徒刑、死刑": "否"}))

    named = designate(register.begin, register.clerk, NOW, case.id, young.id, "free today")
    assert named.state is Review.WAITING


def test_draft_of_a_number_that_is_taken_lowers_nothing(register):
    a_murder(register)

    with pytest.raises(DuplicateNumberError):
        submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(**{**MURDER, "grave": False}))

    assert register.all(AmendmentRow) == []


def test_same_change_proposed_again_is_the_same_and_another_of_the_same_fact_replaces_it(register):
    case = a_murder(register, secret=True)
    first = changed(register, case, grave=False).waiting
    again = changed(register, case, grave=False).waiting
    other = changed(register, case, secret=False).waiting

    both = changed(register, case, grave=False, secret=False).waiting

    assert (again.id, other.id != first.id) == (first.id, True)
    states = {row.id: row.state for row in register.all(AmendmentRow)}
    assert states == {
        first.id: AmendmentState.LAPSED, other.id: AmendmentState.LAPSED, both.id: AmendmentState.WAITING,
    }  # fmt: skip
    assert open_findings(register) == [both.id]


def test_what_makes_sense_only_together_waits_together(register):
    case = a_murder(register)

    outcome = changed(register, case, matter="civil", cause="wages", service="litigation_agency", area="B")

    assert (outcome.made, outcome.case.cause, outcome.case.area) == (None, "homicide", "A")
    assert outcome.waiting.fields == ["area", "cause", "matter", "service"]
    reviewed(register, outcome.waiting)
    case = register.get(CaseRow, case.id)
    assert (case.matter.value, case.cause, case.area) == ("civil", "wages", "B")


def test_category_that_makes_somebody_a_minor_is_taken_away_by_two(register):
    case = submit_case(
        register.begin, register.seal, register.clerk, NOW, a_draft(categories=["minor"], recipient={"name": "王小明"})
    )

    outcome = changed(register, case, categories=["migrant_worker"], recipient={"minor": False})

    assert (outcome.case.categories, outcome.case.recipient_is_minor) == (["minor"], True)
    assert outcome.waiting.safeguards[-1] == "minor"


def test_case_that_is_over_leaves_nothing_to_decide(register):
    case = submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(granted_at=None, secret=True))
    waiting = changed(register, case, secret=False).waiting

    withdraw(register.begin, register.seal, register.clerk, NOW, case.id, "found a lawyer")

    assert register.get(AmendmentRow, waiting.id).state is AmendmentState.LAPSED
    assert open_findings(register) == []


def test_whatever_was_changed_is_undone_by_the_contrary_change_and_private_words_are_sealed(register):
    case = a_murder(register)
    recipient = {"name": "王晓明", "contact": "13800000000"}
    changed(register, case, organ="another court", recipient=recipient, story="欠薪三个月")

    back = {"organ": "court", "recipient": {"name": "王小明", "contact": None}, "story": None}
    changed(register, case, at=NOW + timedelta(minutes=1), **back)

    facts = {
        fact.field: fact for fact in facts_with_history(register.begin, register.seal, register.clerk, NOW, case.id)
    }
    assert [past.value for past in facts["organ"].history] == ["another court", "court"]
    assert (facts["recipient_name"].value, facts["story"].value) == ("王小明", None)
    assert {past.value for past in facts["recipient_name"].history} == {"王小明", "王晓明"}
    stored = [row.model_dump_json(exclude={"sealed"}) for row in register.all(AmendmentRow)]
    stored += [row.model_dump_json() for row in register.all(CaseEventRow)]
    assert not any(word in text for text in stored for word in ("王", "13800000000", "欠薪"))


def test_who_proposed_a_change_takes_it_back_and_the_case_stays_as_it_is(register):
    case = a_murder(register)
    waiting = changed(register, case, grave=False).waiting

    rows = [withdraw_change(register.begin, register.clerk, NOW, waiting.id) for _ in range(2)]

    assert {row.state for row in rows} == {AmendmentState.WITHDRAWN}
    assert (rows[0].decided_at, rows[0].decided_by) == (NOW, None)
    assert register.get(CaseRow, case.id).grave is True
    assert open_findings(register) == []
    assert register.history(case)[-2:] == ["propose", "retract"]
    with pytest.raises(IllegalTransitionError):
        reviewed(register, waiting)
    assert changed(register, case, grave=False).waiting.id != waiting.id


def test_nobody_takes_back_what_another_proposed_or_what_was_decided(register):
    case = a_murder(register)
    waiting = changed(register, case, grave=False).waiting

    with pytest.raises(InvalidFieldError):
        withdraw_change(register.begin, register.manager, NOW, waiting.id)
    reviewed(register, waiting, approve=False)
    with pytest.raises(IllegalTransitionError):
        withdraw_change(register.begin, register.clerk, NOW, waiting.id)

    assert register.get(AmendmentRow, waiting.id).state is AmendmentState.REJECTED


def test_of_who_takes_a_change_back_and_who_confirms_it_at_once_one_is_too_late(register):
    case = a_murder(register)
    waiting = changed(register, case, grave=False).waiting
    acts = [
        lambda: withdraw_change(register.begin, register.clerk, NOW, waiting.id),
        lambda: reviewed(register, waiting),
    ]

    with ThreadPoolExecutor(2) as pool:
        ends = [each.exception() for each in [pool.submit(act) for act in acts]]

    assert [type(end) for end in ends if end] == [IllegalTransitionError]
    state, grave = register.get(AmendmentRow, waiting.id).state, register.get(CaseRow, case.id).grave
    assert (state, grave) == ((AmendmentState.WITHDRAWN, True) if ends[1] else (AmendmentState.MADE, False))


def test_many_changes_are_decided_at_once_and_one_that_cannot_be_keeps_none_back(register):
    cases = [a_murder(register, number=str(n)) for n in range(3)]
    mine, theirs, over = [
        changed(register, case, who, grave=False).waiting
        for case, who in zip(cases, (register.manager, register.clerk, register.clerk), strict=True)
    ]
    withdraw_change(register.begin, register.clerk, NOW, over.id)

    given = (register.begin, register.seal, register.manager, NOW, [mine.id, theirs.id, over.id, "nothing"])
    ends = review_changes(*given, True, "the indictments say so")

    assert [type(each.error) for each in ends] == [
        SecondPersonError, type(None), IllegalTransitionError, NotFoundError,
    ]  # fmt: skip
    assert [register.get(CaseRow, case.id).grave for case in cases] == [True, False, True]
    with pytest.raises(InvalidFieldError):
        review_changes(*given[:-1], [theirs.id, theirs.id], True, "twice")
