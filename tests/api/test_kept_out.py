"""What somebody did keeps them from the next case, by nothing but requests: gave back, helped on duty, was removed."""

from datetime import timedelta

import pytest

from dispatch.commands.access import add_user
from dispatch.commands.housekeeping import check_register
from dispatch.commands.offers.offers import make_offers
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import Role, Status
from dispatch.registry.tables import AttributesRow, OfferRow
from tests.api.conftest import A_YEAR
from tests.api.test_cases import a_draft
from tests.api.test_doors import bring_in
from tests.api.test_life import Town
from tests.rows import NOW, a_user

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
    found = town.fetch(Role.CLERK, f"/cases/{case_id}/conflict-check")
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


COMPANY = {"name": "大建筑有限公司", "identity_kind": "other", "identity_number": "91411400MA12345678"}


class Asked:
    """Somebody of a firm of their own who is asked to take a case, and what is done about them, their firm or it."""

    def __init__(self, office, number):
        self.office, register = office, office.register
        self.firm = register.an_institution(f"firm-{number}")
        self.person = register.a_practitioner(f"asked-{number}", self.firm)
        self.case = register.a_case(f"case-{number}")
        [self.offer] = make_offers(register.begin, register.clerk, NOW, self.case.id, [self.person.id])
        with register.begin() as tx:
            user = a_user(register.centre.id, f"user-{number}", Role.PRACTITIONER)
            user.practitioner_id = self.person.id
            self.token = add_user(tx, user, NOW, A_YEAR)

    def reads(self):
        own = {"Authorization": f"Bearer {self.token}"}
        return [
            self.office.client.get(f"/v1/cases/{self.case.id}{part}", headers=own).status_code
            for part in ("", "/events")
        ]

    def changed(self, path, **changes):
        at = self.office.get(path, role=Role.MANAGER).headers["etag"]
        return self.office.ask("PATCH", path, Role.MANAGER, headers={"If-Match": at}, json=changes)

    def person_changed(self, **changes):
        return self.changed(f"/v1/practitioners/{self.person.id}", **changes)

    def house_changed(self, **changes):
        return self.changed(f"/v1/institutions/{self.firm.id}", **changes)

    def in_file(self, what, **cells):
        code = {"institutions": ("机构编号", self.firm.code), "ties": ("申报编号", f"T-{self.person.code}")}
        names = {"institutions": {"机构名称": self.firm.name}, "ties": {"执业证号": self.person.code}}
        own = {"姓名": self.person.name, "机构编号": self.firm.code}
        key, value = code.get(what, ("执业证号", self.person.code))
        return bring_in(self.office, what, {key: value, **names.get(what, own), **cells})

    def opposed_by(self, party):
        return self.office.post(f"/v1/cases/{self.case.id}/parties", {"role": "opposing", "person": party})

    def advises(self, party):
        tie = {"practitioner_id": self.person.id, "kind": "adviser", "name": party["name"]}
        return self.office.post("/v1/declared-ties", tie | {"identity_number": party["identity_number"]})


# fmt: off
BARRING = {
    # what becomes known after the question
    "a party whom she advises":          lambda on: (on.advises(COMPANY), on.opposed_by(COMPANY)),
    "that she advises a party":          lambda on: (on.opposed_by(COMPANY), on.advises(COMPANY)),
    "that she advises a party, by file": lambda on: (on.opposed_by(COMPANY), on.in_file(
        "ties", 申报类型="法律顾问", **{"姓名（名称）": COMPANY["name"], "证件号码": COMPANY["identity_number"]})),
    "a relative at the court":           lambda on: on.person_changed(relatives_at=["court"]),
    "a relative at the court, by file":  lambda on: on.in_file(
        "practitioners", **{"配偶、父母、子女任职的人民法院、人民检察院": "某法院"}),
    "an assessment out of date":         lambda on: on.person_changed(assessment_valid_to="2026-03-01"),
    "a firm that takes no more":         lambda on: on.house_changed(capacity=0),
    "a firm that takes none, by file":   lambda on: on.in_file("institutions", 机构在办案件数上限="0"),
    "that the case is another's":        lambda on: on.changed(
        f"/v1/cases/{on.case.id}", recipient={"name": "王小明", "minor": False}, languages=["ug"], area="A"),
}
# fmt: on


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_asked_and_barred_by_whatever_becomes_known_is_asked_no_more_and_reads_nothing(office):
    everyone = {why: Asked(office, number) for number, why in enumerate(BARRING)}
    for asked in everyone.values():
        office.register.a_person(asked.case)
    assert {tuple(asked.reads()) for asked in everyone.values()} == {(200, 200)}

    for why, bar in BARRING.items():
        bar(everyone[why])

    state = {why: office.register.get(OfferRow, asked.offer.id).state for why, asked in everyone.items()}
    assert state == dict.fromkeys(BARRING, OfferState.WITHDRAWN)
    assert {why: asked.reads() for why, asked in everyone.items()} == {why: [404, 404] for why in BARRING}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_bars_nobody_leaves_the_question_where_it_is(office):
    asked = Asked(office, 1)

    asked.opposed_by({"name": "李四"})
    asked.person_changed(capacity=1)
    asked.house_changed(capacity=1)
    asked.in_file("practitioners", 性别="男")

    assert office.register.get(OfferRow, asked.offer.id).state is OfferState.PENDING


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_barred_by_the_day_that_comes_is_asked_no_more_by_night(office):
    ends, goes_on = Asked(office, 1), Asked(office, 2)
    ends.person_changed(assessment_valid_to="2026-03-09")
    register, states = office.register, []

    for hours in (1, 17):
        check_register(register.begin, register.read, NOW + timedelta(hours=hours), register.centre.id)
        states.append([register.get(OfferRow, asked.offer.id).state for asked in (ends, goes_on)])

    assert states == [[OfferState.PENDING] * 2, [OfferState.WITHDRAWN, OfferState.PENDING]]
    assert (ends.reads(), goes_on.reads()) == ([404, 404], [200, 200])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_full_only_for_now_is_asked_on_by_night(office):
    asked, register = Asked(office, 1), office.register
    [entry] = register.all(AttributesRow, AttributesRow.practitioner_id == asked.person.id)
    for number in range(entry.capacity):
        register.an_assignment(register.a_case(f"hers-{number}", status=Status.ASSIGNED), asked.person)

    check_register(register.begin, register.read, NOW + timedelta(hours=1), register.centre.id)

    assert register.get(OfferRow, asked.offer.id).state is OfferState.PENDING


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("declared_first", [True, False], ids=["party late", "declared late"])
def test_institution_nobody_of_which_may_take_the_case_arranges_it_no_more_and_reads_nothing(office, declared_first):
    town = Town(office)
    town.register.a_policy()
    cases = {number: a_case(town, number, ZHANG | ADULT) for number in ("2026-1", "2026-2")}
    for id in cases.values():
        town.done(Role.CLERK, f"/cases/{id}/institution", {"institution_id": town.firm.id, "reason": "专长"})
    advises = {"institution_id": town.firm.id, "kind": "adviser", "name": COMPANY["name"]}
    advises |= {"identity_number": COMPANY["identity_number"]}
    opposed = {"role": "opposing", "person": COMPANY}
    both = [("/declared-ties", advises), (f"/cases/{cases['2026-1']}/parties", opposed)]

    for path, sent in both if declared_first else reversed(both):
        assert town.ask(Role.CLERK, path, sent).status_code in (201, 204)

    assert [town.ask(town.firms, f"/cases/{id}", method="GET").status_code for id in cases.values()] == [404, 200]
    assert town.status(cases["2026-1"]) == "pending"
