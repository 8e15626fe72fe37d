"""Newcomers open at the median, returners take on what the median grew: joining and absence neither win nor lose."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from dispatch.casework.host import Host
from dispatch.casework.records import Records, Sums
from dispatch.domain.docket.absence import Away, Days, Met
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.ledger import Entry, EntryKind, account_of, grown, opening_at
from dispatch.domain.policy.schema import Policy
from dispatch.domain.shares import ONE, shares_of

NOTHING = (Fraction(0), Fraction(0))


class Calibration(NamedTuple):
    """An entry that the ledger lacks for somebody's days; ``undoes`` is what it takes back."""

    practitioner_id: str
    entry: Entry
    share: Fraction
    days: Days
    undoes: Met | None = None


def calibrate(host: Host) -> int:
    """Let newcomers open at the median, and returners meet it; return how many entries were written."""
    written = _write(host, list(uncalibrated(host)))
    host.looked_at()
    return written


def meet_returners(host: Host, away: Mapping[str, Away]) -> int:
    """Let who came back meet what the median grew meanwhile, each day once; return how many entries were written."""
    return _write(host, list(_returners(host, away)))


def uncalibrated(records: Records) -> Iterator[Calibration]:
    """Yield the entries that a calibration would write now."""
    fresh = records.newcomers()
    # The median at which a newcomer opens holds what grew while they were away.
    away = {id: each for id, each in records.away().items() if id not in fresh}
    return chain(_newcomers(records, fresh) if fresh else (), _returners(records, away))


def entitled(people: Sequence[PractitionerFacts], policy: Policy) -> dict[str, Fraction]:
    """Return the share each person is entitled to today."""
    shares = shares_of(people, policy.rotation, policy.caps.open_cases)
    return {person.id: share for person, share in zip(people, shares, strict=True)}


def _write(host: Host, entries: Sequence[Calibration]) -> int:
    for each in entries:
        if each.undoes:
            host.undo_return(each.practitioner_id, each.undoes)
        else:
            host.adjust(each.practitioner_id, each.entry, each.share, each.days)
    return len(entries)


def _newcomers(records: Records, fresh: Collection[str]) -> Iterator[Calibration]:
    people = records.roster()
    shares = entitled(people, records.policy)
    known = [account_of(person) for person in people if person.listed and person.id not in fresh]
    turns, effort = [each.weighed_turns for each in known], [each.weighed_effort for each in known]
    today = records.now.astimezone(records.office.zone).date()
    entered_on = {person.id: person.entered_on or today for person in people}
    for practitioner_id in sorted(fresh):
        share = shares.get(practitioner_id, ONE)
        # The median of today holds what grew since they entered, wherever they were.
        days = (entered_on.get(practitioner_id, today), today)
        yield Calibration(practitioner_id, opening_at(turns, effort, share), share, days)


def _returners(records: Records, away: Mapping[str, Away]) -> Iterator[Calibration]:
    """Yield what the median grew on days away, joined; an entry made for days that were none of absence goes back."""
    for practitioner_id in sorted(away):
        for met in away[practitioner_id].mistaken():
            entry = Entry(EntryKind.RETURN, -met.turns, -met.effort)
            yield Calibration(practitioner_id, entry, met.share, met.days, undoes=met)
    today = records.now.astimezone(records.office.zone).date()
    unmet = [(id, days) for id in sorted(away) for days in away[id].unmet(today)]
    if unmet:
        people = records.roster()
        shares = entitled(people, records.policy)
        for id, days in unmet:
            share = shares.get(id, ONE)
            yield Calibration(id, _grown(records, id, days, people, share), share, days)


def _grown(
    records: Records, practitioner_id: str, days: Days, people: Sequence[PractitionerFacts], share: Fraction
) -> Entry:
    others = [person.id for person in people if person.listed and person.id != practitioner_id]
    before, after = (records.sums_before(day) for day in days)
    return grown(_of(before, others), _of(after, others), share)


def _of(sums: Sums, ids: Sequence[str]) -> list[tuple[Fraction, Fraction]]:
    return [sums.get(id, NOTHING) for id in ids]
