"""Back-tests: a recorded period, or a year of the sample city, decided anew under two policies."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlmodel import col, select

from dispatch.domain.errors import InvalidFieldError, NotFoundError
from dispatch.domain.office import OfficeHours
from dispatch.domain.period import Period
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.policy import Policy
from dispatch.registry.history import Span, load_period
from dispatch.registry.policies import policy_in_force, read_policy
from dispatch.registry.recorded import load_record
from dispatch.registry.tables import PolicyRow
from dispatch.registry.transaction import Read
from dispatch.simulation.compare import Comparison, about_policies, compare
from dispatch.simulation.measures import figures_of, weeks_of
from dispatch.simulation.replay.behaviour import Behaviour, Model
from dispatch.simulation.replay.play import play
from dispatch.simulation.replay.recorded import Recorded, fitted
from dispatch.simulation.year import Year, make_year

MOST_DAYS = 800
Told = Callable[[float], None]
"""Told which share of the whole is done; may raise to stop."""


class Stage(NamedTuple):
    """What both policies are tried on: a period, and how people behave in it."""

    period: Period
    behaviour: Behaviour
    source: str


def recorded_stage(read: Read, actor: Actor, since: date, until: date, seed: int) -> Stage:
    """Return a period of the centre's own past, both days included, and people as they were recorded."""
    require(actor, Verb.SIMULATE)
    if not since <= until <= since + timedelta(days=MOST_DAYS):
        raise InvalidFieldError(field="until", value=until.isoformat(), expected=f"up to {MOST_DAYS} days after since")
    with read() as session:
        office = OfficeHours.of(read_policy(policy_in_force(session, actor.centre_id)))
        begin, end = (
            datetime.combine(day, time(), office.zone).astimezone(UTC) for day in (since, until + timedelta(days=1))
        )
        span = Span(actor.centre_id, begin, end)
        period, record = load_period(session, span), load_record(session, span)
    if not period.arrivals:
        raise NotFoundError(what="granted case", id=f"{since}..{until}")
    listed = len({tenure.person.id for tenure in period.tenures if tenure.person.listed})
    model = fitted(record, office, seed, listed)
    return Stage(period, Recorded(record, model, office), "recorded")


def sample_stage(policy: Policy, first: date, size: Year, seed: int) -> Stage:
    """Return a year of the sample city, and people as the model has them."""
    return Stage(make_year(seed, first, policy, size), Model(seed=seed), "sample")


def policy_of(read: Read, actor: Actor, version: int | None) -> Policy:
    """Return a version of the centre's policy, or the one in force."""
    require(actor, Verb.READ_POLICY)
    with read() as session:
        if version is None:
            return read_policy(policy_in_force(session, actor.centre_id))
        own = select(PolicyRow).where(PolicyRow.centre_id == actor.centre_id, col(PolicyRow.version) == version)
        row = session.exec(own).one_or_none()
    if row is None:
        raise NotFoundError(what="policy", id=str(version))
    return read_policy(row)


def backtest(stage: Stage, policy: Policy, against: Policy, seed: int, told: Told) -> tuple[Comparison, dict[str, Any]]:
    """Return how the policy does against the other on the same stage, and what was compared.

    Match quality is measured by the weights of ``against``: a policy may not be its own judge.
    """
    period = stage.period
    days = max((period.until - period.since).days, 1)
    played = []
    for number, each in enumerate((policy, against)):
        first = period.since.date()
        watch = _watch(told, number, first, days)
        played.append(play(period, each, stage.behaviour, yardstick=against, watch=watch))
    weeks = sorted({*weeks_of(played[0]), *weeks_of(played[1])})
    found = compare(figures_of(played[0], weeks), figures_of(played[1], weeks), seed)
    about = about_policies(policy, against) | {
        "seed": seed,
        "source": stage.source,
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "cases": len(period.arrivals),
        "people": len(played[0].listed),
        "weeks": len(weeks),
    }
    return found, about


def _watch(told: Told, number: int, first: date, days: int) -> Callable[[date], None]:
    return lambda day: told(min((number + max((day - first).days, 0) / days) / 2, 1.0))
