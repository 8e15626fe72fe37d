"""Why a case has nobody, and the single change that would help: a place, a language or an area more, a rule less."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.docket import NOBODY, Docket
from dispatch.domain.eligibility.kleene import YES
from dispatch.domain.eligibility.rules import View
from dispatch.domain.eligibility.soft_rules import YIELDING
from dispatch.domain.eligibility.table import RULES_BY_CODE, WORKLOAD, eligible
from dispatch.domain.eligibility.verdicts import Eligibility
from dispatch.domain.vocabulary import Term
from dispatch.modes.encode import encode, first_rows
from dispatch.simulation.evidence.abilities import (
    SERVES,
    SPEAKS,
    Ability,
    Labels,
    may_gain,
    points_with,
    with_ability,
)
from dispatch.simulation.evidence.days import Day
from dispatch.simulation.evidence.promise import Promise, refused_only
from dispatch.simulation.evidence.why import case_of, listed_of
from optimizer import Problem, Solution, solve
from optimizer.analysis.questions import blocking_cut

TRIED = 4
"""Changes of a kind solved again at most, the most promising first."""


# fmt: off
class RepairKind(Term):
    """What would let somebody take the case."""

    PLACE       = "place",       "增加一名承办人员的承办名额", "one more place for a practitioner"
    HOUSE_PLACE = "house_place", "增加一个机构的承办名额",     "one more place for an institution"
    LANGUAGE    = "language",    "一名承办人员增加使用的语言", "one practitioner who also spoke the language"
    AREA        = "area",        "一名承办人员增加服务的区域", "one practitioner who also served the area"
    RULE        = "rule",        "对本案放宽一项条件",         "one rule that yields for this case"
# fmt: on


class CaseRepair(NamedTuple):
    """
    A single change, and what the whole day would gain by it.

    Parameters
    ----------
    practitioner_id : str or None
        Who would have the place, the language or the area; with a rule, who would take the case.
    rule : str or None
        The rule that would yield.
    labels : tuple of str
        The languages or the area that would be added.
    gain : int, points
        What all cases together would gain, by solving the day again.
    served : int
        How many more seats of all cases would have somebody.
    helps : bool
        Whether this case would have somebody then; otherwise another one comes first.
    """

    kind: RepairKind
    practitioner_id: str | None
    institution_id: str | None
    rule: str | None
    labels: Labels
    gain: int
    served: int
    helps: bool


class OpenCase(NamedTuple):
    """
    Why a case has nobody.

    Parameters
    ----------
    case_ids : list of str
        The cases shut in together with it, its own among them.
    practitioner_ids : list of str
        All who may take any of them.
    slots : int
        How many of these cases those people take, which is all they can.
    kept_apart : int
        People on the list with a place who meet every rule, and whom only the other side's case keeps out of this plan.
    only_full : int
        People on the list whom nothing but a full workload keeps out.
    repairs : list of CaseRepair
        Single changes that help, the one the day gains most by first.
    """

    case_ids: list[str]
    practitioner_ids: list[str]
    slots: int
    shortage: int
    kept_apart: int
    only_full: int
    repairs: list[CaseRepair]


Change = Callable[[Docket], tuple[Docket, Eligibility]]

ABILITIES = {RepairKind.LANGUAGE: SPEAKS, RepairKind.AREA: SERVES}


class _Candidate(NamedTuple):
    kind: RepairKind
    practitioner: int
    institution: str | None
    rule: str | None
    labels: Labels
    promise: tuple[bool, int]
    """Whether no other case would gain more by it, and what this one would."""
    change: Change


def why_open(day: Day, case_id: str) -> OpenCase | None:
    """Return why the plan of the day leaves a case without somebody; None if it does not."""
    case = case_of(day.docket, case_id)
    if case == NOBODY or not day.solution.open[case] or not day.solution.optimal:
        return None
    cut = blocking_cut(day.answers, case)
    row, docket = int(first_rows(day.docket)[case]), day.docket
    listed = listed_of(docket)
    full = refused_only(day.eligibility, row, WORKLOAD) & listed
    # The cut is one of the proof's branch, where each of two sides is already somewhere.
    apart = day.eligibility.row(row) & (day.problem.room > 0) & listed
    apart[cut.practitioners] = False
    return OpenCase(
        case_ids=[docket.facts.cases[k].id for k in cut.cases.tolist()],
        practitioner_ids=[docket.practitioner_at(j).id for j in cut.practitioners.tolist()],
        slots=cut.slots,
        shortage=cut.shortage,
        kept_apart=int(apart.sum()),
        only_full=int(full.sum()),
        repairs=repairs_of(day, case),
    )


def repairs_of(day: Day, case: int) -> list[CaseRepair]:
    """Return the single changes that help, of each kind and rule the best, those that help this case first."""
    best: dict[tuple[RepairKind, str | None], CaseRepair] = {}
    for each in _candidates(day, case):
        known = best.get((each.kind, each.rule))
        if known is not None and known.helps and known.gain >= each.promise[1]:
            continue
        found = _tried(day, case, each)
        if (found.helps or found.served > 0) and (known is None or _order(found) < _order(known)):
            best[each.kind, each.rule] = found
    return sorted(best.values(), key=_order)


def areas_of(repairs: Iterable[CaseRepair]) -> set[str]:
    """Return the areas that repairs would add to somebody."""
    return {label for each in repairs if each.kind is RepairKind.AREA for label in each.labels}


def _order(found: CaseRepair) -> tuple[bool, int, int, str]:
    return not found.helps, -found.served, -found.gain, str(found.practitioner_id)


def _candidates(day: Day, case: int) -> list[_Candidate]:
    """Return the changes worth solving again, of each kind the most promising first."""
    promise = Promise(day, case)
    able = (*_places(day, promise), *_abilities(day, promise), *_rules(day, promise))
    found = sorted(able, key=lambda each: each.promise, reverse=True)
    return [each for kind in RepairKind for each in [one for one in found if one.kind is kind][:TRIED]]


def _tried(day: Day, case: int, candidate: _Candidate) -> CaseRepair:
    """Solve the day again with the change."""
    docket, eligibility = candidate.change(day.docket)
    # What is open costs the same before and after, or the difference would not be the change's.
    problem = replace(encode(docket, eligibility), open_price=day.problem.open_price)
    after = solve(problem, docket.seed)
    j = candidate.practitioner
    if candidate.kind is RepairKind.RULE:
        takers = after.cols[after.rows == case]
        j = int(takers[0]) if takers.size else NOBODY
    return CaseRepair(
        kind=candidate.kind,
        practitioner_id=None if j == NOBODY else day.docket.practitioner_at(j).id,
        institution_id=candidate.institution,
        rule=candidate.rule,
        labels=candidate.labels,
        gain=after.objective - day.solution.objective,
        served=int(day.solution.open.sum() - after.open.sum()),
        helps=_serves(problem, after, case, int(day.solution.open[case])),
    )


def _serves(problem: Problem, best: Solution, case: int, before: int) -> bool:
    """Tell whether a best plan leaves fewer seats of the case open than before, though the draw may take another."""
    if best.open[case] < before:
        return True
    # With sides kept apart a point more can cost the search seconds: there the plan that was drawn speaks alone.
    if problem.separate.size:
        return False
    dearer = problem.open_price.copy()
    dearer[case] += 1
    return solve(replace(problem, open_price=dearer), 0).objective > best.objective - before


def _places(day: Day, promise: Promise) -> Iterator[_Candidate]:
    """Yield people, then institutions, whose next place could help."""
    docket = day.docket
    by_person, first_served, by_house = promise.of_places()
    for j in np.flatnonzero((by_person > 0) & listed_of(docket)).tolist():
        order = bool(first_served[j]), int(by_person[j])
        yield _Candidate(RepairKind.PLACE, j, None, None, (), order, _one_more_place(j))
    for house, gain in by_house.items():
        yield _Candidate(RepairKind.HOUSE_PLACE, NOBODY, house, None, (), (True, gain), _one_more_in_house(house))


def _abilities(day: Day, promise: Promise) -> Iterator[_Candidate]:
    """Yield people on the list who have a place and lack the language of the case, or its area, and nothing else."""
    docket = day.docket
    for kind, ability in ABILITIES.items():
        labels, lacking = ability.asked(docket.case_at(promise.row)), _lacking(day, promise, ability)
        if not labels or not lacking.any():
            continue
        points = np.zeros(docket.m, np.int64)
        points[lacking] = points_with(docket, ability, promise.row, np.flatnonzero(lacking))
        gain = np.where(lacking, promise.of_pairs(points), 0)
        for j in np.flatnonzero(gain > 0).tolist():
            order = True, int(gain[j])
            yield _Candidate(kind, j, None, None, labels, order, _also_able(ability, j, labels))


def _lacking(day: Day, promise: Promise, ability: Ability) -> NDArray[np.bool_]:
    only = refused_only(day.eligibility, promise.row, (ability.rule,)) & listed_of(day.docket)
    lacking: NDArray[np.bool_] = only & (promise.room > 0) & may_gain(day.docket, ability)
    return lacking


def _rules(day: Day, promise: Promise) -> Iterator[_Candidate]:
    """Yield the soft rules that keep out, alone, somebody on the list who has a place."""
    docket, row, case_id = day.docket, promise.row, day.docket.case_at(promise.row).id
    for code in YIELDING:
        let_in = refused_only(day.eligibility, row, (code,)) & listed_of(docket) & (promise.room > 0)
        gain = int(promise.of_pairs(promise.points[promise.case])[let_in].max(initial=0))
        if gain > 0 and not _is_firm(docket, code, row):
            yield _Candidate(RepairKind.RULE, NOBODY, None, code, (), (True, gain), _yielding(case_id, code))


def _is_firm(docket: Docket, code: str, row: int) -> bool:
    firm = RULES_BY_CODE[code].firm
    view = View(docket.case.take(np.array([row])), docket.practitioner, docket.lookups, docket.policy)
    return firm is not None and bool((firm(view) == YES).any())


def _of_house(docket: Docket, institution_id: str) -> NDArray[np.bool_]:
    return np.array([person.institution_id == institution_id for person in docket.facts.practitioners], bool)


def _one_more_place(j: int) -> Change:
    def change(docket: Docket) -> tuple[Docket, Eligibility]:
        columns = docket.practitioner
        room, month, cap = columns.room.copy(), columns.month_room.copy(), columns.cap.copy()
        most = 1 + min(room[0, j], month[0, j])
        cap[0, j] += max(most - room[0, j], 0)
        room[0, j], month[0, j] = max(room[0, j], most), max(month[0, j], most)
        wider = replace(docket, practitioner=replace(columns, room=room, month_room=month, cap=cap))
        return wider, eligible(wider)

    return change


def _one_more_in_house(institution_id: str) -> Change:
    def change(docket: Docket) -> tuple[Docket, Eligibility]:
        columns, theirs = docket.practitioner, _of_house(docket, institution_id)
        room = columns.institution_room + theirs[None, :]
        wider = replace(docket, practitioner=replace(columns, institution_room=room))
        return wider, eligible(wider)

    return change


def _yielding(case_id: str, code: str) -> Change:
    def change(docket: Docket) -> tuple[Docket, Eligibility]:
        cases = tuple(
            replace(each, relaxed=(*each.relaxed, code)) if each.id == case_id else each for each in docket.facts.cases
        )
        rows = np.array([each.id == case_id for each in (docket.case_at(i) for i in range(docket.n))])
        relaxed = np.where(rows[:, None], docket.case.relaxed | YIELDING[code], docket.case.relaxed)
        eased = replace(docket, facts=replace(docket.facts, cases=cases), case=replace(docket.case, relaxed=relaxed))
        return eased, eligible(eased)

    return change


def _also_able(ability: Ability, j: int, labels: Labels) -> Change:
    def change(docket: Docket) -> tuple[Docket, Eligibility]:
        able = with_ability(docket, ability, j, labels)
        return able, eligible(able)

    return change
