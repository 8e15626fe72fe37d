"""What keeps people from a case, in the console: declared and taken back, and what was found where names agree."""

from dataclasses import replace

import pytest

from dispatch.commands.roster import ties
from dispatch.domain.conflicts.declared import TieKind
from dispatch.domain.vocabulary import PairKind, PartyRole, Role
from dispatch.registry.tables import PairRow, TieReviewRow
from tests.rows import NOW


@pytest.fixture
def sealed(console, app):
    """The register, sealed as this app seals."""
    return replace(console.register, seal=app.state.context.key.require())


def test_clerk_records_a_conflict_a_manager_takes_it_back_and_an_auditor_only_looks(console, register):
    case, person = register.a_case("1"), register.a_practitioner("L-9")
    page = f"/cases/{case.id}/conflicts"
    told = {"declare.kind": "conflict", "declare.text": "曾为对方提供法律服务"}

    nobody = console.press(f"{page}/declare-conflict", tried="declare", more=told | {"declare.who": "X-1"})
    console.press(f"{page}/declare-conflict", more=told | {"declare.who": "L-9"})
    [pair] = register.all(PairRow)
    key = f"withdraw-{person.id}-conflict"
    seen, managed = console.get(page).text, console.get(page, Role.MANAGER).text
    back = {"declared": key, f"{key}.practitioner_id": person.id, f"{key}.kind": "conflict", f"{key}.text": "同名"}
    console.press(f"{page}/withdraw-conflict", Role.MANAGER, more=back)

    assert nobody.status_code == 422
    assert 'id="declare.who-error"' in nobody.text
    assert (pair.practitioner_id, pair.kind) == (person.id, PairKind.CONFLICT)
    assert person.name in seen
    assert f"{page}/withdraw-conflict" not in seen
    assert f"{page}/withdraw-conflict" in managed
    assert register.all(PairRow) == []
    assert f"{page}/declare-conflict" not in console.get(page, Role.AUDITOR).text


def test_tie_that_agrees_by_name_waits_until_a_clerk_says_what_was_found(console, register, sealed):
    case, person = register.a_case("1"), register.a_practitioner("L-9")
    said = {"kind": TieKind.ADVISER, "name": "大河建材有限公司"}
    tie = ties.declare(register.begin, sealed.seal, register.clerk, NOW, ties.TieSubject(person.id), said).row
    sealed.a_person(case, PartyRole.OPPOSING, name="大河建材有限公司")
    page = f"/cases/{case.id}/conflicts"

    before = console.get(page).text
    without = console.press(f"{page}/review-tie", more={"tie": tie.id, f"tie-{tie.id}.outcome": "no_conflict"})
    found = {f"tie-{tie.id}.outcome": "conflict", f"tie-{tie.id}.text": "同一单位"}
    console.press(f"{page}/review-tie", more={"tie": tie.id} | found)

    assert "待核对" in before
    assert person.name in before
    assert without.status_code == 422
    assert f'id="tie-{tie.id}.text-error"' in without.text
    assert [row.outcome.value for row in register.all(TieReviewRow)] == ["conflict"]
    assert "确认为利益冲突" in console.get(page).text


def test_person_in_two_cases_is_looked_at_from_either(console, register, sealed):
    one, other = register.a_case("1"), register.a_case("2")
    sealed.a_person(one)
    sealed.a_person(other, PartyRole.OPPOSING)
    page = f"/cases/{one.id}/conflicts"

    shown = console.get(page)
    id = console.hidden(shown, "shared")
    console.press(f"{page}/review-person", more={"shared": id, f"shared-{id}.outcome": "different_person",
                                                 f"shared-{id}.text": "户籍信息不同"})  # fmt: skip

    assert f'href="/console/cases/{other.id}"' in shown.text
    assert "不是同一人" in console.get(page).text
    assert "不是同一人" in console.get(f"/cases/{other.id}/conflicts").text
