"""Reports on money: what is settled for the work that ended, by which fund, and what funds were applied for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from dispatch.domain.funds.sources import (
    LOTTERY,
    LOTTERY_MATTERS,
    LOTTERY_SOURCE,
    FundingState,
    FundSource,
    lottery_group,
)
from dispatch.domain.funds.subsidy import SALARIED
from dispatch.domain.law.citations import OWN, cite
from dispatch.domain.report_data import CaseLine, FundingLine, Label, ReportData, WorkLine
from dispatch.domain.states import QualityGrade
from dispatch.domain.vocabulary import Category, Service
from dispatch.reports.facts import cause_of
from dispatch.reports.shape import (
    PERSON,
    Cell,
    Chart,
    ColumnUnit,
    Report,
    ReportColumn,
    Row,
    Shape,
    count,
    named,
    number,
    order_of,
    word,
)

# fmt: off
UNGRADED = Label("none", "未评估", "not graded")
SUBSIDY_SOURCE = cite("legal_aid_law", 52) + OWN
# fmt: on


def yuan(fen: int) -> float:
    """Return an amount in yuan."""
    return fen / 100


def graded(grade: QualityGrade | None) -> QualityGrade | Label:
    """Return a grade as a word."""
    return UNGRADED if grade is None else grade


def _subsidised(data: ReportData) -> list[WorkLine]:
    """Return the work that draws a subsidy; of somebody whose kind is unknown, a person must decide."""
    salaried = {person.id for person in data.people if person.kind in SALARIED}
    return [line for line in data.work if line.practitioner_id not in salaried]


def _sums(lines: Iterable[WorkLine]) -> tuple[Cell, ...]:
    work = list(lines)
    total, costs = (sum(getattr(line, name) for line in work) for name in ("total_fen", "costs_fen"))
    paid = sum(line.total_fen for line in work if line.paid_on)
    return (
        len(work), sum(line.effort for line in work), sum(line.settled for line in work),
        sum(line.service_days or 0 for line in work), yuan(total - costs), yuan(costs), yuan(total), yuan(paid),
    )  # fmt: skip


def subsidy(data: ReportData) -> Iterator[Row]:
    """Yield each practitioner and service with the work that ended and what is settled for it."""
    people, found = {person.id: person for person in data.people}, defaultdict(list)
    for line in _subsidised(data):
        found[line.practitioner_id, line.service].append(line)
    for (id, service), lines in sorted(found.items(), key=lambda item: (order_of(people, item[0][0]), item[0][1])):
        yield *named(people, id), service, *_sums(lines)


def subsidy_grades(data: ReportData) -> Iterator[Row]:
    """Yield each grade and service with people, work and what is settled for it."""
    found: dict[tuple[Any, Service], list[WorkLine]] = defaultdict(list)
    for line in _subsidised(data):
        found[graded(line.grade), line.service].append(line)
    places = {term: place for place, term in enumerate((*QualityGrade, UNGRADED, *Service))}
    for (grade, service), lines in sorted(found.items(), key=lambda item: [places[each] for each in item[0]]):
        yield grade, service, len({line.practitioner_id for line in lines}), *_sums(lines)


def settlements(data: ReportData) -> Iterator[Row]:
    """Yield each settlement of the period."""
    people = {person.id: person for person in data.people}
    for line in data.settled:
        yield (
            line.number, *named(people, line.practitioner_id), line.service, graded(line.grade), line.service_days,
            yuan(line.total_fen - line.costs_fen), yuan(line.costs_fen), yuan(line.total_fen), line.fund,
            line.table_version, line.paid_on,
        )  # fmt: skip


def funds(data: ReportData) -> Iterator[Row]:
    """Yield each fund with what was settled of it in the period, and how much is paid."""
    for source in FundSource:
        lines = [line for line in data.settled if line.fund is source]
        total = sum(line.total_fen for line in lines)
        paid = sum(line.total_fen for line in lines if line.paid_on)
        yield source, len({line.number for line in lines}), len(lines), yuan(total), yuan(paid)


def fundings(data: ReportData) -> Iterator[Row]:
    """Yield each application of the period with its result and what was settled for the case."""
    for each in data.fundings:
        applied = each.applied_at.astimezone(data.zone).date()
        yield each.number, each.source, each.recipient_group, applied, each.state, each.decided_on, each.reference, \
            yuan(each.total_fen)  # fmt: skip


def lottery(data: ReportData) -> Iterator[Row]:
    """Yield each case that the lottery fund may pay for, with the group it falls in and what became of it."""
    applied = _applied(data)
    for case in data.cases:
        if group := group_of(data, case):
            entitled = case.entitled_at.astimezone(data.zone) if case.entitled_at else None
            funding = applied.get(case.id)
            yield (
                case.number, group, case.matter, cause_of(data, case.cause), case.service, case.means_test,
                case.status, entitled, funding and funding.state, yuan(funding.total_fen if funding else 0),
            )  # fmt: skip


def lottery_groups(data: ReportData) -> Iterator[Row]:
    """Yield each group with its candidates by matter, and how many were applied for and granted."""
    applied = _applied(data)
    found = [(group, case) for case in data.cases if (group := group_of(data, case))]
    matters = Counter((group, case.matter) for group, case in found)
    states = Counter((group, applied[case.id].state) for group, case in found if case.id in applied)
    for group, _ in LOTTERY:
        counts = [matters[group, matter] for matter in LOTTERY_MATTERS]
        asked = sum(states[group, state] for state in FundingState)
        yield group, sum(counts), *counts, asked, states[group, FundingState.APPROVED]


def group_of(data: ReportData, case: CaseLine) -> Category | None:
    """Return the group by which the lottery fund may pay for a case."""
    return lottery_group(case.matter, case.cause, case.categories, data.lineage)


def _applied(data: ReportData) -> dict[str, FundingLine]:
    """Return the newest application to the lottery fund for each case."""
    return {each.case_id: each for each in data.fundings if each.source is FundSource.LOTTERY}


# fmt: off
def money(code: str, zh: str, en: str) -> ReportColumn:
    """Return a column of amounts in yuan."""
    return number(code, f"{zh}（元）", f"{en} (yuan)")


CASE, SERVICE = ReportColumn("number", "案件编号", "Case", ColumnUnit.TEXT), word("service", "法律援助形式", "Service")
GRADE, GROUP = word("grade", "质量等次", "Quality grade"), word("group", "人群", "Group")
AMOUNTS = (money("fee", "补贴", "Fee"), money("costs", "直接费用", "Direct costs"), money("total", "合计", "Total"))
SUMS = (count("cases", "结案件数", "Cases ended"), number("effort", "工作量", "Effort"),
        count("settled", "已核算", "Settled"), number("service_days", "服务天数", "Service days"), *AMOUNTS,
        money("paid", "已支付", "Paid"))
STATE = word("state", "申报结果", "Application")

REPORTS = (
    Report(
        code="subsidy", zh="法律援助补贴：人员", en="Subsidies by practitioner",
        about=("期间内办结（以及按已完成部分核算）的承办名额，按人员、法律援助形式汇总工作量和已核算的补贴；"
               "金额以核算时有效的补贴标准为准。法律援助机构工作人员、公职律师依规定不领取补贴，未列入。",
               "Seats carried through in the period, or settled for the part that was done, with their effort and what "
               "is settled for them by the table of the closing day. Staff of the legal aid institution and government "
               "lawyers draw no subsidy and are left out."),
        columns=(*PERSON, SERVICE, *SUMS), rows=subsidy, source=SUBSIDY_SOURCE,
    ),
    Report(
        code="subsidy_grades", zh="法律援助补贴：质量等次与法律援助形式", en="Subsidies by grade and service",
        about=("同上，按每件案件的质量等次与法律援助形式汇总。", "The same, summed by the grade of each case."),
        columns=(GRADE, SERVICE, count("people", "人数", "People"), *SUMS), rows=subsidy_grades,
        source=SUBSIDY_SOURCE,
        charts=(Chart(Shape.STACK, "grade", ("cases",), by="service"),),
    ),
    Report(
        code="settlements", zh="补贴核算明细", en="Settlements",
        about=("期间内核算且有效的补贴，每个承办名额一行。", "Each settlement made in the period that was not undone."),
        columns=(CASE, *PERSON, SERVICE, GRADE, number("service_days", "服务天数", "Service days"), *AMOUNTS,
                 word("fund", "经费来源", "Fund"), count("table_version", "补贴标准版本", "Table version"),
                 number("paid_on", "支付日期", "Paid on", ColumnUnit.DAY)),
        rows=settlements, source=SUBSIDY_SOURCE,
    ),
    Report(
        code="funds", zh="经费来源", en="Funds",
        about=("期间内核算的补贴，按经费来源汇总。", "What was settled in the period, by the fund that pays."),
        columns=(word("fund", "经费来源", "Fund"), count("cases", "案件数", "Cases"),
                 count("seats", "承办名额数", "Seats"), money("total", "已核算", "Settled"),
                 money("paid", "已支付", "Paid")),
        rows=funds, source=cite("legal_aid_law", 58),
        charts=(Chart(Shape.BARS, "fund", ("total", "paid")),),
    ),
    Report(
        code="fundings", zh="项目资金申报", en="Applications for funds",
        about=("期间内的项目资金申报及结果；金额为该案迄今已核算的补贴。",
               "Applications of the period with their result; the amount is what is settled for the case so far."),
        columns=(CASE, word("source", "经费来源", "Fund"), GROUP,
                 number("applied_on", "申报日期", "Applied on", ColumnUnit.DAY), STATE,
                 number("decided_on", "批准日期", "Decided on", ColumnUnit.DAY),
                 ReportColumn("reference", "批准文号", "Reference", ColumnUnit.TEXT),
                 money("total", "已核算", "Settled")),
        rows=fundings,
    ),
    Report(
        code="lottery", zh="“中彩金”项目备选案件", en="Lottery-fund candidates",
        about=("期间内决定给予法律援助的民事、行政案件，受援人属农民工、残疾人、老年人、妇女（家庭权益纠纷）、未成年人之一；"
               "是否符合由经办人员审查；申报结果、金额以期间内的申报为准。",
               "Civil and administrative cases granted in the period whose recipient is a migrant worker, disabled, "
               "elderly, a woman in a family-rights dispute, or a minor; a person decides. Applications are those of "
               "the period."),
        columns=(CASE, GROUP, word("matter", "案件类型", "Matter"), word("cause", "案由（罪名）", "Cause"), SERVICE,
                 word("means_test", "经济困难状况核查", "Means test"), word("status", "状态", "State"),
                 number("entitled_at", "决定给予法律援助", "Granted", ColumnUnit.MOMENT), STATE,
                 money("total", "已核算", "Settled")),
        rows=lottery, source=LOTTERY_SOURCE,
    ),
    Report(
        code="lottery_groups", zh="“中彩金”项目备选案件：人群", en="Lottery-fund candidates by group",
        about=("同上，按人群与案件类型计数；一案只计入第一个相符的人群。",
               "The same, counted by group and matter; a case counts in the first group that fits."),
        columns=(GROUP, count("cases", "案件数", "Cases"),
                 *(count(each.value, each.zh, each.en.capitalize()) for each in LOTTERY_MATTERS),
                 count("applied", "已申报", "Applied for"), count("approved", "已批准", "Approved")),
        rows=lottery_groups, source=LOTTERY_SOURCE,
        charts=(Chart(Shape.STACK, "group", tuple(each.value for each in LOTTERY_MATTERS)),),
    ),
)
# fmt: on
