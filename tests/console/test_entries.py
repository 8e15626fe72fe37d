"""The roster in the console: people and institutions found, registered, looked at with their history, changed."""

from datetime import date, timedelta

import pytest

from dispatch.commands.lists.cases import case_numbers
from dispatch.commands.roster.wording import entry_words, houses_named, organs_named, people_named
from dispatch.console.pages.roster.entries import HOUSES, PEOPLE
from dispatch.domain.errors import ForbiddenError
from dispatch.domain.permissions import Actor
from dispatch.domain.vocabulary import InstitutionKind, PractitionerKind, Role, Sex
from dispatch.exchange.columns import Kind
from dispatch.exchange.tables import TABLES
from dispatch.registry.reads import attributes
from dispatch.registry.tables import InstitutionAttributesRow, InstitutionRow, PractitionerRow
from tests.rows import NOW

TODAY = NOW.date()
FIRM = Role.INSTITUTION


def entry(register, table, code):
    return register.all(table, table.code == code)[0]


def facts_of(register, person, on=TODAY):
    with register.read() as session:
        return attributes(session, [person.id], on)[person.id]


@pytest.mark.parametrize("book", [PEOPLE, HOUSES], ids=lambda book: book.kind.value)
def test_form_asks_for_every_field_that_a_file_or_the_api_has(console, register, book):
    asked = [name for _, fields in book.groups for name in fields]

    page = console.get(f"{book.path}/new").text

    assert sorted(asked) == sorted(column.field for column in TABLES[book.kind].columns)
    assert set(asked) == book.change.model_fields.keys() - {"from_on", "reason"}
    assert [name for name in asked if f'name="{name}"' not in page] == []


def test_institution_and_its_person_are_registered_and_found(console, register):
    made = console.press(
        "/institutions/new/register", code="F-9", name="商都律师事务所", kind="law_firm", capacity="40"
    )
    house = entry(register, InstitutionRow, "F-9")
    shown = console.get(f"/institutions/{house.id}").text
    filled = {
        "code": "P-9", "name": "王小明", "institution": "商都律师事务所", "kind": "lawyer", "sex": "unknown",
        "listed": "true", "minor_trained": "false", "practising_since": "2015-07-01", "experience": "农民工:70",
        "languages": "无", "former_offices": "某市某区人民法院@2020-05-01", "phone": "13800001111", "latitude": "34.5",
        "longitude": "115.5", "areas": "A; B",
    }  # fmt: skip
    console.press("/practitioners/new/register", more=filled)
    person = entry(register, PractitionerRow, "P-9")
    facts = facts_of(register, person)

    assert made.headers["location"] == f"/console/institutions/{house.id}?done=register"
    assert register.all(InstitutionAttributesRow, InstitutionAttributesRow.institution_id == house.id)[0].capacity == 40
    assert "商都律师事务所" in shown
    assert f"{house.id}/change" in shown
    assert (facts.institution_id, facts.kind, facts.sex) == (house.id, PractitionerKind.LAWYER, None)
    assert (facts.minor_trained, facts.practising_since, facts.languages) == (False, date(2015, 7, 1), [])
    assert facts.experience == {"migrant_worker": 70}
    assert facts.former_offices == [{"organ": "某市某区人民法院", "left_on": "2020-05-01"}]
    page = console.get(f"/practitioners/{person.id}").text
    for words in ("13800001111", "农民工:70", "某市某区人民法院@2020-05-01", "商都律师事务所", ">无<"):
        assert words in page, words
    listed = console.get("/practitioners?name=小明&institution=F-9&listed=true").text
    assert person.id in listed
    assert "first county、second county" in listed
    assert person.id not in console.get("/practitioners?kind=legal_worker").text
    assert house.id in console.get("/institutions?name=商都&kind=law_firm").text
    assert "没有符合条件" in console.get("/institutions?code_prefix=X").text


def test_faults_stand_at_their_fields_in_words_and_what_was_typed_stays(console, register):
    register.an_institution("F-1")
    register.an_institution("F-2")
    taken = register.a_practitioner("P-1")
    typed = {"name": "王小明", "institution": "F-1", "capacity": "很多", "experience": "农民工", "languages": "无"}

    several = console.press("/practitioners/new/register", more=typed)
    nowhere = console.press("/practitioners/new/register", more={"code": "P-2", "name": "王", "institution": "某所"})
    twice = console.press("/practitioners/new/register", more={"code": taken.code, "name": "王", "institution": "F-1"})
    without = console.press("/institutions/new/register", name="某所", latitude="34")

    assert several.status_code == 422
    assert 'id="capacity-error"' in several.text
    assert "不是数字：0至10000的整数" in several.text
    assert "缺少分值，应写作“名称:分值”" in several.text
    assert ">无</textarea>" in several.text
    assert 'id="institution-error"' in nowhere.text
    assert 'id="code-error"' in twice.text
    assert 'id="code-error"' in without.text
    assert [row.code for row in register.all(PractitionerRow)] == ["P-1"]


def test_change_touches_what_was_changed_and_a_stale_form_is_refused(console, register):
    person = register.a_practitioner("P-1", specialties={"wages": 80}, languages=["ug"])
    page = console.get(f"/practitioners/{person.id}/change")
    before = facts_of(register, person)
    told = {"revision": console.hidden(page, "revision"), "name": person.name, "code": "P-1",
            "institution": register.the_institution().code,
            "specialties": "追索劳动报酬纠纷:80", "sex": "female", "capacity": "9", "languages": "",
            "minor_trained": "unknown"}  # fmt: skip
    console.press(f"/practitioners/{person.id}/change/save", more=told)
    after = facts_of(register, person)
    stale = console.press(f"/practitioners/{person.id}/change/save", more=told | {"capacity": "3"})

    assert "追索劳动报酬纠纷:80" in page.text
    assert (after.sex, after.capacity, after.languages, after.minor_trained) == (Sex.FEMALE, 9, None, None)
    assert (after.specialties, after.institution_id, after.listed) == ({"wages": 80}, before.institution_id, True)
    assert stale.status_code == 412
    history = console.get(f"/practitioners/{person.id}").text
    assert "在办案件数上限：" in history
    assert "→ 9" in history


def test_change_of_the_past_needs_a_reason_and_one_of_the_future_waits(console, register):
    house = register.an_institution("F-1")
    person = register.a_practitioner("P-1", house)
    path = f"/practitioners/{person.id}/change"

    def save(**fields):
        revision = register.get(PractitionerRow, person.id).revision
        return console.press(f"{path}/save", more={"revision": revision} | fields)

    refused = save(monthly_capacity="3", from_on=str(TODAY - timedelta(days=3)))
    at_once = save(name="张三丰", from_on=str(TODAY + timedelta(days=9)))
    other = register.an_institution("F-7")
    save(institution="F-7", from_on=str(TODAY + timedelta(days=9)), reason="转所")
    emptied = save(name="")

    assert 'id="reason-error"' in refused.text
    assert 'id="from_on-error"' not in refused.text
    assert 'id="name-error"' in at_once.text
    assert "请不填生效日期" in at_once.text
    assert 'id="name-error"' in emptied.text
    assert facts_of(register, person).institution_id == house.id
    assert facts_of(register, person, TODAY + timedelta(days=9)).institution_id == other.id
    shown = console.get(f"/practitioners/{person.id}").text
    assert "转所" in shown
    assert f"{other.name}" in shown


def test_institution_registers_and_changes_its_own_people_but_for_what_the_centre_vouches(console, register):
    user = console.user(FIRM)
    form = console.get("/practitioners/new", FIRM).text
    console.press("/practitioners/new/register", FIRM, more={"code": "P-5", "name": "李小红", "sex": "female"})
    person = entry(register, PractitionerRow, "P-5")
    change = console.get(f"/practitioners/{person.id}/change", FIRM).text
    console.press(f"/practitioners/{person.id}/change/save", FIRM, revision=1, more={"capacity": "4", "listed": "true"})
    facts = facts_of(register, person)

    assert 'name="listed"' not in form + change
    assert 'name="code"' in form
    assert 'name="code"' not in change
    assert (facts.institution_id, facts.listed, facts.capacity) == (user.institution_id, False, 4)
    assert f"/practitioners/{person.id}" in console.get("/own-people", FIRM).text
    assert "/own-people" in console.get(f"/practitioners/{person.id}", FIRM).text
    other = register.a_practitioner("P-6", register.an_institution("F-8"))
    assert console.get(f"/practitioners/{other.id}", FIRM).status_code == 404


def test_institution_is_changed_and_who_only_watches_sees_no_button_and_the_ends_of_numbers(console, register):
    house = register.an_institution("F-1")
    person = register.a_practitioner("P-1", house)
    console.press(f"/practitioners/{person.id}/change/save", more={"revision": "1", "phone": "13800001111"})

    console.press(
        f"/institutions/{house.id}/change/save", more={"revision": "1", "kind": "law_firm", "contact": "路1号"}
    )
    shown, watched = (console.get(f"/institutions/{house.id}", role).text for role in (Role.MANAGER, Role.AUDITOR))

    [facts] = register.all(InstitutionAttributesRow, InstitutionAttributesRow.institution_id == house.id)
    assert facts.kind is InstitutionKind.LAW_FIRM
    assert "路1号" in shown
    assert "/change" in shown
    assert "/change" not in watched
    assert "13800001111" not in console.get(f"/practitioners/{person.id}", Role.AUDITOR).text
    assert "138****1111" in console.get(f"/practitioners/{person.id}", Role.AUDITOR).text


def test_practitioner_sees_the_own_entry_and_keeps_what_is_theirs_to_say(console, register):
    me = Role.PRACTITIONER
    person = register.get(PractitionerRow, console.user(me).practitioner_id)
    own, house = f"/practitioners/{person.id}", register.get(InstitutionRow, facts_of(register, person).institution_id)
    form = console.get(f"{own}/change", me).text

    assert own in console.get("/my-leave", me).text
    assert f"{own}/change" in (shown := console.get(own, me).text)
    assert house.name in shown
    assert f"/institutions/{house.id}" not in shown, "the house's entry is not theirs to open"
    assert [name for _, fields in PEOPLE.groups for name in fields if f'name="{name}"' in form] == [
        "contact", "phone", "capacity", "monthly_capacity",
    ]  # fmt: skip
    assert "过去之日" not in form, "what would be refused is not proposed"
    assert "请告知法律援助中心" in form
    assert "过去之日" in console.get(f"{own}/change").text
    saved = console.press(f"{own}/change/save", me, revision=1, more={"phone": "13800002222", "listed": "false"})
    assert saved.headers["location"] == f"/console{own}?done=save"
    assert "13800002222" in console.get(own, me).text
    assert facts_of(register, person).listed


def test_practitioner_sees_no_entry_of_others(console, register):
    other = register.a_practitioner("P-6", register.an_institution("F-8"))

    for path in (f"/practitioners/{other.id}", f"/practitioners/{other.id}/change"):
        assert console.get(path, Role.PRACTITIONER).status_code == 404, path


def test_word_of_a_history_that_nobody_reads_any_more_stays_as_it_is(register):
    words = entry_words(register.read, register.clerk, Kind.PRACTITIONERS, "zh")

    assert words.written("left_on", "不详之日") == "不详之日"
    assert words.written("left_on", "2026-03-01") == "2026-03-01"


NAMED = (people_named, houses_named, organs_named, case_numbers)


@pytest.mark.parametrize("named", NAMED, ids=lambda named: named.__name__)
def test_stranger_of_another_centre_is_told_no_name_by_our_ids(register, named):
    rows = (register.a_practitioner(), register.the_institution(), register.a_listed_organ(), register.a_case())
    ids = [row.id for row in rows]
    stranger = register.a_stranger()

    assert len(named(register.read, register.clerk, ids)) == 1
    assert named(register.read, stranger, ids) == {}


def test_words_and_names_of_the_roster_are_for_those_who_read_it(register):
    recipient = Actor("u", Role.RECIPIENT, register.centre.id)

    for ask in (
        lambda: entry_words(register.read, recipient, Kind.PRACTITIONERS, "zh"),
        lambda: houses_named(register.read, recipient, []),
    ):
        with pytest.raises(ForbiddenError):
            ask()
