"""Newcomers open at the median, returners take on what the median grew: joining and absence neither win nor lose."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from fractions import Fraction

from dispatch.casework.host import Host
from dispatch.casework.records import Leave, Sums
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.ledger import account_of, grown, opening_at
from dispatch.domain.policy.schema import Policy
from dispatch.domain.shares import ONE, shares_of

NOTHING = (Fraction(0), Fraction(0))
ONE_DAY = timedelta(days=1)


def calibrate(host: Host) -> int:
    """Let newcomers open at the median, and returners meet it; return how many entries were written."""
    fresh, leaves = host.newcomers(), host.returned()
    if not fresh and not leaves:
        return 0
    people = host.roster()
    shares = entitled(people, host.policy)
    _open_newcomers(host, fresh, people, shares)
    _meet_returners(host, leaves, people, shares)
    return len(fresh) + len(leaves)


def entitled(people: Sequence[PractitionerFacts], policy: Policy) -> dict[str, Fraction]:
    """Return the share each person is entitled to today."""
    shares = shares_of(people, policy.rotation, policy.caps.open_cases)
    return {person.id: share for person, share in zip(people, shares, strict=True)}


def _open_newcomers(
    host: Host, fresh: Collection[str], people: Sequence[PractitionerFacts], shares: Mapping[str, Fraction]
) -> None:
    known = [account_of(person) for person in people if person.listed and person.id not in fresh]
    turns, effort = [each.weighed_turns for each in known], [each.weighed_effort for each in known]
    for practitioner_id in sorted(fresh):
        share = shares.get(practitioner_id, ONE)
        host.adjust(practitioner_id, opening_at(turns, effort, share), share)


def _meet_returners(
    host: Host, leaves: Sequence[Leave], people: Sequence[PractitionerFacts], shares: Mapping[str, Fraction]
) -> None:
    for leave in leaves:
        others = [person.id for person in people if person.listed and person.id != leave.practitioner_id]
        before, after = (host.sums_before(day) for day in (leave.from_on, leave.until_on + ONE_DAY))
        share = shares.get(leave.practitioner_id, ONE)
        host.adjust(leave.practitioner_id, grown(_of(before, others), _of(after, others), share), share, leave)


def _of(sums: Sums, ids: Sequence[str]) -> list[tuple[Fraction, Fraction]]:
    return [sums.get(id, NOTHING) for id in ids]
