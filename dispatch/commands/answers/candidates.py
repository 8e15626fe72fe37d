"""The people who could take a case, as a page shows them: figures, the difference to the first, the work in hand."""

from datetime import datetime
from typing import NamedTuple

from dispatch.commands.answers.names import Names, names_of
from dispatch.commands.runs.requests import judged_case
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.modes.figures import CriterionFigure, figures_of, levels_of
from dispatch.modes.optimized import Candidate
from dispatch.modes.optimized import candidates as rank
from dispatch.registry.transaction import Read
from dispatch.simulation.evidence.why import RuleCounts, counts_of


class Shown(NamedTuple):
    """
    A candidate as a page shows them.

    Parameters
    ----------
    behind : int or None, points
        By how much they fall short of the first, in score less slot price; None if refused.
    """

    candidate: Candidate
    figures: list[CriterionFigure]
    behind: int | None


class CandidateList(NamedTuple):
    """Candidates with the names they go by."""

    shown: list[Shown]
    names: Names


def list_candidates(read: Read, actor: Actor, case_id: str, now: datetime, most: int) -> CandidateList:
    """Return who could take the case, ranked, and why the others could not; nothing is written."""
    require(actor, Verb.READ_CANDIDATES)
    with read() as session:
        docket, eligibility = judged_case(session, actor.centre_id, case_id, now)
        found = rank(docket, eligibility, 0, most)
        column = {person.id: j for j, person in enumerate(docket.facts.practitioners)}
        people = [docket.practitioner_at(column[each.practitioner_id]) for each in found]
        names = names_of(session, actor, people)
    levels, best = levels_of(docket), _worth(found[0]) if found and found[0].rank else 0
    shown = [
        Shown(
            each,
            figures_of(docket, levels, 0, column[each.practitioner_id]),
            None if each.rank is None else best - _worth(each),
        )
        for each in found
    ]
    return CandidateList(shown, names)


def count_candidates(read: Read, actor: Actor, case_id: str, now: datetime) -> RuleCounts:
    """Return how many could take the case, and how many each rule refuses, of the people on the list."""
    require(actor, Verb.READ_CANDIDATES)
    with read() as session:
        docket, eligibility = judged_case(session, actor.centre_id, case_id, now)
    return counts_of(docket, eligibility, 0)


def _worth(each: Candidate) -> int:
    return each.score - each.slot_price
