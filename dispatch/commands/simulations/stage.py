"""Back-tests: a recorded period, or a year of the sample city, decided anew under two policies."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from dispatch.domain.calendar import EARLIEST, LATEST
from dispatch.domain.errors import InvalidFieldError, NotFoundError, stated
from dispatch.domain.office import OfficeHours
from dispatch.domain.period import Period
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy.schema import Policy
from dispatch.registry.due.calendar import load_days
from dispatch.registry.period.history import Span, load_period
from dispatch.registry.period.record import load_record
from dispatch.registry.policies import policy_in_force, read_policy, version_of
from dispatch.registry.transaction import Read
from dispatch.simulation.backtest.compare import Comparison, about_policies, compare
from dispatch.simulation.backtest.parts import Part, digest_of
from dispatch.simulation.replay.behaviour import Behaviour, Model
from dispatch.simulation.replay.fitting import Estimate, assumed, estimates, fitted
from dispatch.simulation.replay.play import play
from dispatch.simulation.replay.recorded import Recorded
from dispatch.simulation.sample.year import Year, make_year

MAX_DAYS = 800
Notify = Callable[[float], None]
"""Told which share of the whole is done; may raise to stop."""


class TrialSetting(NamedTuple):
    """What both policies are tried on: the period, how people behave in it, and the data that identify this past."""

    period: Period
    behaviour: Behaviour
    source: str
    past: str
    estimates: tuple[Estimate, ...]
    """What the model of people's answers rests on: the record, or an assumption."""


def recorded_stage(read: Read, actor: Actor, since: date, until: date, seed: int) -> TrialSetting:
    """Return a period of the centre's own past, both days included, and people as they were recorded."""
    require(actor, Verb.SIMULATE)
    require_span(since, until)
    with read() as session:
        policy = read_policy(policy_in_force(session, actor.centre_id))
    return stage_of(read, actor.centre_id, policy, since, until, seed)


def stage_of(read: Read, centre_id: str, policy: Policy, since: date, until: date, seed: int) -> TrialSetting:
    """Return a centre's past between two days as the office hours of the policy divide it."""
    span = span_of(centre_id, policy, since, until)
    with read() as session:
        office = OfficeHours.of(policy, load_days(session, centre_id))
        period, record = load_period(session, span), load_record(session, span)
    if not period.arrivals:
        raise NotFoundError(what="granted case", id=f"{since}..{until}")
    listed = len({tenure.person.id for tenure in period.tenures if tenure.person.listed})
    known = estimates(record, office, listed)
    people = Recorded(record, fitted(known, seed, on_chains=bool(record.planned)), office)
    return TrialSetting(period, people, "recorded", digest_of(period, record), known)


def sample_stage(policy: Policy, first: date, size: Year, seed: int) -> TrialSetting:
    """Return a year of the sample city, and people as the model has them."""
    past = f"sample {seed} {first} {size}"
    return TrialSetting(make_year(seed, first, policy, size), Model(seed=seed), "sample", past, assumed())


def span_of(centre_id: str, policy: Policy, since: date, until: date) -> Span:
    """Return a centre's time from the first moment of a day to the last of another."""
    zone = OfficeHours.of(policy).zone
    begin, end = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (since, until + timedelta(days=1)))
    return Span(centre_id, begin, end)


def require_span(since: date, until: date) -> None:
    """Refuse a period that ends before it begins, is too long, or lies where no calendar reaches."""
    for field, day in (("since", since), ("until", until)):
        if not EARLIEST <= day <= LATEST:
            raise InvalidFieldError(
                field=field, value=day.isoformat(), expected=stated(f"{EARLIEST}至{LATEST}", f"{EARLIEST} to {LATEST}")
            )
    if not timedelta(0) <= until - since <= timedelta(days=MAX_DAYS):
        raise InvalidFieldError(
            field="until",
            value=until.isoformat(),
            expected=stated(f"起始日之后{MAX_DAYS}日之内", f"up to {MAX_DAYS} days after since"),
        )


def policy_of(read: Read, actor: Actor, version: int | None) -> Policy:
    """Return a version of the centre's policy, or the one in force."""
    require(actor, Verb.READ_POLICY)
    with read() as session:
        if version is None:
            return read_policy(policy_in_force(session, actor.centre_id))
        return read_policy(version_of(session, actor.centre_id, version))


def backtest(
    stage: TrialSetting, policy: Policy, against: Policy, seed: int, notify: Notify
) -> tuple[Comparison, dict[str, Any]]:
    """Return how the policy does against the other on the same stage, and what was compared."""
    parts = [
        # The default of a lambda has no type.
        play_part(stage, each, against, lambda share, played=number: notify((played + share) / 2))  # type: ignore[misc]
        for number, each in enumerate((policy, against))
    ]
    return conclude(stage, policy, against, seed, *parts)


def play_part(stage: TrialSetting, policy: Policy, yardstick: Policy, notify: Notify) -> Part:
    """Return what comes of the stage under one policy.

    Match quality is measured by the weights of ``yardstick``: a policy may not be its own judge.
    """
    period = stage.period
    first, days = period.since.date(), max((period.until - period.since).days, 1)

    def watch(day: date) -> None:
        notify(min(max((day - first).days, 0) / days, 1.0))

    return Part.of(play(period, policy, stage.behaviour, yardstick=yardstick, watch=watch), stage.past)


def conclude(
    stage: TrialSetting, policy: Policy, against: Policy, seed: int, mine: Part, other: Part
) -> tuple[Comparison, dict[str, Any]]:
    """Return the comparison of two parts of one stage, and what was compared."""
    weeks = sorted({*mine.due, *other.due})
    if not weeks:
        zone = OfficeHours.of(against).zone
        first, end = (at.astimezone(zone).date() for at in (stage.period.since, stage.period.until))
        raise NotFoundError(what="case that fell due", id=f"{first}..{end - timedelta(days=1)}")
    found = compare(mine.over(weeks), other.over(weeks))
    period = stage.period
    about = about_policies(policy, against) | {
        "seed": seed,
        "source": stage.source,
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "cases": len(period.arrivals),
        "people": len(mine.figures.people),
        "weeks": len(weeks),
        "estimates": [each._asdict() for each in stage.estimates],
    }
    return found, about
