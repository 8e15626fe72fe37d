"""Over HTTP: on many small cities every answer is what solving the day again says.

The register holds one pool of cases and people; what is known of them is drawn anew for each city, so that all these
dockets take one database.
"""

import json
from dataclasses import replace

import numpy as np
import pytest

from dispatch.commands.answers import days
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.draw import seed_of
from dispatch.domain.docket.facts import DocketFacts
from dispatch.domain.docket.json import plain, reviver
from dispatch.domain.vocabulary import Role
from dispatch.modes.encode import first_rows
from dispatch.simulation.evidence.repair import RepairKind
from dispatch.simulation.sample.city import Size, make_city
from dispatch.simulation.sample.facts import docket_facts
from tests.api.test_what_if import what_if
from tests.api.test_why import why
from tests.examples import drawn
from tests.rows import NOW
from tests.simulation.test_repair import with_ability, with_place, with_rule
from tests.simulation.test_what_if import holders
from tests.simulation.test_why import NATIONAL, STRICT, day_of, forced, value_after

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SIZE = Size(cases=5, practitioners=7, active=5)
CITIES = drawn(6_000)
"""A hundred in the ordinary run, between the policies."""


class Pool:
    """Cases, people and institutions of a register whose facts are drawn anew for each city."""

    def __init__(self, office, monkeypatch, policy):
        self.office = office
        register = office.register
        parts = {name: part for name, part in policy.to_document().items() if isinstance(part, dict)}
        self.policy = register.a_policy(**parts)
        self.houses = [register.an_institution(f"h{n}").id for n in range(SIZE.practitioners)]
        self.people = [register.a_practitioner(f"p{n}").id for n in range(SIZE.practitioners)]
        self.cases = sorted(register.a_case(f"{n}").id for n in range(SIZE.cases))
        monkeypatch.setattr(days, "list_pending", lambda *_: self.cases)
        monkeypatch.setattr(days, "load_docket", lambda *_: self.facts)

    def draw(self, seed):
        """Let the register know another city, in which places are scarce; return its day as anyone can solve it."""
        facts = docket_facts(make_city(seed, NOW, self.policy.causes, SIZE), NOW)
        content = json.dumps(plain(facts))
        pools = (facts.cases, self.cases), (facts.practitioners, self.people), (facts.institutions, self.houses)
        for drawn_ones, ids in pools:
            for each, id in zip(drawn_ones, ids, strict=False):
                content = content.replace(f'"{each.id}"', f'"{id}"')
        facts = reviver(DocketFacts)(json.loads(content))
        room = [(k + seed) % 3 > 0 for k in range(len(facts.practitioners))]
        people = (
            replace(each, capacity=each.load + more) for each, more in zip(facts.practitioners, room, strict=True)
        )
        cases = (replace(each, languages=("ug",)) if seed % 3 == k == 0 else each for k, each in enumerate(facts.cases))
        self.facts = replace(facts, practitioners=tuple(people), cases=tuple(cases))
        return day_of(Docket.build(self.facts, self.policy, seed_of(self.cases)))


@pytest.fixture(params=[NATIONAL, STRICT], ids=["national", "strict"])
def pool(request, office, monkeypatch):
    return Pool(office, monkeypatch, request.param)


def test_every_answer_of_many_cities_is_what_solving_again_says(pool):
    met = dict.fromkeys(("why not", "open", *RepairKind, "what if"), 0)
    for seed in range(CITIES // 2):
        day = pool.draw(seed)
        for name in (*_why_not_holds(pool, day, seed), *_open_holds(pool, day), *_what_if_holds(pool, day, seed)):
            met[name] += 1

    common = met["why not"], met["open"], met["what if"], met[RepairKind.PLACE]
    assert min(common) >= CITIES // 25, met
    assert met[RepairKind.AREA if pool.policy.checks.area else RepairKind.LANGUAGE] >= 3, met


def _why_not_holds(pool, day, pick):
    """Regret and chain of somebody who could take a case are those of the day solved again with that pair."""
    place = day.problem.room > 0
    pairs = [
        (case, int(j))
        for case in np.flatnonzero(day.problem.demand == 1).tolist()
        for j in np.flatnonzero(day.eligibility.row(int(first_rows(day.docket)[case])) & place)
        if j not in day.solution.cols[day.solution.rows == case]
    ]
    if not pairs:
        return
    case, j = pairs[pick % len(pairs)]
    told = why(pool.office, {"id": day.docket.facts.cases[case].id}, day.docket.practitioner_at(j).id).json()["asked"]
    again = forced(day, case, j)
    loss = day.solution.objective - again
    assert told["regret"] == {"least": loss, "most": loss}
    assert told["standing"]["value"] == ("worse" if loss else "equal")
    assert value_after(day, [_Move(each) for each in told["moves"]]) == again
    yield "why not"


class _Move:
    """A move as it was told."""

    def __init__(self, told):
        self.case_id = told["case_id"]
        self.origin, self.target = (told[side] and told[side]["practitioner_id"] for side in ("origin", "target"))


def _open_holds(pool, day):
    """Each repair of an open case gains what the day gains by other facts, solved again."""
    left, docket = np.flatnonzero(day.solution.open), day.docket
    if not left.size:
        return
    case = int(left[0])
    told = why(pool.office, {"id": docket.facts.cases[case].id}).json()["open"]
    yield "open"
    for repair in told["repairs"]:
        kind, person = RepairKind(repair["kind"]["value"]), repair["person"]
        j = docket.column_of(person["practitioner_id"]) if person else None
        if not repair["helps"]:
            assert repair["served"] > 0
            continue
        gain = {
            RepairKind.PLACE: lambda j=j: with_place(day, case, j),
            RepairKind.RULE: lambda code=repair["rule"]: with_rule(day, case, code),
            RepairKind.LANGUAGE: lambda j=j: with_ability(day, case, j, RepairKind.LANGUAGE),
            RepairKind.AREA: lambda j=j: with_ability(day, case, j, RepairKind.AREA),
        }[kind]()
        assert gain == repair["gain"], repair
        yield kind


def _what_if_holds(pool, day, seed):
    """The cases that change hands while somebody is away are those of the day with that person on leave."""
    if seed % 2:
        return
    people = day.docket.facts.practitioners
    gone = people[seed % len(people)].id
    told = what_if(pool.office, away=[gone], role=Role.MANAGER).json()
    absent = tuple(replace(each, on_leave=True) if each.id == gone else each for each in people)
    anew = day_of(Docket.build(replace(day.docket.facts, practitioners=absent), day.docket.policy, day.docket.seed))
    before, after = holders(day), holders(anew)
    assert {
        each["case_id"]: [{one["practitioner_id"] for one in each[side]} for side in ("before", "after")]
        for each in told["changed"]
    } == {id: [before[id] - after[id], after[id] - before[id]] for id in before if before[id] != after[id]}
    assert (told["before"]["open"], told["after"]["open"]) == (day.solution.open.sum(), anew.solution.open.sum())
    yield "what if"
