"""What follows when somebody becomes absent or leaves, whichever door the change came through."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlmodel import Session

from dispatch.casework.calibration import meet_returners
from dispatch.casework.recall import ask_by_night, ask_fit, ask_instead, ask_on
from dispatch.commands.cases.holders import OF_STANDING, review_unfit
from dispatch.domain.findings import FindingKind, of_leavers
from dispatch.domain.permissions import Actor
from dispatch.exchange.columns import Kind
from dispatch.registry.census import list_centres
from dispatch.registry.docket.absences import (
    asked_absent,
    entrusted_absent,
    leavers,
    questions_to,
    questions_to_unfit,
    questions_within,
)
from dispatch.registry.docket.roster import load_roster, read_day
from dispatch.registry.findings import reconcile
from dispatch.registry.host import RegisterHost
from dispatch.registry.transaction import Begin, Read, Transaction


def follow(
    tx: Transaction,
    actor: Actor,
    now: datetime,
    corrected: Collection[str] = (),
    reported: Collection[str] = (),
) -> None:
    """Take back what the absent are asked, ask on, and name who has left with open cases. Idempotent.

    Whose past was corrected meets what the correction makes of it; whose time away was just reported is not asked any
    more what they cannot answer in time.
    """
    tx.session.flush()
    if corrected:
        host = RegisterHost(tx, actor.centre_id, actor, now)
        meet_returners(host, host.away(corrected))
    if any(_absent(tx.session, actor.centre_id, now)):
        ask_on(RegisterHost(tx, actor.centre_id, actor, now))
    _ask_instead_of(tx, actor, now, reported)
    name_leavers(tx, actor.centre_id, now)
    judge_standing(RegisterHost(tx, actor.centre_id, actor, now))


def judge_standing(host: RegisterHost) -> None:
    """Ask others than those whose last annual assessment was not passed, and name who has a case with it."""
    if asked := questions_to_unfit(host.session, host.centre_id, host.now):
        ask_fit(host, asked, OF_STANDING)
    review_unfit(host)


def _ask_instead_of(tx: Transaction, actor: Actor, now: datetime, reported: Collection[str]) -> None:
    asked = questions_to(tx.session, actor.centre_id, reported)
    day = read_day(tx.session, actor.centre_id, now)
    for practitioner_id in sorted(set().union(*asked.values())):
        case_ids = {case_id for case_id, who in asked.items() if practitioner_id in who}
        for person in load_roster(tx.session, day, practitioner_id).practitioners:
            ask_instead(RegisterHost(tx, actor.centre_id, actor, now), person, case_ids)


def judge_by_night(host: RegisterHost) -> None:
    """Ask others than those whom a day that has come excludes; name who has a case with a failed assessment."""
    ask_by_night(host)
    review_unfit(host)


def ask_others_than(tx: Transaction, actor: Actor, now: datetime, kind: Kind, ids: Collection[str]) -> None:
    """Take back what is asked of people whom their own changed entries, or their institutions', exclude by now."""
    if kind is Kind.INSTITUTIONS:
        asked = questions_within(tx.session, actor.centre_id, now, ids)
    else:
        asked = questions_to(tx.session, actor.centre_id, ids)
    if asked:
        ask_fit(RegisterHost(tx, actor.centre_id, actor, now), asked)


def name_leavers(tx: Transaction, centre_id: str, now: datetime) -> None:
    """Let the findings about who has left with open cases be those of now."""
    seen = list(of_leavers(leavers(tx.session, centre_id, now)))
    reconcile(tx, centre_id, (FindingKind.LEFT_WITH_CASES,), seen, now)


def ask_on_absent(begin: Begin, read: Read, now: datetime) -> int:
    """Go on with every case whose question is with somebody absent by now; return how many moved."""
    with read() as session:
        found = [centre.id for centre in list_centres(session) if any(_absent(session, centre.id, now))]
    moved = 0
    for centre_id in found:
        with begin() as tx:
            moved += ask_on(RegisterHost(tx, centre_id, None, now))
    return moved


def _absent(session: Session, centre_id: str, now: datetime) -> Iterator[bool]:
    yield bool(asked_absent(session, centre_id, now))
    yield bool(entrusted_absent(session, centre_id, now))
