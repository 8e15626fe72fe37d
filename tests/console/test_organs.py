"""The catalogue of case organs in the console: entered, renamed, given other names, merged, retired and restored."""

from dispatch.domain.findings import FindingKind, Observation
from dispatch.domain.vocabulary import OrganKind, Role
from dispatch.registry.findings import open_
from dispatch.registry.tables import OrganRow
from tests.rows import NOW

COURT = "某市某区人民法院"


def names(register):
    return sorted(row.name for row in register.all(OrganRow))


def test_name_in_use_is_entered_with_the_other_names_it_goes_by(console, register):
    register.a_case("1", organ=COURT)
    with register.begin() as tx:
        seen = Observation(FindingKind.ORGAN_UNLISTED, "organ", "1", {"name": COURT})
        open_(tx, register.centre.id, seen, NOW)
    page = console.get("/organs").text
    form = console.get(f"/organs?name={COURT}").text
    unsaid = console.press("/organs/add-organ", more={"tried": "organ", "organ.name": ""})
    long = console.press("/organs/add-organ", more={"tried": "organ", "organ.name": COURT, "organ.aliases": "长" * 201})
    told = {"organ.name": COURT, "organ.kind": "court", "organ.aliases": "某区法院；某法院"}
    console.press("/organs/add-organ", more=told)
    [row] = register.all(OrganRow)

    assert 'href="/console/organs"' in console.get("/").text
    assert COURT in page
    assert f'value="{COURT}"' in form
    assert 'id="organ.name-error"' in unsaid.text
    assert 'id="organ.aliases-error"' in long.text
    assert (row.name, row.kind) == (COURT, OrganKind.COURT)
    assert "某区法院、某法院" in console.get("/organs?q=某区法院&kind=court").text
    assert "没有符合条件的机关" in console.get("/organs?q=无此机关").text
    assert "add-organ" not in console.get("/organs", Role.AUDITOR).text


def test_organ_is_renamed_and_a_stale_form_is_refused(console, register):
    row = register.a_listed_organ(COURT)
    told = {"tried": "change", "revision": str(row.revision), "change.name": "某市新区人民法院", "change.kind": "court"}
    nameless = console.press(f"/organs/{row.id}/change-organ", more=told | {"change.name": ""})
    console.press(f"/organs/{row.id}/change-organ", more=told)
    stale = console.press(f"/organs/{row.id}/change-organ", more=told | {"change.kind": ""})

    assert 'id="change.name-error"' in nameless.text
    assert names(register) == ["某市新区人民法院"]
    assert COURT in console.get(f"/organs/{row.id}").text
    assert stale.status_code == 412


def test_other_names_come_and_go(console, register):
    row = register.a_listed_organ(COURT)
    unsaid = console.press(f"/organs/{row.id}/add-alias", tried="also")
    console.press(f"/organs/{row.id}/add-alias", more={"also.alias": "某法院"})
    page, watched = (console.get(f"/organs/{row.id}", role).text for role in (Role.CLERK, Role.AUDITOR))
    console.press(f"/organs/{row.id}/remove-alias", alias="某法院")

    assert 'id="also.alias-error"' in unsaid.text
    assert "某法院" in page
    assert "remove-alias" not in watched
    assert "没有别名" in console.get(f"/organs/{row.id}").text


def test_organ_is_merged_into_another_by_its_name_retired_and_restored(console, register):
    row, other = register.a_listed_organ(COURT), register.a_listed_organ("某市中级人民法院")
    path = f"/organs/{row.id}"
    unsaid = console.press(f"{path}/merge-organ", tried="merge")
    itself = console.press(f"{path}/merge-organ", tried="merge", more={"merge.into": COURT})
    part = console.press(f"{path}/merge-organ", tried="merge", more={"merge.into": "中级"})
    led = console.press(f"{path}/merge-organ", more={"merge.into": "某市中级人民法院"})
    console.press(f"/organs/{other.id}/retire-organ")
    gone, shown = console.get("/organs").text, console.get("/organs?retired=1").text
    console.press(f"/organs/{other.id}/restore-organ")

    for refused in (unsaid, itself, part):
        assert 'id="merge.into-error"' in refused.text
    assert led.headers["location"].startswith(f"/console/organs/{other.id}?")
    assert names(register) == ["某市中级人民法院"]
    assert COURT in console.get(f"/organs/{other.id}").text
    assert other.id not in gone
    assert other.id in shown
    assert other.id in console.get("/organs").text


def test_organ_to_merge_into_is_found_as_the_rules_about_recusal_take_its_name(console, register):
    row, other = register.a_listed_organ(COURT), register.a_listed_organ("东方市人民法院")

    led = console.press(f"/organs/{row.id}/merge-organ", more={"merge.into": "东方法院"})

    assert led.headers["location"].startswith(f"/console/organs/{other.id}?")
