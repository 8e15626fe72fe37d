"""Means of a recipient: how the check came out and why there is none are facts that may not contradict each other."""

import pytest

from dispatch.commands.cases.changes import change_case
from dispatch.commands.cases.intake import Fate, grant_case, submit_case
from dispatch.commands.clocks import watch_clocks
from dispatch.commands.imports.files import Order, carry_out
from dispatch.commands.life import decisions, ends
from dispatch.commands.life.stages import NextStage, begin_stage
from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.findings import FindingKind
from dispatch.domain.law.means import OWED, RESULT, TEST, WHY, MeansGround, MeansStatus
from dispatch.domain.states import RefusalGround, TerminationGround
from dispatch.domain.vocabulary import CaseSource, MeansTest, Stage, Status
from dispatch.exchange.columns import Kind
from dispatch.exchange.tables import TABLES
from dispatch.registry.tables import CaseRow, FindingRow
from tests.commands.life.acts import at_work
from tests.exchange.files import a_csv, good
from tests.rows import NOW, a_draft, submit_cases


def amended(register, case_id, revision, **changes):
    return change_case(register.begin, register.seal, register.clerk, NOW, case_id, changes, revision).case


def handed_in(register, **fields):
    return submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(**fields))


def found(register):
    rows = register.all(FindingRow, FindingRow.kind == FindingKind.MEANS_NOT_MET)
    return [(row.subject_id, row.closed_at) for row in rows]


def test_ground_of_exemption_says_that_hardship_is_not_checked(register):
    case = handed_in(register, means_ground="migrant_claim")

    assert (case.means_test, case.means_ground, case.means_status) == (MeansTest.EXEMPT, "migrant_claim", None)


def test_who_is_not_in_need_is_granted_nothing_and_what_comes_out_later_is_kept(register):
    case = handed_in(register, granted_at=None, means_status="not_met")
    with pytest.raises(InvalidFieldError) as refusal:
        grant_case(register.begin, register.clerk, NOW, case.id)
    assert (refusal.value.facts["field"], register.get(CaseRow, case.id).status) == ("means_status", Status.RECEIVED)
    assert "《法律援助法》第四十一条" in refusal.value.facts["expected"]["zh"]

    pledged = amended(register, case.id, case.revision, means_status=MeansStatus.PLEDGED)
    granted = grant_case(register.begin, register.clerk, NOW, pledged.id)
    later = amended(register, case.id, granted.revision, means_status=MeansStatus.NOT_MET)
    assert (later.status, later.means_status) == (Status.PENDING, MeansStatus.NOT_MET)


def test_grant_to_who_turns_out_not_to_be_in_need_is_a_finding_until_it_is_terminated(register):
    case = handed_in(register)
    amended(register, case.id, case.revision, means_status=MeansStatus.NOT_MET)

    watch_clocks(register.begin, register.read, NOW)
    assert found(register) == [(case.id, None)]

    ground = TerminationGround.MEANS
    ends.terminate(register.begin, register.seal, register.clerk, NOW, case.id, ground, "above the line")
    watch_clocks(register.begin, register.read, NOW)
    assert found(register) == [(case.id, NOW)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"means_test": "required", "means_ground": "relief"}, "means_ground"),
        ({"means_test": "not_applicable", "means_ground": "other"}, "means_ground"),
        ({"means_ground": "relief", "means_status": "pledged"}, "means_status"),
        ({"categories": ["low_income"], "means_status": "proven"}, "means_status"),
        ({"means_status": "not_met"}, "means_status"),
    ],
)
def test_means_that_contradict_themselves_are_refused_and_change_nothing(register, fields, field):
    [refused] = submit_cases(register.begin, register.seal, register.clerk, NOW, [a_draft(**fields)])

    assert (refused.fate, refused.error.facts["field"]) == (Fate.REFUSED, field)
    assert register.all(CaseRow) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_means_are_not_changed_into_a_contradiction(register):
    case = handed_in(register, means_test="required")

    with pytest.raises(InvalidFieldError):
        amended(register, case.id, case.revision, means_ground=MeansGround.RELIEF)
    assert register.get(CaseRow, case.id).means_ground is None


UNKNOWN = {"means_test": "required", "means_status": None}
ASKED = "在案件信息中填写“经济困难核查结果”"


def in_file(register, **cells):
    order = Order(Kind.CASES, a_csv(good("cases", **cells)))
    return carry_out(register.begin, register.seal, register.clerk, NOW, order)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_aid_is_granted_by_no_door_while_nobody_knows_how_the_check_came_out(register):
    [form] = submit_cases(register.begin, register.seal, register.clerk, NOW, [a_draft("1", **UNKNOWN)])
    received = handed_in(register, number="2", granted_at=None, **UNKNOWN)
    with pytest.raises(InvalidFieldError) as decision:
        grant_case(register.begin, register.clerk, NOW, received.id)
    with pytest.raises(InvalidFieldError) as change:
        amended(register, received.id, received.revision, granted_at=NOW)
    [cell] = in_file(register, 决定援助时间="2026-03-06 10:00").refused

    for error in (form.error, decision.value, change.value):
        assert (error.facts["field"], ASKED in error.facts["expected"]["zh"]) == ("means_status", True)
        assert "《法律援助法》第四十一条、第四十三条第一款" in error.facts["expected"]["zh"]
    assert (cell.field, ASKED in cell.expected.zh) == ("means_status", True)
    assert {row.status for row in register.all(CaseRow)} == {Status.RECEIVED}

    known = amended(register, received.id, received.revision, means_status=MeansStatus.SHARED)
    assert grant_case(register.begin, register.clerk, NOW, known.id).status is Status.PENDING
    assert in_file(register, 决定援助时间="2026-03-06 10:00", 经济困难核查结果="申请人个人诚信承诺").refused == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("fields", "blank"),
    [
        ({"means_test": "exempt_from_check"}, "means_ground"),
        ({"means_test": "not_applicable"}, "means_ground"),
        ({"means_test": "not_applicable", "categories": ["low_income"]}, "means_ground"),
        ({"means_test": "required", "means_status": None, "categories": ["low_income"]}, "means_status"),
        ({"means_test": "exempt_from_check", "means_ground": "relief"}, None),
        ({"means_test": "exempt_from_check", "categories": ["low_income"]}, None),
        ({"means_test": "not_applicable", "categories": ["domestic_violence"]}, None),
        ({"means_ground": "abuse"}, None),
        ({"categories": ["migrant_claimant"]}, None),
        ({"service": "consultation", "stage": "consultation", "cause": "advice", "matter": "non_litigation"}, None),
        ({"matter": "criminal", "cause": "theft", "service": "duty_help"}, None),
        ({"matter": "criminal", "cause": "theft", "service": "defence", "source": "notice_must", "granted_at": None},
         None),
        ({"aid_first": "other", "materials_owed": ["means"], "materials_due_on": "2026-03-16", **UNKNOWN}, None),
        ({"aid_first": "other", "materials_owed": ["case"], "materials_due_on": "2026-03-16", **UNKNOWN},
         "means_status"),
    ],
)  # fmt: skip
def test_what_must_be_known_of_hardship_at_the_decision_is_what_the_law_asks(register, fields, blank):
    [fate] = submit_cases(register.begin, register.seal, register.clerk, NOW, [a_draft(**fields)])

    assert (fate.error and fate.error.facts["field"]) == blank


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_known_of_hardship_does_not_become_unknown_once_aid_is_granted(register):
    case = handed_in(register, categories=["low_income"])

    for change in ({"categories": ()}, {"means_test": "required"}, {"means_test": "not_applicable"}):
        with pytest.raises(InvalidFieldError):
            amended(register, case.id, case.revision, **change)
    proven = amended(register, case.id, case.revision, categories=(), means_status=MeansStatus.PROVEN)
    assert proven.means_test is MeansTest.REQUIRED
    with pytest.raises(InvalidFieldError):
        amended(register, case.id, proven.revision, means_status=None)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_means_test_nobody_stated_follows_the_categories_and_the_source(register):
    case = handed_in(register, granted_at=None, means_status=None)
    exempt = amended(register, case.id, case.revision, categories=("relief_recipient",))
    assert exempt.means_test is MeansTest.EXEMPT
    assert in_file(register, 案件编号="1", 受援人类别="无").refused == []
    assert register.get(CaseRow, case.id).means_test is MeansTest.REQUIRED

    stated = handed_in(register, number="2", granted_at=None, means_test="not_applicable", means_ground="unconditional")
    assert amended(register, stated.id, stated.revision, categories=("relief_recipient",)).means_test is (
        MeansTest.NOT_APPLICABLE
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_notice_that_is_an_application_after_all_asks_for_the_means(register):
    theft = {"matter": "criminal", "cause": "theft", "service": "defence"}
    case = handed_in(register, source="notice_may", granted_at=None, **theft)
    assert case.means_test is MeansTest.NOT_APPLICABLE

    with pytest.raises(InvalidFieldError) as refusal:
        amended(register, case.id, case.revision, source="application", granted_at=NOW)
    assert refusal.value.facts["field"] == "means_status"
    pledged = {"source": "application", "granted_at": NOW, "means_status": MeansStatus.PLEDGED}
    assert amended(register, case.id, case.revision, **pledged).means_test is MeansTest.REQUIRED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_notice_with_a_means_test_is_refused(register):
    fields = {"matter": "criminal", "cause": "theft", "service": "defence", "source": "notice_must", "granted_at": None}
    [fate] = submit_cases(
        register.begin, register.seal, register.clerk, NOW, [a_draft(means_test="required", **fields)]
    )

    assert (fate.error.facts["field"], "第三十六条" in fate.error.facts["expected"]["zh"]) == ("means_test", True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_next_stage_keeps_the_means_and_after_a_notice_asks_for_them(register):
    theft = {"matter": "criminal", "cause": "theft", "service": "defence", "stage": "investigation"}
    noticed = handed_in(register, source="notice_may", granted_at=None, **theft)
    at_work(register, noticed, register.a_practitioner())
    trial = NextStage("2", Stage.PROSECUTION, CaseSource.APPLICATION)

    def begun(following, before=noticed):
        return begin_stage(register.begin, register.seal, register.clerk, NOW, before.id, following)

    with pytest.raises(InvalidFieldError) as refusal:
        begun(trial)
    assert refusal.value.facts["field"] == "means_status"
    granted = begun(trial._replace(means_status=MeansStatus.PLEDGED))
    assert (granted.means_test, granted.means_status) == (MeansTest.REQUIRED, MeansStatus.PLEDGED)

    at_work(register, granted, register.a_practitioner("p2"))
    kept = begun(NextStage("3", Stage.FIRST_INSTANCE, CaseSource.APPLICATION), granted)
    assert (kept.means_test, kept.means_status) == (MeansTest.REQUIRED, MeansStatus.PLEDGED)
    again = begun(NextStage("4", Stage.FIRST_INSTANCE, CaseSource.NOTICE_MAY), granted)
    assert (again.means_test, again.means_status) == (MeansTest.NOT_APPLICABLE, None)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_not_in_need_begins_no_next_stage(register):
    case = handed_in(register)
    at_work(register, case, register.a_practitioner())
    appeal = NextStage("2", Stage.SECOND_INSTANCE, CaseSource.APPLICATION, means_status=MeansStatus.NOT_MET)

    with pytest.raises(InvalidFieldError):
        begin_stage(register.begin, register.seal, register.clerk, NOW, case.id, appeal)


def test_bureau_that_overturns_a_refusal_has_found_the_condition_met(register):
    case = handed_in(register, granted_at=None, means_status="not_met")
    who = (register.begin, register.seal, register.clerk, NOW, case.id)
    decisions.refuse_aid(*who, RefusalGround.MEANS, "above the line")
    decisions.contest(*who, "reckoned wrongly")

    decisions.decide_objection(register.begin, register.seal, register.manager, NOW, case.id, True, "correct it")

    ruled = register.get(CaseRow, case.id)
    assert (ruled.status, ruled.means_status) == (Status.PENDING, MeansStatus.RULED)
    watch_clocks(register.begin, register.read, NOW)
    assert found(register) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_headers_named_in_a_refusal_are_those_of_the_template(register):
    headers = {column.field: (column.zh, column.en) for column in TABLES[Kind.CASES].columns}

    assert [headers[blank.field] for blank in (RESULT, WHY, OWED, TEST)] == [
        (blank.zh, blank.en) for blank in (RESULT, WHY, OWED, TEST)
    ]
