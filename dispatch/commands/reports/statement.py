"""One's own statement of a period: the figures, the quality level, each closing, each upheld complaint."""

from datetime import date, datetime
from typing import NamedTuple

from dispatch.commands.reports.period import OWN, read_report_data, span_of
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.quality import QualityBasis, quality_of
from dispatch.domain.report_data import WorkLine
from dispatch.registry.docket.roster import load_roster, read_day
from dispatch.registry.policies import load_in_force
from dispatch.registry.transaction import Read
from dispatch.reports import REPORTS
from dispatch.reports.rendering import About, RenderedReport, render_report


class OwnStatement(NamedTuple):
    """What a period brought one practitioner; ``quality`` is as of today, None for who is on the roster no more."""

    about: About
    figures: RenderedReport
    quality: QualityBasis | None
    work: list[WorkLine]
    upheld_on: list[date]


def own_statement(
    read: Read, actor: Actor, now: datetime, since: date | None = None, until: date | None = None
) -> OwnStatement:
    """Return one's own statement over days of the centre's calendar, both included: this year until today."""
    require(actor, Verb.READ_OWN_STATEMENT)
    who = actor.practitioner_id
    if who is None:
        raise NotFoundError(what="practitioner", id=None)
    with read() as session:
        data, about = read_report_data(session, span_of(session, actor.centre_id, now, since, until), now)
        day = read_day(session, actor.centre_id, now)
        people = load_roster(session, day, who).practitioners
        policy = load_in_force(session, actor.centre_id).policy
    return OwnStatement(
        about,
        render_report(REPORTS[OWN], data, names=False).of(who),
        next((quality_of(person, policy, policy.day_of(now)) for person in people), None),
        [line for line in data.work if line.practitioner_id == who],
        [each.concluded_at.astimezone(data.zone).date() for each in data.upheld if each.practitioner_id == who],
    )
