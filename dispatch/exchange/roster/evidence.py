"""Tables of what an entry of the roster rests on: annual assessments by year, and the evidence of specialties."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from dispatch.domain.roster.words import AssessmentResult, SpecialtySource
from dispatch.exchange import cells
from dispatch.exchange.columns import Column, Kind, Need, RowCheck, Table, in_order
from dispatch.exchange.faults import NOTHING, Words

RESULTS, SOURCES = cells.words_of(AssessmentResult), cells.words_of(SpecialtySource)
FIRST_YEAR, LAST_YEAR = 1980, 2100
ENDLESS = cells.day(endless=date(2099, 12, 31))

OF_WHOM = Words("填已登记的执业证号（人员编号）", "licence number of a practitioner on the register")
EACH_YEAR = Words("每人每年一行", "one row for each person and year")
COUNTS_FROM = Words("自该日起算，至下一年度考核之日止", "it counts from this day until the next year's")
CORRECTS = Words("更正已登记的结果须填写", "needed to correct what is recorded")
NAMED = Words("案由、案由类别或者案件类型", "a cause, a group of causes or a branch of law")
OF_CASE = Words("依据为办案经历的须填写，填已登记的案件编号", "needed where the source is a case: its number")
NOT_BEFORE = Words("不早于考核日期", "not before the day of the decision")

KEY, REQUIRED = Need.KEY, Need.REQUIRED


def of_a_case(values: Mapping[str, Any]) -> bool:
    """Return whether evidence from a case names it."""
    return values.get("source") != SpecialtySource.CASE or values.get("case_number") is not None


# fmt: off
ASSESSMENTS = Table(Kind.ASSESSMENTS, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("code", "执业证号（无执业证的填人员编号）", "Licence number", cells.code(), "SAMPLE-P1", OF_WHOM, KEY,
           ("执业证号", "编号", "Code")),
    Column("year", "考核年度", "Year", cells.whole(FIRST_YEAR, LAST_YEAR), 2025, EACH_YEAR, REQUIRED, ("年度",)),
    Column("result", "考核结果", "Result", cells.one_of(lambda _: RESULTS), "competent", NOTHING, REQUIRED,
           ("年度考核结果", "考核等次")),
    Column("decided_on", "考核日期", "Decided on", cells.day(), date(2026, 5, 20), COUNTS_FROM, REQUIRED),
    Column("valid_to", "备案有效期至", "On record until", ENDLESS, date(2027, 5, 31)),
    Column("reason", "更正理由", "Reason", cells.text(200), None, CORRECTS),
), (RowCheck("valid_to", in_order("decided_on", "valid_to"), NOT_BEFORE),), ("code", "year"))

SPECIALTIES = Table(Kind.SPECIALTIES, (
    # field, Chinese and English header, what a cell holds, example, help, need, other headers
    Column("code", "执业证号（无执业证的填人员编号）", "Licence number", cells.code(), "SAMPLE-P1", OF_WHOM, KEY,
           ("执业证号", "编号", "Code")),
    Column("cause", "专业特长", "Specialty", cells.one_of(lambda lookups: lookups.specialties), None, NAMED, REQUIRED,
           ("案由",)),
    Column("level", "分值", "Level", cells.whole(0, 100), 80, NOTHING, REQUIRED),
    Column("source", "依据", "Source", cells.one_of(lambda _: SOURCES), "training", NOTHING, REQUIRED),
    Column("on", "依据日期", "Day of the evidence", cells.day(), date(2025, 9, 1), NOTHING, REQUIRED),
    Column("case_number", "案件编号", "Case number", cells.case_number(), None, OF_CASE),
    Column("reason", "更正理由", "Reason", cells.text(200), None, CORRECTS),
), (RowCheck("case_number", of_a_case, OF_CASE),), ("code", "cause", "source", "on", "case_number", "level"))
# fmt: on
