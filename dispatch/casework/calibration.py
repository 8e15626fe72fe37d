"""Newcomers open at the median, returners take on what the median grew: joining and absence neither win nor lose."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from dispatch.casework.host import Host
from dispatch.casework.records import Sums
from dispatch.domain.docket.absence import Away, Days
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.ledger import account_of, grown, opening_at
from dispatch.domain.policy.schema import Policy
from dispatch.domain.shares import ONE, shares_of

NOTHING = (Fraction(0), Fraction(0))


def calibrate(host: Host) -> int:
    """Let newcomers open at the median, and returners meet it; return how many entries were written."""
    fresh = host.newcomers()
    written = _open_newcomers(host, fresh) if fresh else 0
    written += meet_returners(host, host.away())
    host.looked_at()
    return written


def meet_returners(host: Host, away: Mapping[str, Away]) -> int:
    """Let who came back meet what the median grew meanwhile, each day once; return how many entries were written.

    Joined, whatever kept them away: an entry made for days that turned out to be none of absence is taken back.
    """
    mistaken = [(id, met) for id in sorted(away) for met in away[id].mistaken()]
    for id, met in mistaken:
        host.undo_return(id, met)
    today = host.now.astimezone(host.office.zone).date()
    unmet = [(id, days) for id in sorted(away) for days in away[id].unmet(today)]
    if unmet:
        people = host.roster()
        shares = entitled(people, host.policy)
        for id, days in unmet:
            _meet(host, id, days, people, shares.get(id, ONE))
    return len(mistaken) + len(unmet)


def entitled(people: Sequence[PractitionerFacts], policy: Policy) -> dict[str, Fraction]:
    """Return the share each person is entitled to today."""
    shares = shares_of(people, policy.rotation, policy.caps.open_cases)
    return {person.id: share for person, share in zip(people, shares, strict=True)}


def _open_newcomers(host: Host, fresh: Collection[str]) -> int:
    people = host.roster()
    shares = entitled(people, host.policy)
    known = [account_of(person) for person in people if person.listed and person.id not in fresh]
    turns, effort = [each.weighed_turns for each in known], [each.weighed_effort for each in known]
    today = host.now.astimezone(host.office.zone).date()
    entered_on = {person.id: person.entered_on or today for person in people}
    for practitioner_id in sorted(fresh):
        share = shares.get(practitioner_id, ONE)
        # The median of today holds what grew since they entered, wherever they were.
        days = (entered_on.get(practitioner_id, today), today)
        host.adjust(practitioner_id, opening_at(turns, effort, share), share, days)
    return len(fresh)


def _meet(host: Host, practitioner_id: str, days: Days, people: Sequence[PractitionerFacts], share: Fraction) -> None:
    others = [person.id for person in people if person.listed and person.id != practitioner_id]
    before, after = (host.sums_before(day) for day in days)
    host.adjust(practitioner_id, grown(_of(before, others), _of(after, others), share), share, days)


def _of(sums: Sums, ids: Sequence[str]) -> list[tuple[Fraction, Fraction]]:
    return [sums.get(id, NOTHING) for id in ids]
