"""Reads the lines of a period for reports: a fixed number of statements, however long the period."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, BindParameter, bindparam, cast, func, or_
from sqlmodel import Session, col

from dispatch.domain.funds.sources import FundingState
from dispatch.domain.funds.subsidy import SubsidyItem
from dispatch.domain.ledger import EntryKind
from dispatch.domain.policy.schema import Policy
from dispatch.domain.report_data import (
    ArchiveLine,
    CaseLine,
    ClaimLine,
    ClockLine,
    ComplaintLine,
    CreditLine,
    DayLine,
    FundingLine,
    Label,
    Measured,
    OfferLine,
    ParityLine,
    ParitySettled,
    PersonLine,
    PostingLine,
    PriceLine,
    ReportData,
    ReturnLine,
    SeatLine,
    UpheldLine,
    WorkLine,
)
from dispatch.domain.states import ComplaintState, EndReason
from dispatch.domain.vocabulary import JobKind, ProposalState, Status
from dispatch.registry.docket.caseload import CATEGORIES
from dispatch.registry.statements import fetch, in_force, select_rows
from dispatch.registry.tables import (
    AbandonmentRow,
    AppraisalRow,
    ArchiveRow,
    AreaRow,
    AssignmentRow,
    AttributesRow,
    CaseRow,
    ClaimRow,
    ClockRow,
    ComplaintRow,
    DayRow,
    FundingRow,
    JobRow,
    LedgerRow,
    OfferRow,
    PostingRow,
    PractitionerRow,
    ProposalRow,
    RunRow,
    SettlementRow,
    SubsidyTableRow,
    WishRow,
)

CENTRE: BindParameter[str] = bindparam("centre_id")
BEGIN: BindParameter[datetime] = bindparam("begin")
END: BindParameter[datetime] = bindparam("end")
SINCE: BindParameter[date] = bindparam("since")
UNTIL: BindParameter[date] = bindparam("until")
EARNED = (
    EntryKind.TURN.value, EntryKind.REVERSAL.value, EntryKind.RESTORATION.value, EntryKind.MERGER.value
)  # fmt: skip
OPEN = (Status.RECEIVED, Status.PENDING, Status.POSTED, Status.OFFERED, Status.ENTRUSTED, Status.ASSIGNED,
        Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN)  # fmt: skip


ITEMS = {item.value: item for item in SubsidyItem}
MEASURED = {measured.value: measured for measured in Measured}
PARITY_SETTLED = {settled.value: settled for settled in ParitySettled}


def _during(table: Any, at: Any) -> Any:
    return (col(table.centre_id) == CENTRE) & (col(at) >= BEGIN) & (col(at) < END)


# fmt: off
CASE_COLUMNS = tuple(getattr(CaseRow, name) for name in CaseLine._fields if name != "first_wish")
SEAT_COLUMNS = (
    *(getattr(AssignmentRow, name) for name in SeatLine._fields if name not in ("score", "best", "place")),
    AppraisalRow.score, AppraisalRow.best, AppraisalRow.place,
)
FIRST = (col(WishRow.case_id) == col(CaseRow.id)) & (col(WishRow.rank) == 1)
OF_NIGHT = col(AppraisalRow.assignment_id) == col(AssignmentRow.id)

CASES: Any = (
    select_rows(*CASE_COLUMNS, WishRow.practitioner_id).outerjoin(WishRow, FIRST)
    .where(_during(CaseRow, CaseRow.entitled_at)).order_by(col(CaseRow.entitled_at), col(CaseRow.id))
)
WAITING: Any = (
    select_rows(*CASE_COLUMNS, WishRow.practitioner_id).outerjoin(WishRow, FIRST)
    .where(col(CaseRow.centre_id) == CENTRE, col(CaseRow.status).in_(OPEN))
    .order_by(col(CaseRow.received_at), col(CaseRow.id))
)
SEATS: Any = (
    select_rows(*SEAT_COLUMNS).join(CaseRow, col(CaseRow.id) == col(AssignmentRow.case_id))
    .outerjoin(AppraisalRow, OF_NIGHT).where(_during(CaseRow, CaseRow.entitled_at))
    .order_by(col(AssignmentRow.assigned_at), col(AssignmentRow.id))
)
MADE: Any = (
    select_rows(*SEAT_COLUMNS).outerjoin(AppraisalRow, OF_NIGHT)
    .where(_during(AssignmentRow, AssignmentRow.assigned_at))
    .order_by(col(AssignmentRow.assigned_at), col(AssignmentRow.id))
)
OFFERS: Any = (
    select_rows(*(getattr(OfferRow, name) for name in OfferLine._fields)).where(_during(OfferRow, OfferRow.offered_at))
    .order_by(col(OfferRow.offered_at), col(OfferRow.id))
)
RETURNS: Any = (
    select_rows(*(getattr(AbandonmentRow, name) for name in ReturnLine._fields))
    .where(_during(AbandonmentRow, AbandonmentRow.at), col(AbandonmentRow.own))
    .order_by(col(AbandonmentRow.at), col(AbandonmentRow.id))
)
POSTINGS: Any = (
    select_rows(PostingRow.state, PostingRow.posted_at, func.count(col(ClaimRow.id)), func.min(ClaimRow.claimed_at))
    .outerjoin(ClaimRow, col(ClaimRow.posting_id) == col(PostingRow.id))
    .where(_during(PostingRow, PostingRow.posted_at)).group_by(col(PostingRow.id)).order_by(col(PostingRow.posted_at))
)
CLAIMS: Any = (
    select_rows(ClaimRow.practitioner_id, ClaimRow.state, func.count())
    .join(PostingRow, col(PostingRow.id) == col(ClaimRow.posting_id)).where(_during(PostingRow, PostingRow.posted_at))
    .group_by(col(ClaimRow.practitioner_id), col(ClaimRow.state))
    .order_by(col(ClaimRow.practitioner_id), col(ClaimRow.state))
)
CREDITS: Any = (
    select_rows(LedgerRow.practitioner_id, func.sum(LedgerRow.turns), func.sum(LedgerRow.effort))
    .where(_during(LedgerRow, LedgerRow.at), col(LedgerRow.kind).in_(EARNED))
    .group_by(col(LedgerRow.practitioner_id)).order_by(col(LedgerRow.practitioner_id))
)
SETTLED_FOR = (col(SettlementRow.assignment_id) == col(AssignmentRow.id)) & col(SettlementRow.voided_at).is_(None)
OF_CASE = col(CaseRow.id) == col(AssignmentRow.case_id)
OF_TURN = (
    (col(LedgerRow.assignment_id) == col(AssignmentRow.id)) & (col(LedgerRow.kind) == EntryKind.TURN.value)
    & (col(LedgerRow.practitioner_id) == col(AssignmentRow.practitioner_id))
)


def _worked(grade: Any) -> Any:
    """Begin a statement on work with what is settled for it, and the grade it has, or was settled by."""
    return (
        select_rows(AssignmentRow.practitioner_id, CaseRow.number, CaseRow.matter, CaseRow.service,
                    AssignmentRow.end_reason, func.coalesce(LedgerRow.effort, 0), grade,
                    SettlementRow.service_days, SettlementRow.lines, SettlementRow.fund, SettlementRow.paid_on,
                    SubsidyTableRow.version)
        .join(CaseRow, OF_CASE).outerjoin(LedgerRow, OF_TURN)
    )


OF_TABLE = col(SubsidyTableRow.id) == col(SettlementRow.table_id)
WORK: Any = (
    _worked(AssignmentRow.grade).outerjoin(SettlementRow, SETTLED_FOR).outerjoin(SubsidyTableRow, OF_TABLE)
    .where(_during(AssignmentRow, AssignmentRow.ended_at))
    .where(or_(col(AssignmentRow.end_reason) == EndReason.CLOSED, col(SettlementRow.id).is_not(None)))
    .order_by(col(CaseRow.number), col(AssignmentRow.seat))
)
SETTLED: Any = (
    _worked(SettlementRow.grade).join(SettlementRow, SETTLED_FOR).join(SubsidyTableRow, OF_TABLE)
    .where(_during(SettlementRow, SettlementRow.settled_at)).order_by(col(CaseRow.number), col(AssignmentRow.seat))
)
COMPLAINTS: Any = (
    select_rows(*(getattr(ComplaintRow, name) for name in ComplaintLine._fields))
    .where(_during(ComplaintRow, ComplaintRow.received_at))
    .order_by(col(ComplaintRow.received_at), col(ComplaintRow.id))
)
UPHELD: Any = (
    select_rows(ComplaintRow.practitioner_id, ComplaintRow.concluded_at)
    .where(_during(ComplaintRow, ComplaintRow.concluded_at), ComplaintRow.state == ComplaintState.UPHELD)
    .order_by(col(ComplaintRow.concluded_at), col(ComplaintRow.id))
)
FOR_CASE = (
    select_rows(cast(func.coalesce(func.sum(SettlementRow.total_fen), 0), BigInteger))
    .where(col(SettlementRow.case_id) == col(FundingRow.case_id), col(SettlementRow.voided_at).is_(None))
    .scalar_subquery()
)
FUNDINGS: Any = (
    select_rows(FundingRow.case_id, CaseRow.number, FundingRow.source, FundingRow.recipient_group, FundingRow.state,
                FundingRow.applied_at, FundingRow.decided_on, FundingRow.reference, FOR_CASE)
    .join(CaseRow, col(CaseRow.id) == col(FundingRow.case_id))
    .where(_during(FundingRow, FundingRow.applied_at), FundingRow.state != FundingState.VOID)
    .order_by(col(FundingRow.applied_at), col(FundingRow.id))
)
ARCHIVES: Any = (
    select_rows(ArchiveRow.number, CaseRow.number, CaseRow.matter, CaseRow.service, CaseRow.status,
                ArchiveRow.archived_on)
    .join(CaseRow, col(CaseRow.id) == col(ArchiveRow.case_id))
    .where(ArchiveRow.centre_id == CENTRE, ArchiveRow.archived_on >= SINCE, ArchiveRow.archived_on <= UNTIL)
    .where(col(ArchiveRow.voided_at).is_(None)).order_by(col(ArchiveRow.year), col(ArchiveRow.serial))
)
APPLIED = (
    select_rows(ProposalRow.id)
    .where(col(ProposalRow.run_id) == col(RunRow.id), col(ProposalRow.state) == ProposalState.APPLIED).exists()
)
PRICES: Any = (
    select_rows(JobRow.finished_at, RunRow.summary).join(RunRow, col(RunRow.id) == col(JobRow.id))
    .where(_during(JobRow, JobRow.finished_at), JobRow.kind == JobKind.RUN, APPLIED)
    .order_by(col(JobRow.finished_at), col(JobRow.id))
)
DAYS: Any = (
    select_rows(*(getattr(DayRow, name) for name in DayLine._fields), DayRow.parity)
    .where(col(DayRow.centre_id) == CENTRE, col(DayRow.on) >= SINCE, col(DayRow.on) <= UNTIL).order_by(col(DayRow.on))
)
CLOCKS: Any = (
    select_rows(*(getattr(ClockRow, name) for name in ClockLine._fields)).where(_during(ClockRow, ClockRow.due_at))
    .order_by(col(ClockRow.due_at), col(ClockRow.id))
)
PEOPLE: Any = (
    select_rows(PractitionerRow.id, PractitionerRow.code, PractitionerRow.name,
                col(AttributesRow.listed) & or_(col(PractitionerRow.left_on).is_(None),
                                                col(PractitionerRow.left_on) > UNTIL),
                AttributesRow.kind)
    .join(AttributesRow, col(AttributesRow.practitioner_id) == col(PractitionerRow.id))
    .where(col(PractitionerRow.centre_id) == CENTRE, in_force(AttributesRow, UNTIL))
    .order_by(col(PractitionerRow.code))
)
AREAS: Any = select_rows(AreaRow.code, AreaRow.name).where(col(AreaRow.centre_id) == CENTRE).order_by(col(AreaRow.code))
# fmt: on


class Days(NamedTuple):
    """A centre and days of its own calendar, both included."""

    centre_id: str
    since: date
    until: date
    zone: ZoneInfo

    def params(self) -> dict[str, Any]:
        """Return what the statements of this file are bound to."""
        return {
            "centre_id": self.centre_id,
            "begin": midnight(self.since, self.zone),
            "end": midnight(self.until + timedelta(days=1), self.zone),
            "since": self.since,
            "until": self.until,
        }


def load_report_data(session: Session, span: Days, policy: Policy, now: datetime) -> ReportData:
    """Return the lines of a period; causes are named by the policy in force."""

    def lines(statement: Any) -> Any:
        return fetch(session, statement, **span.params())

    days = lines(DAYS).all()
    return ReportData(
        since=span.since,
        until=span.until,
        now=now,
        zone=span.zone,
        causes={each.code: Label(each.code, each.zh, each.en) for each in policy.causes},
        lineage=policy.catalogue.lineage,
        areas={code: Label(code, name, name) for code, name in lines(AREAS)},
        cases=tuple(map(_case, lines(CASES))),
        waiting=tuple(map(_case, lines(WAITING))),
        seats=tuple(SeatLine(*row) for row in lines(SEATS)),
        made=tuple(SeatLine(*row) for row in lines(MADE)),
        offers=tuple(OfferLine(*row) for row in lines(OFFERS)),
        returns=tuple(ReturnLine(*row) for row in lines(RETURNS)),
        postings=tuple(PostingLine(*row) for row in lines(POSTINGS)),
        claims=tuple(ClaimLine(*row) for row in lines(CLAIMS)),
        credits=tuple(CreditLine(id, int(turns), int(effort)) for id, turns, effort in lines(CREDITS)),
        work=tuple(map(_work, lines(WORK))),
        settled=tuple(map(_work, lines(SETTLED))),
        complaints=tuple(ComplaintLine(*row) for row in lines(COMPLAINTS)),
        upheld=tuple(UpheldLine(*row) for row in lines(UPHELD)),
        fundings=tuple(FundingLine(*row) for row in lines(FUNDINGS)),
        archives=tuple(ArchiveLine(*row) for row in lines(ARCHIVES)),
        prices=tuple(line for row in lines(PRICES) for line in _prices(*row)),
        days=tuple(DayLine(*row[:-1]) for row in days),
        parity=tuple(line for row in days for line in _parity(row.on, row.parity)),
        clocks=tuple(ClockLine(*row) for row in lines(CLOCKS)),
        people=tuple(PersonLine(*row) for row in lines(PEOPLE)),
    )


def midnight(on: date, zone: ZoneInfo) -> datetime:
    """Return when a day of the centre's calendar begins."""
    return datetime.combine(on, time(), zone).astimezone(UTC)


def _case(row: Any) -> CaseLine:
    line = CaseLine(*row)
    return line._replace(categories=tuple(CATEGORIES[code] for code in line.categories))


def _work(row: Any) -> WorkLine:
    line = WorkLine(*row)
    settled = line.lines and tuple((ITEMS[each["item"]], int(each["fen"])) for each in row.lines)
    return line._replace(effort=int(line.effort), lines=settled)


def _parity(on: date, reported: list[dict[str, Any]]) -> Iterator[ParityLine]:
    for each in reported:
        words = {"measured": MEASURED[each["measured"]], "settled": PARITY_SETTLED[each["settled"]]}
        yield ParityLine(**each | {"on": on} | words)


def _prices(at: datetime, summary: dict[str, Any] | None) -> Iterator[PriceLine]:
    for each in (summary or {}).get("scarcity", ()):
        yield PriceLine(at, each["cause"], each["area"], each["seats"], each["price"])
