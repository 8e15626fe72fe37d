"""Over HTTP: the rotation explains itself, and what was proved after runs can be read."""

from dispatch.domain.vocabulary import Role
from dispatch.registry.tables import BoundRow
from tests.api.test_ways import enter
from tests.rows import NOW


def test_rotation_shows_whose_turn_it_is_and_what_each_is_due(office):
    office.register.a_policy(rotation={"by": "institution"})
    big, small = office.register.an_institution("big"), office.register.an_institution("small")
    for code, firm in (("a", big), ("b", big), ("c", small)):
        office.register.a_practitioner(code, firm)

    turns = office.get("/v1/rotation").json()

    assert {turn["by"] for turn in turns} == {"institution"}
    assert {(turn["institution_id"], turn["share"], turn["institution_entitled"]) for turn in turns} == {
        (big.id, "1/2", 0.5),
        (small.id, "1", 0.5),
    }
    assert [turn["next"] for turn in turns] == [True, False, False]


def test_bounds_are_open_to_all_in_the_rotation(office):
    person, ask = enter(office, "p1")
    excess = {"practitioner_id": person.id, "effort": 50, "above": 30.0, "cause": "wished"}
    office.register.add(
        BoundRow(
            centre_id=office.register.centre.id, month="2026-02", at=NOW, practitioners=3, ideal_effort=20.0,
            largest_case=10, most_effort=50, least_effort=0, above=[excess],
        )
    )  # fmt: skip

    [bound] = ask("GET", "/v1/rotation/bounds").json()["items"]

    assert (bound["month"], bound["run_id"], bound["above"]) == ("2026-02", None, [excess])
    assert ask("GET", "/v1/rotation/fairness").json()["above"] == []
    assert office.get("/v1/rotation/bounds", role=Role.RECIPIENT).status_code == 403
