"""Transfer within one register: the other centre has the case at once, and may send it back to where it came from."""

import pytest

from dispatch.commands.cases.intake import grant_case
from dispatch.commands.centres import create_centre
from dispatch.commands.life import corrections
from dispatch.commands.life.transfers import transfer
from dispatch.commands.policies.presets import ensure_preset
from dispatch.commands.roster.organs import add_organ
from dispatch.domain.errors import DuplicateNumberError, IllegalTransitionError, InvalidFieldError, NotFoundError
from dispatch.domain.permissions import Actor
from dispatch.domain.states import PaperKind, TransferGround
from dispatch.domain.vocabulary import CaseSource, CentreLevel, PartyRole, Role, Status
from dispatch.registry.reads import get
from dispatch.registry.tables import CaseEventRow, CaseRow, PaperRow, PartyRow
from testbed.rows import a_user, case_row
from tests.commands.life.acts import clocks
from tests.rows import NOW

ORGAN = {"name": "郑州市人力资源和社会保障局", "aliases": ["郑州市人社局"]}


@pytest.fixture
def city(register):
    """A clerk of another centre of the same register, with a policy of its own."""
    centre = create_centre(register.begin, NOW, "zz", "郑州市法律援助中心", CentreLevel.CITY)
    ensure_preset(register.begin, None, NOW, centre.id, "national")
    user = register.add(a_user(centre.id, "clerk", Role.CLERK))
    return Actor(user_id=user.id, role=Role.CLERK, centre_id=centre.id)


def sent(register, case, to="zz", actor=None):
    ground = TransferGround.JURISDICTION
    who = actor or register.clerk
    return transfer(register.begin, register.seal, who, NOW, case.id, ground, to, "their court")


def held_by(register, actor):
    return register.all(CaseRow, CaseRow.centre_id == actor.centre_id)


@pytest.mark.parametrize("to", ["zz", "郑州市法律援助中心"])
def test_other_centre_has_the_case_as_received_with_its_number_dates_people_and_source(register, city, to):
    case = register.a_case("7", area="A")
    person = {"name": "王小明"}
    register.add(
        PartyRow(centre_id=case.centre_id, case_id=case.id, role=PartyRole.RECIPIENT, sealed=register.seal.seal(person))
    )

    for _ in range(2):
        assert sent(register, case, to).status is Status.TRANSFERRED

    [there] = held_by(register, city)
    assert (there.number, there.status, there.received_at) == ("7", Status.RECEIVED, case.received_at)
    # The area is one of the sender's; the clerk fills in their own.
    assert (there.granted_at, there.area, there.cause) == (None, None, "wages")
    [party] = register.all(PartyRow, PartyRow.case_id == there.id)
    assert register.seal.open(party.sealed) == person
    assert clocks(register, there) == [("T3", None)]
    [entry] = register.all(CaseEventRow, CaseEventRow.case_id == there.id)
    assert entry.facts == {"from_centre_id": case.centre_id, "from_case_id": case.id}
    [paper] = register.all(PaperRow, PaperRow.case_id == there.id)
    words = register.seal.open(paper.sealed)
    assert (paper.kind, words["from"], words["text"]) == (PaperKind.TRANSFER, "test centre", "their court")
    [left] = register.all(CaseEventRow, CaseEventRow.case_id == case.id)
    assert (left.facts["centre_id"], left.facts["case_id"]) == (city.centre_id, there.id)


def test_opponent_is_known_for_an_organ_of_the_other_centres_catalogue(register, city):
    case = register.a_case("7")
    register.a_party(case, PartyRole.OPPOSING, "郑州市 人社局")
    register.a_person(case, name="王小明")
    add_organ(register.begin, register.seal, city, NOW, ORGAN)

    sent(register, case)

    [there] = held_by(register, city)
    parties = register.all(PartyRow, PartyRow.case_id == there.id)
    assert {row.role.value: row.organ for row in parties} == {"recipient": None, "opposing": "郑州市人社局"}


def test_notice_is_on_the_other_centres_clock_from_its_first_receipt(register, city):
    case = register.a_case("7", source=CaseSource.NOTICE_MUST, granted_at=None, entitled_at=NOW)

    sent(register, case)

    [there] = held_by(register, city)
    assert (there.status, there.entitled_at) == (Status.PENDING, case.received_at)
    assert ("T2", None) in clocks(register, there)


def test_number_that_the_other_centre_has_is_refused_and_nothing_is_sent(register, city):
    case = register.a_case("7")
    register.add(case_row(city.centre_id, "7"))

    with pytest.raises(DuplicateNumberError):
        sent(register, case)

    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert len(held_by(register, city)) == 1


def test_institution_that_is_no_other_centre_of_the_register_gets_a_letter_only(register, city):
    create_centre(register.begin, NOW, "new", "a centre without a policy", CentreLevel.COUNTY)
    cases = [register.a_case(number) for number in "12"]

    for case, to in zip(cases, ("新乡市法律援助中心", "new"), strict=True):
        assert sent(register, case, to).status is Status.TRANSFERRED
    with pytest.raises(InvalidFieldError):
        sent(register, register.a_case("3"), "c")

    assert len(register.all(CaseRow)) == 3
    undone = corrections.correct(register.begin, register.seal, register.manager, NOW, cases[0].id, "another case")
    assert undone.status is Status.PENDING


def test_case_that_is_sent_back_goes_on_in_the_file_it_came_from(register, city):
    case = register.a_case("7")
    sent(register, case)
    [there] = held_by(register, city)
    with pytest.raises(IllegalTransitionError):
        corrections.correct(register.begin, register.seal, register.manager, NOW, case.id, "mistaken")
    with pytest.raises(NotFoundError):
        sent(register, there)

    sent(register, there, "c", city)

    assert register.get(CaseRow, case.id).status is Status.PENDING
    assert register.get(CaseRow, there.id).status is Status.TRANSFERRED
    assert register.history(case) == ["transfer", "correct"]
    with register.read() as session, pytest.raises(NotFoundError):
        get(session, CaseRow, city.centre_id, case.id)
    # And it may be sent a second time: to where it was.
    sent(register, case)
    assert register.get(CaseRow, there.id).status is Status.RECEIVED


def test_means_nobody_stated_are_asked_for_by_the_centre_that_decides(register, city):
    case = register.a_case("7", status=Status.RECEIVED, granted_at=None, means_status=None)
    sent(register, case)
    [there] = held_by(register, city)

    with pytest.raises(InvalidFieldError) as refusal:
        grant_case(register.begin, city, NOW, there.id)
    assert refusal.value.facts["field"] == "means_status"


def test_case_that_the_other_centre_had_before_draws_the_lot_it_had_there(register, city):
    had, case = register.add(case_row(city.centre_id, "9", status=Status.WITHDRAWN)), register.a_case("7")
    for each in (had, case):
        person = {"role": PartyRole.RECIPIENT, "sealed": register.seal.seal({"name": "王小明"}), "identity_key": "k"}
        register.add(PartyRow(centre_id=each.centre_id, case_id=each.id, **person))

    sent(register, case)

    [there] = [each for each in held_by(register, city) if each.number == "7"]
    # What was withdrawn is no double; its lot is drawn all the same.
    assert (there.lot_of, there.duplicate_of) == (had.id, None)
