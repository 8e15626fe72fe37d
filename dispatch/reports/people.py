"""Reports by practitioner, and which cases the lottery fund may pay for."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from dispatch.domain.law.citations import OWN, Trust, cite
from dispatch.domain.law.recipients import broadened
from dispatch.domain.report_data import CaseLine, PersonLine, ReportData, WorkLine
from dispatch.domain.states import ClaimState, OfferState, Review
from dispatch.domain.vocabulary import Category, Matter, ModeName, PractitionerKind, Service, Term
from dispatch.reports.facts import cause_of
from dispatch.reports.shape import PERSON, Chart, ColumnUnit, Report, ReportColumn, Row, Shape, count, number, word


# fmt: off
class Grade(Term):
    """Bands of a practitioner's quality level: our own, until single cases carry grades."""

    EXCELLENT = "excellent", "优秀（90以上）",  "excellent (90 and more)"
    GOOD      = "good",      "良好（75–89）",  "good (75 to 89)"
    PASSED    = "passed",    "合格（60–74）",  "passed (60 to 74)"
    FAILED    = "failed",    "不合格（不满60）", "failed (below 60)"
    NONE      = "none",      "未评估",         "not graded"


BANDS = (
    # from    grade
    (90,      Grade.EXCELLENT),
    (75,      Grade.GOOD),
    (60,      Grade.PASSED),
    (0,       Grade.FAILED),
)

FAMILY = ("marriage_family", "domestic_violence", "maintenance")
"""Groups of causes that are disputes of family rights."""

LOTTERY = (
    # group                     only causes of these groups
    (Category.MIGRANT_WORKER,   None),
    (Category.DISABLED,         None),
    (Category.ELDERLY,          None),
    (Category.WOMAN,            FAMILY),
    (Category.MINOR,            None),
)
"""The five groups of the central lottery fund's legal aid project."""

LOTTERY_SOURCE = cite("lottery_fund_measures", 2, trust=Trust.SECONDARY)

SALARIED = (PractitionerKind.CENTRE_LAWYER, PractitionerKind.CENTRE_STAFF, PractitionerKind.GOVERNMENT_LAWYER)
"""Who works on a public post, and so draws no subsidy for a case."""

SUBSIDY_SOURCE = cite("legal_aid_law", 52) + OWN

LOTTERY_MATTERS = (Matter.CIVIL, Matter.ADMINISTRATIVE)
# fmt: on


def grade_of(quality: int | None) -> Grade:
    """Return the band of a quality level."""
    return Grade.NONE if quality is None else next(grade for least, grade in BANDS if quality >= least)


def _subsidised(data: ReportData) -> list[WorkLine]:
    """Return the work that draws a subsidy; of somebody whose kind is unknown, a person must decide."""
    salaried = {person.id for person in data.people if person.kind in SALARIED}
    return [line for line in data.work if line.practitioner_id not in salaried]


def subsidy(data: ReportData) -> Iterator[Row]:
    """Yield each practitioner and service with the cases carried through and their effort."""
    people = {person.id: person for person in data.people}
    for line in sorted(_subsidised(data), key=lambda line: (_code(people, line.practitioner_id), line.service)):
        person = people.get(line.practitioner_id)
        grade = grade_of(person.quality if person else None)
        yield *_named(people, line.practitioner_id), grade, line.service, line.cases, line.effort


def subsidy_grades(data: ReportData) -> Iterator[Row]:
    """Yield each grade and service with people, cases and effort."""
    people = {person.id: person for person in data.people}
    found: dict[tuple[Grade, Service], list[WorkLine]] = defaultdict(list)
    for line in _subsidised(data):
        person = people.get(line.practitioner_id)
        found[grade_of(person.quality if person else None), line.service].append(line)
    order = {term: place for place, term in enumerate((*Grade, *Service))}
    for (grade, service), lines in sorted(found.items(), key=lambda item: [order[each] for each in item[0]]):
        yield grade, service, len(lines), sum(line.cases for line in lines), sum(line.effort for line in lines)


def lottery(data: ReportData) -> Iterator[Row]:
    """Yield each case that the lottery fund may pay for, with the group it falls in."""
    for case in data.cases:
        if group := lottery_group(data, case):
            entitled = case.entitled_at.astimezone(data.zone) if case.entitled_at else None
            yield case.number, group, case.matter, cause_of(data, case.cause), case.service, case.means_test, \
                case.status, entitled  # fmt: skip


def lottery_groups(data: ReportData) -> Iterator[Row]:
    """Yield each group with its candidates by matter."""
    groups = [(group, case.matter) for case in data.cases if (group := lottery_group(data, case))]
    found = Counter(groups)
    for group, _ in LOTTERY:
        counts = [found[group, matter] for matter in LOTTERY_MATTERS]
        yield group, sum(counts), *counts


def lottery_group(data: ReportData, case: CaseLine) -> Category | None:
    """Return the first of the five groups the recipient is in, of civil and administrative cases."""
    if case.matter not in LOTTERY_MATTERS:
        return None
    line = data.lineage.get(case.cause, (case.cause,))
    categories = broadened(case.categories)
    return next(
        (group for group, causes in LOTTERY if group in categories and (causes is None or {*causes} & {*line})),
        None,
    )


def statement(data: ReportData) -> Iterator[Row]:
    """Yield each practitioner with what the period brought."""
    people = {person.id: person for person in data.people}
    modes = Counter((seat.practitioner_id, seat.mode) for seat in data.made if seat.stands)
    states = Counter((offer.practitioner_id, offer.state) for offer in data.offers)
    returned = Counter(each.practitioner_id for each in data.returns)
    justified = Counter(each.practitioner_id for each in data.returns if each.review is Review.APPROVED)
    won = {each.practitioner_id: each.claims for each in data.claims if each.state is ClaimState.WON}
    credit = {each.practitioner_id: each for each in data.credits}
    closed: Counter[str] = Counter()
    for line in data.work:
        closed[line.practitioner_id] += line.cases
    active = {id for id, _ in modes} | {id for id, _ in states} | closed.keys() | returned.keys() | credit.keys()
    for id in sorted(active | {p.id for p in data.people if p.listed}, key=lambda id: _code(people, id)):
        earned = credit.get(id)
        given = [modes[id, mode] for mode in ModeName]
        yield (
            *_named(people, id), sum(given), *given, closed[id],
            earned.turns if earned else 0, earned.effort if earned else 0,
            *(states[id, state] for state in ANSWERS), won.get(id, 0), returned[id], justified[id],
        )  # fmt: skip


ANSWERS = (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED)


def _named(people: dict[str, PersonLine], id: str) -> tuple[Any, ...]:
    person = people.get(id)
    return id, person.code if person else None, person.name if person else None


def _code(people: dict[str, PersonLine], id: str) -> tuple[str, str]:
    return people[id].code if id in people else "", id


# fmt: off
GRADE, SERVICE = word("grade", "质量等次", "Quality grade"), word("service", "法律援助形式", "Service")
WORK = (count("cases", "结案件数", "Cases closed"), number("effort", "工作量", "Effort"))

REPORTS = (
    Report(
        code="subsidy", zh="法律援助补贴核算参考：人员", en="Subsidy basis by practitioner",
        about=("期间内案件办结的承办名额数与工作量，按人员、法律援助形式；"
               "等次为期末案件质量评估得分所在的分数段，分数段为本中心设定。"
               "仅供核算参考，不含金额；"
               "法律援助机构工作人员、公职律师依规定不领取补贴，未列入。",
               "Seats carried through in the period with their effort, by practitioner and service; the grade is the "
               "band of the quality level at the end; the bands are the centre's own. A basis: no amounts. Staff of "
               "the legal aid institution and government lawyers draw no subsidy and are left out."),
        columns=(*PERSON, GRADE, SERVICE, *WORK), rows=subsidy, source=SUBSIDY_SOURCE,
    ),
    Report(
        code="subsidy_grades", zh="法律援助补贴核算参考：等次与法律援助形式", en="Subsidy basis by grade and service",
        about=("同上，按质量等次与法律援助形式汇总。", "The same, summed by grade and service."),
        columns=(GRADE, SERVICE, count("people", "人次", "People"), *WORK), rows=subsidy_grades,
        source=SUBSIDY_SOURCE,
        charts=(Chart(Shape.STACK, "grade", ("cases",), by="service"),),
    ),
    Report(
        code="lottery", zh="“中彩金”项目备选案件", en="Lottery-fund candidates",
        about=("期间内决定给予法律援助的民事、行政案件，受援人属农民工、残疾人、老年人、妇女（家庭权益纠纷）、未成年人之一；"
               "是否符合由经办人员审查。",
               "Civil and administrative cases granted in the period whose recipient is a migrant worker, disabled, "
               "elderly, a woman in a family-rights dispute, or a minor; a person decides."),
        columns=(ReportColumn("number", "案件编号", "Case", ColumnUnit.TEXT), word("group", "人群", "Group"),
                 word("matter", "案件类型", "Matter"), word("cause", "案由（罪名）", "Cause"), SERVICE,
                 word("means_test", "经济困难状况核查", "Means test"), word("status", "状态", "State"),
                 number("entitled_at", "决定给予法律援助", "Granted", ColumnUnit.MOMENT)),
        rows=lottery, source=LOTTERY_SOURCE,
    ),
    Report(
        code="lottery_groups", zh="“中彩金”项目备选案件：人群", en="Lottery-fund candidates by group",
        about=("同上，按人群与案件类型计数；一案只计入第一个相符的人群。",
               "The same, counted by group and matter; a case counts in the first group that fits."),
        columns=(word("group", "人群", "Group"), count("cases", "案件数", "Cases"),
                 *(count(each.value, each.zh, each.en.capitalize()) for each in LOTTERY_MATTERS)),
        rows=lottery_groups, source=LOTTERY_SOURCE,
        charts=(Chart(Shape.STACK, "group", tuple(each.value for each in LOTTERY_MATTERS)),),
    ),
    Report(
        code="statement", zh="承办人员年度办案情况", en="Annual statement by practitioner",
        about=("期间内作出且有效的指派（按指派方式）、案件办结、轮派记录的轮次与工作量、征询答复、抢单成功、接受后申请变更指派的件数和其中经审核有正当理由的件数。",
               "Standing assignments made in the period by mode, cases closed, turns and effort of the ledger, answers "
               "to offers, claims won, cases given back and how many of these for good reason."),
        columns=(*PERSON, count("assigned", "指派", "Assigned"),
                 *(count(each.value, each.zh, each.en.capitalize()) for each in ModeName),
                 count("closed", "案件办结", "Closed"), number("turns", "轮次", "Turns"),
                 number("effort", "工作量", "Effort"),
                 *(count(each.value, each.zh, each.en.capitalize()) for each in ANSWERS),
                 count("won", "抢单成功", "Claims won"), count("given_back", "接受后申请变更", "Given back"),
                 count("justified", "其中有正当理由", "Of these for good reason")),
        rows=statement,
    ),
)
# fmt: on
