"""What the recipient's categories decide when a case is taken in."""

import pytest

from dispatch.commands.cases.intake import submit_case
from dispatch.commands.runs.requests import candidates
from dispatch.domain.errors import InvalidFieldError, UnknownReferenceError
from dispatch.domain.vocabulary import MeansTest
from dispatch.registry.tables import CaseRow
from tests.rows import NOW, a_draft

DEFENCE = {"matter": "criminal", "cause": "theft", "service": "defence", "source": "notice_may", "granted_at": None}


def submit(register, **fields):
    return submit_case(register.begin, register.seal, register.clerk, NOW, a_draft(**fields))


def test_optional_notice_is_refused_where_the_law_has_the_organ_notify(register):
    with pytest.raises(InvalidFieldError) as refused:
        submit(register, **DEFENCE, categories=["sensory_disabled"])

    assert refused.value.facts["field"] == "source"
    assert "《法律援助法》第二十五条第一款第二项" in refused.value.facts["expected"]["zh"]
    assert register.all(CaseRow) == []


def test_mandatory_notice_and_optional_one_without_a_ground_come_in(register):
    must = submit(register, number="1", **{**DEFENCE, "source": "notice_must"}, categories=["sensory_disabled"])
    may = submit(register, number="2", **DEFENCE, categories=["disabled"])

    assert (must.source.value, may.source.value) == ("notice_must", "notice_may")


def test_means_test_left_out_follows_from_the_categories_and_one_that_is_stated_stays(register):
    blank = submit(register, number="1", categories=["migrant_claimant"])
    stated = submit(register, number="2", categories=["migrant_claimant"], means_test="required")

    assert (blank.means_test, stated.means_test) == (MeansTest.EXEMPT, MeansTest.REQUIRED)


CHILD = {"name": "小明", "sex": "male"}


def test_child_in_distress_is_a_minor(register):
    assert submit(register, categories=["child_in_distress"], recipient=CHILD).recipient_is_minor is True


def test_language_is_taken_by_name_and_one_nobody_knows_is_refused(register):
    assert submit(register, number="1", languages=["普通话", "手语"]).languages == ["cmn", "sign"]
    with pytest.raises(UnknownReferenceError) as refused:
        submit(register, number="2", languages=["藏文文"])

    assert "bo" in refused.value.facts["known"]


def test_mandarin_is_asked_of_nobody_and_sign_language_of_everyone(register):
    person = register.a_practitioner("silent", languages=[])
    cases = [submit(register, number=code, languages=[code]) for code in ("cmn", "sign")]

    [plain], [signed] = (candidates(register.read, register.clerk, case.id, NOW, 5) for case in cases)
    assert (plain.practitioner_id, plain.refusals) == (person.id, ())
    assert [refusal.code for refusal in signed.refusals] == ["speaks_language"]
