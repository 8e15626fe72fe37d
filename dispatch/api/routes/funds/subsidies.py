"""Subsidies: the centre's table, what is settled for each assignment with its lines, and its payment."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from dispatch.api.dependencies import BeginDep, Now, Permit, ReadDep, SealDep
from dispatch.api.idempotency import IdempotentRoute
from dispatch.api.problems import responses
from dispatch.api.routes.life.decisions import CorrectionIn
from dispatch.api.schemas import Id, In, Out, ServiceDays
from dispatch.commands.cases.drafts import Day
from dispatch.commands.funds import settlements, tables
from dispatch.commands.funds.settlements import Reckoning, Reviewed
from dispatch.domain.errors import (
    InvalidFieldError,
    NoRateFitsError,
    NoSubsidyDueError,
    NotFoundError,
    StepOutOfOrderError,
    SubsidyTableInvalidError,
    SubsidyTableMissingError,
    WorkUnknownError,
)
from dispatch.domain.funds.sources import FundSource
from dispatch.domain.funds.subsidy import PRESETS, DirectCost, SubsidyItem, load_preset
from dispatch.domain.permissions import Actor, Verb
from dispatch.domain.states import QualityGrade
from dispatch.registry.tables import SettlementRow

EXAMPLE = {
    "title_zh": "某市法律援助办案补贴标准", "title_en": "subsidy standard of a city", "valid_from": "2026-01-01",
    "source": [{"document": "某司文〔2025〕1号"}],
    "rates": [
        {"matters": ["criminal"], "stages": ["investigation"], "amount_fen": 90000},
        {"amount_fen": 150000, "cost_cap_fen": 50000},
    ],
    "grade_percent": {"excellent": 120, "good": 100, "pass": 100, "fail": 0},
}  # fmt: skip


class SubsidyTableIn(In):
    """A subsidy table: rates by matter, service and stage in fen, of which the first that fits counts."""

    document: Annotated[dict[str, Any], Field(examples=[EXAMPLE])]


class SubsidyTableOut(Out):
    """A version of the subsidy table."""

    id: Id
    version: int
    valid_from: date
    document: dict[str, Any]
    created_by: str
    created_at: datetime


class PresetOut(BaseModel):
    """What is known of a published standard; what it leaves out is to be filled in before it is put in place."""

    name: str
    document: dict[str, Any]


class SettleIn(In):
    """What the reviewer found otherwise than the closing report; what is left out is as reported."""

    service_days: ServiceDays | None = None
    costs: Annotated[tuple[DirectCost, ...] | None, Field(max_length=100)] = None
    part_percent: Annotated[
        int | None, Field(ge=0, le=100, description="Only where the work was not carried through. 未办结的填写。")
    ] = None

    def reviewed(self) -> Reviewed:
        """Return it as the command takes it."""
        return Reviewed(service_days=self.service_days, costs=self.costs, part_percent=self.part_percent)


class PaymentIn(In):
    """The day of payment; today, if it is left out."""

    on: Annotated[Day | None, Field(examples=["2026-12-20"])] = None


class SubsidyLineOut(BaseModel):
    """A line of an amount; deductions are negative."""

    item: SubsidyItem
    zh: str
    en: str
    quantity: float | None
    fen: int


class SubsidyOut(BaseModel):
    """An amount with its lines; without an id it is what would be settled now."""

    id: str | None
    case_id: str
    assignment_id: str
    table_id: str
    table_row: Annotated[int, Field(description="Row of the table, from one. 适用补贴标准的第几行。")]
    fund: FundSource
    grade: QualityGrade | None
    service_days: float | None
    costs: list[DirectCost]
    part_percent: int | None
    lines: list[SubsidyLineOut]
    total_fen: int
    settled_by: str | None
    settled_at: datetime | None
    paid_on: date | None
    voided_at: datetime | None


ITEMS = {item.value: item for item in SubsidyItem}

router = APIRouter(tags=["funds 经费"], route_class=IdempotentRoute)

MaySettle = Annotated[Actor, Depends(Permit(Verb.SETTLE))]
MayReckon = Annotated[Actor, Depends(Permit(Verb.SETTLE, Verb.READ_REPORTS, Verb.READ_OWN_STATEMENT))]
MaySet = Annotated[Actor, Depends(Permit(Verb.MANAGE_SUBSIDIES))]
RECKONING = (NotFoundError, StepOutOfOrderError, InvalidFieldError, SubsidyTableMissingError, NoRateFitsError,
             NoSubsidyDueError, WorkUnknownError)  # fmt: skip


@router.post("/subsidy-tables", status_code=201, responses=responses(SubsidyTableInvalidError, InvalidFieldError))
def add_subsidy_table(given: SubsidyTableIn, actor: MaySet, begin: BeginDep, now: Now) -> SubsidyTableOut:
    """Put a new version of the centre's subsidy table in force.

    What was already settled stays as it was. 制定补贴标准。
    """
    return SubsidyTableOut.model_validate(tables.add_table(begin, actor, now, given.document))


@router.get("/subsidy-tables")
def list_subsidy_tables(
    actor: Annotated[Actor, Depends(Permit(Verb.MANAGE_SUBSIDIES, Verb.READ_REPORTS))], read: ReadDep
) -> list[SubsidyTableOut]:
    """List every version of the centre's subsidy table, the newest first. 补贴标准各版本。"""
    return [SubsidyTableOut.model_validate(row) for row in tables.list_tables(read, actor)]


@router.get("/subsidy-tables/presets")
def list_subsidy_presets(actor: MaySet) -> list[PresetOut]:
    """List the published subsidy standards that are known.

    Each with its source, and how much of the source was read. 补贴标准参考。
    """
    return [PresetOut(name=name, document=load_preset(name)) for name in PRESETS]


@router.get("/assignments/{assignment_id}/subsidy", responses=responses(*RECKONING))
def get_subsidy(assignment_id: str, actor: MayReckon, read: ReadDep, now: Now) -> SubsidyOut:
    """Return the subsidy of an assignment line by line, settled or expected. 补贴核算明细。"""
    settled, reckoned = settlements.reckon(read, actor, now, assignment_id)
    return _settled(settled) if settled else _reckoned(reckoned)


@router.post("/assignments/{assignment_id}/subsidy", status_code=201, responses=responses(*RECKONING))
def settle_subsidy(
    assignment_id: str, given: SettleIn, actor: MaySettle, begin: BeginDep, seal: SealDep, now: Now
) -> SubsidyOut:
    """Settle the subsidy for an assignment. By the table valid on its closing day. 核算补贴。"""
    return _settled(settlements.settle(begin, seal, actor, now, assignment_id, given.reviewed()))


@router.post("/settlements/{settlement_id}/payment", responses=responses(NotFoundError, StepOutOfOrderError))
def pay_subsidy(
    settlement_id: str, given: PaymentIn, actor: MaySettle, begin: BeginDep, seal: SealDep, now: Now
) -> SubsidyOut:
    """Record that a settled subsidy was paid. 登记补贴支付。"""
    return _settled(settlements.pay(begin, seal, actor, now, settlement_id, given.on))


@router.post("/settlements/{settlement_id}/corrections", responses=responses(NotFoundError, StepOutOfOrderError))
def correct_settlement(
    settlement_id: str,
    given: CorrectionIn,
    actor: Annotated[Actor, Depends(Permit(Verb.CORRECT))],
    begin: BeginDep,
    seal: SealDep,
    now: Now,
) -> SubsidyOut:
    """Undo the payment of a subsidy, or else its settlement, with the reason. Then settle it again. 更正补贴核算。"""
    return _settled(settlements.correct(begin, seal, actor, now, settlement_id, given.reason))


def _settled(row: SettlementRow) -> SubsidyOut:
    shown = {name: getattr(row, name) for name in SubsidyOut.model_fields if name not in ("lines", "costs")}
    return SubsidyOut(**shown, lines=[_line(each) for each in row.lines], costs=row.costs)


def _reckoned(found: Reckoning | None) -> SubsidyOut:
    assert found is not None
    work = found.work
    lines = [_line(each._asdict()) for each in found.subsidy.lines]
    nothing = dict.fromkeys(("id", "settled_by", "settled_at", "paid_on", "voided_at"))
    return SubsidyOut(
        **nothing,
        case_id=found.assignment.case_id,
        assignment_id=found.assignment.id,
        table_id=found.table.id,
        table_row=found.subsidy.row,
        fund=found.fund,
        grade=work.grade,
        service_days=work.spent.days,
        costs=list(work.spent.costs),
        part_percent=work.part_percent,
        lines=lines,
        total_fen=found.subsidy.total_fen,
    )


def _line(line: dict[str, Any]) -> SubsidyLineOut:
    item = ITEMS[line["item"]]
    return SubsidyLineOut(item=item, zh=item.zh, en=item.en, quantity=line["quantity"], fen=line["fen"])
