"""Ties declared in the console: by practitioners and institutions of their own, by officers for whom they look up."""

import re

import pytest

from dispatch.domain.conflicts.declared import TieKind
from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import DeclaredTieRow

PERSON, HOUSE = Role.PRACTITIONER, Role.INSTITUTION
CLIENT = {"kind": "adviser", "name": "示例有限公司", "from_on": "2026-01-01"}
RELATIVE = {"kind": "relative", "relation": "spouse", "name": "周小梅"}


def test_lawyer_declares_a_client_and_a_relative_sees_both_and_ends_one(console, register):
    asked = console.get("/my-ties?kind=relative", PERSON).text
    without = console.press("/my-ties/declare", PERSON, kind="relative", name="周小梅")
    console.press("/my-ties/declare", PERSON, **RELATIVE, identity_number="411402199001011231")
    console.press("/my-ties/declare", PERSON, **CLIENT)
    [client] = register.all(DeclaredTieRow, DeclaredTieRow.kind == TieKind.ADVISER)
    key = f"end-{client.id}"
    past = console.press("/my-ties/end", PERSON, tried=key, tie=client.id, more={f"{key}.until_on": "2026-01-05"})
    console.press("/my-ties/end", PERSON, tried=key, tie=client.id, more={f"{key}.until_on": "2026-12-31"})
    shown = console.get("/my-ties", PERSON).text

    assert 'name="relation"' in asked
    assert without.status_code == 422
    assert 'id="relation-error"' in without.text
    assert 'value="周小梅"' in without.text
    assert past.status_code == 422
    assert f'id="{key}.until_on-error"' in past.text
    assert all(word in shown for word in ("示例有限公司", "配偶", "周小梅", "2026-12-31"))
    assert "411402199001011231" not in shown
    assert {row.practitioner_id for row in register.all(DeclaredTieRow)} == {console.user(PERSON).practitioner_id}


def test_institution_declares_its_own_clients_and_relatives_of_its_people_alone(console, register):
    firm = console.user(HOUSE).institution_id
    theirs = register.a_practitioner("theirs", register.the_institution())

    page = console.get("/my-ties?kind=relative", HOUSE).text
    console.press("/my-ties/declare", HOUSE, **CLIENT)
    console.press("/my-ties/declare", HOUSE, **RELATIVE, practitioner_id=theirs.id)

    assert f'value="{theirs.id}"' in page
    by_kind = {row.kind: (row.practitioner_id, row.institution_id) for row in register.all(DeclaredTieRow)}
    assert by_kind == {TieKind.ADVISER: (None, firm), TieKind.RELATIVE: (theirs.id, None)}


@pytest.mark.parametrize("whose", ["person", "firm"])
def test_clerk_looks_somebody_up_declares_for_them_and_takes_a_mistake_back(console, register, whose):
    person = register.a_practitioner("L-77")
    firm = register.the_institution()
    id, text = (person.id, "L-77") if whose == "person" else (firm.id, firm.name)
    field = "practitioner_id" if whose == "person" else "institution_id"

    found = console.get("/ties", params={"who": text, "kind": "adviser"}).text
    nobody = console.get("/ties", params={"who": "查无此人"}).text
    console.press("/ties/declare", **CLIENT, who=text, **{field: id})
    [tie] = register.all(DeclaredTieRow)
    shown = console.get("/ties").text
    without = console.press("/ties/remove", more={"tie": tie.id})
    console.press("/ties/remove", more={"tie": tie.id, f"remove-{tie.id}.reason": "同名单位"})

    assert f'name="{field}" value="{id}"' in found
    assert "名册中没有找到" in nobody
    assert getattr(tie, field) == id
    assert "示例有限公司" in shown
    assert without.status_code == 422
    assert "示例有限公司" not in console.get("/ties").text
    assert "已撤销" in console.get("/ties?removed=1").text


def test_clerk_corrects_a_declaration_with_a_reason_and_what_is_left_empty_stays(console, register):
    person = register.a_practitioner("L-77")
    told = RELATIVE | {"identity_number": "411402199001011231", "from_on": "2026-01-01"}
    console.press("/ties/declare", who="L-77", practitioner_id=person.id, **told)
    [tie] = register.all(DeclaredTieRow)
    key, page = f"correct-{tie.id}", console.get("/ties").text
    given = {f"{key}.name": "周晓梅", f"{key}.relation": "parent", f"{key}.from_on": ["2026-01-01", "unknown"]}
    hidden = {"tie": tie.id, "revision": str(tie.revision), "tried": key}

    without = console.press("/ties/correct-tie", more=hidden | given)
    console.press("/ties/correct-tie", more=hidden | given | {f"{key}.reason": "户籍登记为晓"})
    stale = console.press("/ties/correct-tie", more=hidden | given | {f"{key}.reason": "再次"})
    after = console.get("/ties").text

    assert 'value="周小梅"' in page
    assert without.status_code == 422
    assert f'id="{key}.reason-error"' in without.text
    assert stale.status_code == 412
    row = register.get(DeclaredTieRow, tie.id)
    assert (row.relation.value, row.from_on) == ("parent", None)
    assert "周晓梅" in after
    assert "1231" in after
    assert "correct-tie" not in console.get("/ties", Role.AUDITOR).text
    assert "correct-tie" not in console.get("/my-ties", PERSON).text


def test_of_several_by_one_name_one_is_chosen_and_an_auditor_only_looks(console, register):
    one, other = (register.a_practitioner(code) for code in ("L-1", "L-2"))

    several = console.get("/ties", params={"who": "person L"}).text
    chosen = console.get("/ties", params={"who": "person L", "practitioner_id": one.id, "kind": "adviser"}).text
    looked = console.get("/ties", Role.AUDITOR, params={"who": "L-1", "kind": "adviser"}).text

    assert {one.id, other.id} <= set(re.findall(r"practitioner_id=(\w+)", several))
    assert f'name="practitioner_id" value="{one.id}"' in chosen
    assert "/ties/declare" not in looked
