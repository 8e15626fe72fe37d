"""Transfer of a case to another institution; a centre of the same register receives it at once."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from dispatch.casework import clocks
from dispatch.casework.correction import correct, last_act
from dispatch.casework.ending import leave
from dispatch.casework.matching import enter_queue
from dispatch.casework.records import Facts
from dispatch.commands.cases.entitlement import set_due, take_notice
from dispatch.commands.life.papers import DecisionContext
from dispatch.domain.conflicts.declared import organ_against
from dispatch.domain.errors import DuplicateNumberError, InvalidFieldError, stated
from dispatch.domain.law.aid_first import TERMS
from dispatch.domain.lifecycle import Event
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.states import PaperKind, TransferGround
from dispatch.domain.texts import code_key
from dispatch.domain.vocabulary import ON_NOTICE, Status
from dispatch.domain.webhooks import RECEIVE
from dispatch.registry.docket.organs import load_organs
from dispatch.registry.host import RegisterHost
from dispatch.registry.policies import find_in_force
from dispatch.registry.reads import areas, parties
from dispatch.registry.references import filed_before
from dispatch.registry.seal import Seal
from dispatch.registry.tables import CaseEventRow, CaseRow, CentreRow, PartyRow
from dispatch.registry.tables.columns import new_id
from dispatch.registry.transaction import Begin

OWN = frozenset({
    "id", "centre_id", "status", "granted_at", "entitled_at", "due_at", "due_estimated", "due_source", "relaxed",
    "archive_number", "archive_key", "duplicate_of", "lot_of", "revision", "created_by", "updated_at", "area",
    "court_area", "domicile_areas", "fund_source", *TERMS,
})  # fmt: skip
"""What each centre says itself; all else is known of the case, its number and the day of its receipt too."""


def transfer(
    begin: Begin, seal: Seal, actor: Actor, now: datetime, case_id: str, ground: TransferGround, to: str, text: str
) -> CaseRow:
    """Send a case to another institution, named in the letter; the day of its receipt goes with it. Idempotent.

    A centre of this register, named by its code or its name, has the case as received with this; one that sends a
    case back gives it back to the file it came from.
    """
    require(actor, Verb.TRANSFER)
    with begin() as tx:
        receiver = _receiver(tx.session, actor, to)
        # Always in the same order, so that two centres that send each other cases do not wait for each other.
        for centre_id in sorted({actor.centre_id, receiver.id if receiver else actor.centre_id}):
            tx.lock_centre(centre_id)
        context = DecisionContext(RegisterHost(tx, actor.centre_id, actor, now), seal)
        case = context.host.case(case_id)
        if case.status is Status.TRANSFERRED:
            return case
        facts: Facts = {"ground": ground.value}
        there = _earlier(tx.session, receiver, case) if receiver else None
        if receiver:
            facts |= {"centre_id": receiver.id, "case_id": there.id if there else new_id()}
        leave(context.host, case, Event.TRANSFER, facts)
        words = {"to": to, "text": text, "received_at": case.received_at.isoformat()}
        context.file(PaperKind.TRANSFER, case, None, words, ground=ground.value)
        if receiver:
            words |= {"from": tx.session.get_one(CentreRow, actor.centre_id).name}
            at = DecisionContext(RegisterHost(tx, receiver.id, actor, now), seal)
            got = _give_back(at, there, case) if there else _open(at, str(facts["case_id"]), case)
            at.file(PaperKind.TRANSFER, got, None, words, ground=ground.value)
        return case


def _receiver(session: Session, actor: Actor, to: str) -> CentreRow | None:
    """Return the one centre of this register that is meant, or None if the institution keeps its own."""
    named = select(CentreRow).where(or_(CentreRow.code_key == code_key(to), CentreRow.name == to))
    found = session.exec(named.order_by(col(CentreRow.code))).all()
    if any(centre.id == actor.centre_id for centre in found):
        raise InvalidFieldError(field="to", value=to, expected=stated("其他法律援助机构", "another institution"))
    # A centre without a policy does not work with this register yet.
    return found[0] if len(found) == 1 and find_in_force(session, found[0].id) else None


def _earlier(session: Session, receiver: CentreRow, case: CaseRow) -> CaseRow | None:
    """Return the file from which the case came, if it is sent back; another case of its number is refused."""
    same = select(CaseRow).where(CaseRow.centre_id == receiver.id, CaseRow.number_key == case.number_key)
    there = session.exec(same).one_or_none()
    if there is None:
        return None
    if there.status is not Status.TRANSFERRED or _sent_as(session, there) != case.id:
        raise DuplicateNumberError(field="number", number=case.number)
    return there


def _sent_as(session: Session, case: CaseRow) -> str | None:
    sent = select(CaseEventRow.facts).where(CaseEventRow.case_id == case.id, CaseEventRow.event == Event.TRANSFER.value)
    facts = session.exec(sent.order_by(col(CaseEventRow.id).desc())).first()
    return str(facts["case_id"]) if facts and "case_id" in facts else None


def _open(context: DecisionContext, case_id: str, before: CaseRow) -> CaseRow:
    """Open the case as it is known; an area that the centre does not have is left blank."""
    host = context.host
    host.policy.catalogue.require(before.cause)
    known = {area.code for area in areas(host.session, host.centre_id)}
    case = CaseRow(
        **before.model_dump(exclude=set(OWN)),
        id=case_id,
        centre_id=host.centre_id,
        status=Status.RECEIVED,
        area=before.area if before.area in known else None,
        court_area=before.court_area if before.court_area in known else None,
        domicile_areas=[area for area in before.domicile_areas if area in known],
        created_by=host.user_id,
        updated_at=host.now,
    )
    people = parties(host.session, before.id)
    case.lot_of, case.duplicate_of = filed_before(host.session, case, people)
    host.add_case(case)
    set_due(host, case)
    host.session.flush()
    organs = load_organs(host.session, host.centre_id)
    for person in people:
        kept = person.model_dump(exclude={"id", "centre_id", "case_id", "recorded_at"})
        # The catalogue here may know an organ that the other centre's did not.
        name = context.seal.show(person.sealed, "name").get("name")
        kept["organ"] = organ_against(organs, person.role, name) or person.organ
        host.tx.add(PartyRow(**kept, centre_id=case.centre_id, case_id=case.id))
    source = {"from_centre_id": before.centre_id, "from_case_id": before.id}
    host.tx.record(case, RECEIVE, host.actor, host.now, facts=dict(source))
    clocks.follow(host, case, RECEIVE, at=case.received_at)
    if case.source in ON_NOTICE:
        take_notice(host, case)
        enter_queue(host, [case])
    return case


def _give_back(context: DecisionContext, there: CaseRow, case: CaseRow) -> CaseRow:
    """Undo the transfer that brought the case here: its file goes on where it was."""
    correct(context.host, there, {"from_centre_id": case.centre_id, "from_case_id": case.id})
    return there


def sent_within(host: RegisterHost, case: CaseRow) -> bool:
    """Tell whether the newest act of the case opened it in another centre of this register."""
    entry = last_act(host.entries(case))
    return entry is not None and entry.event == Event.TRANSFER and "case_id" in entry.facts
