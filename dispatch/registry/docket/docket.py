"""Loads the facts of one decision; the same few queries for one case and for a province."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Session

from dispatch.domain.docket.facts import DocketFacts, PractitionerFacts, case_before, related_at, tied_to_organs
from dispatch.domain.docket.roster import Latest
from dispatch.domain.docket.ties import in_order
from dispatch.domain.vocabulary import Status
from dispatch.registry.docket.caseload import load_caseload
from dispatch.registry.docket.declared import TieQuestion, load_declared
from dispatch.registry.docket.organs import load_organs
from dispatch.registry.docket.roster import RosterRows, load_areas, load_roster, read_day

TO_BE_ASSIGNED = (Status.PENDING,)


def load_docket(
    session: Session,
    centre_id: str,
    case_ids: Collection[str] | None,
    now: datetime,
    statuses: Collection[Status] = TO_BE_ASSIGNED,
    practitioner_id: str | None = None,
    *,
    refill: bool = False,
    past: bool = False,
    latest: Latest[RosterRows] | None = None,
) -> DocketFacts:
    """Return the facts as of ``now``: of the named cases, or of all, that are in one of the states.

    With ``practitioner_id`` the roster is that one person; rules that compare people cannot be asked then.
    With ``refill`` the cases count as if nobody had them yet. A ``past`` moment leaves out what came at it or later.
    A caller that asks repeatedly keeps the ``latest`` roster: it is read each time, and made only if it has changed.
    """
    day = read_day(session, centre_id, now)
    before = now if past else None
    roster = load_roster(session, day, practitioner_id, before, latest)
    members = _members(roster.practitioners)
    caseload = load_caseload(session, centre_id, case_ids, statuses, members, day.today, refill=refill, before=before)
    organs = load_organs(session, centre_id)
    asked = TieQuestion(centre_id, day.today, practitioner_id, before)
    declared = load_declared(session, asked, caseload, organs, members)
    people = (related_at(person, declared.organs.get(person.id, ())) for person in roster.practitioners)
    return DocketFacts(
        centre_id=centre_id,
        now=now,
        cases=tuple(case_before(case, organs) for case in caseload.cases),
        practitioners=tuple(tied_to_organs(person, organs) for person in people),
        institutions=roster.institutions,
        areas=load_areas(session, day),
        pairs=in_order([*caseload.pairs, *declared.pairs]) if declared.pairs else caseload.pairs,
    )


def _members(practitioners: Iterable[PractitionerFacts]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = defaultdict(list)
    for practitioner in practitioners:
        members[practitioner.institution_id].append(practitioner.id)
    return members
