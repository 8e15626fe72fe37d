"""What somebody did keeps them from the next case, by nothing but requests: gave back, helped on duty, was removed."""

import pytest

from dispatch.domain.vocabulary import Role
from tests.api.test_cases import a_draft
from tests.api.test_life import Town

ZHANG = {"name": "张三丰", "identity_number": "411402198001010015"}
LI = {"name": "李四方", "identity_number": "411402198505051232"}
WANG = {"name": "王五", "identity_number": "41140219900101001X"}
ADULT = {"sex": "male", "minor": False}


@pytest.fixture
def town(office):
    town = Town(office)
    town.register.a_policy(checks={"duty_helpers": True})
    return town


def refused(town, case_id):
    found = town.told(Role.CLERK, f"/cases/{case_id}/conflict-check")
    return {each["practitioner_id"]: [of["code"] for of in each["refusals"]] for each in found}


def a_case(town, number, client, **fields):
    drafted = a_draft(number=number, recipient=client | ADULT, **fields)
    return town.done(Role.CLERK, "/cases", drafted)["id"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_case_accepted_and_given_back_keeps_her_and_her_firm_from_the_other_side(town):
    stranger = town.register.a_practitioner("p9", town.register.an_institution("other"))
    mine = a_case(town, "2026-1", ZHANG, opposing=[LI])
    theirs = a_case(town, "2026-2", LI | {"identity_number": None}, opposing=[ZHANG])
    assert not any(refused(town, theirs).values())

    town.taken(mine)
    asked = town.done(town.hers, f"/cases/{mine}/replacements", {"ground": "health", "text": "住院"})
    town.done(Role.MANAGER, f"/replacements/{asked['id']}/decision", {"approve": True, "text": "属实"})
    known = a_case(town, "2026-3", LI, opposing=[ZHANG])

    found = refused(town, known)
    assert (found[town.lawyer.id], found[town.colleague.id], found[stranger.id]) == (
        ["not_adverse"], ["not_opposite"], [],
    )  # fmt: skip
    offered = town.ask(Role.CLERK, "/offers", {"case_id": known, "practitioner_ids": [town.lawyer.id]})
    assert offered.json()["code"] == "not-eligible", offered.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_duty_help_to_several_of_the_accused_keeps_her_from_defending_another(town):
    duty = {"matter": "criminal", "cause": "theft", "stage": "investigation", "service": "duty_help"}
    helped = [a_case(town, f"2026-{number}", client, **duty) for number, client in enumerate((ZHANG, LI))]
    defence = a_case(town, "2026-9", WANG, **duty | {"service": "defence"}, co_accused=[ZHANG, LI])
    assert not any(refused(town, defence).values())

    town.taken(helped[0])
    assert refused(town, defence)[town.lawyer.id] == [], "help to one alone is none of several"
    town.taken(helped[1])

    assert refused(town, defence) == {town.lawyer.id: ["no_duty_help_before"], town.colleague.id: []}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_was_removed_by_the_court_is_replaced_and_not_asked_again(town):
    case_id = a_case(town, "2026-1", ZHANG)
    town.taken(case_id)

    said = {"text": "法院决定", "practitioner_id": town.lawyer.id, "kind": "removed"}
    declared = town.done(Role.CLERK, f"/cases/{case_id}/conflicts", said)
    approval = {"approve": True, "text": "依法更换", "same_institution": False}
    town.done(Role.MANAGER, f"/replacements/{declared['replacement_id']}/decision", approval)

    assert town.status(case_id) == "pending"
    assert "not_removed" in refused(town, case_id)[town.lawyer.id]
