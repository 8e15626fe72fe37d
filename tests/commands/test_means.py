"""Means of a recipient: how the check came out and why there is none are facts that may not contradict each other."""

import pytest

from dispatch.commands.cases.changes import change_case
from dispatch.commands.cases.intake import Fate, grant_case, submit_case, submit_cases
from dispatch.commands.clocks import watch_clocks
from dispatch.commands.life import ends
from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.findings import FindingKind
from dispatch.domain.law.means import MeansGround, MeansStatus
from dispatch.domain.states import TerminationGround
from dispatch.domain.vocabulary import MeansTest, Status
from dispatch.registry.tables import CaseRow, FindingRow
from tests.rows import NOW, a_draft


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
