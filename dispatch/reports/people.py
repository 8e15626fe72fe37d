"""Reports by practitioner, of the quality of the work, of complaints, and of the archive."""

from collections import Counter
from collections.abc import Iterator

from dispatch.domain.law.citations import cite
from dispatch.domain.report_data import ReportData
from dispatch.domain.states import ClaimState, ComplaintGround, ComplaintState, OfferState, QualityGrade, Review
from dispatch.domain.vocabulary import ModeName, Service
from dispatch.reports.funds import CASE, SERVICE, money, yuan
from dispatch.reports.shape import (
    PERSON,
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
    ratio,
    share,
    word,
)

ANSWERS = (OfferState.ACCEPTED, OfferState.DECLINED, OfferState.EXPIRED)
FINE = (QualityGrade.EXCELLENT, QualityGrade.GOOD)


def statement(data: ReportData) -> Iterator[Row]:
    """Yield each practitioner with what the period brought."""
    people = {person.id: person for person in data.people}
    modes = Counter((seat.practitioner_id, seat.mode) for seat in data.made if seat.stands)
    states = Counter((offer.practitioner_id, offer.state) for offer in data.offers)
    returned = Counter(each.practitioner_id for each in data.returns)
    justified = Counter(each.practitioner_id for each in data.returns if each.review is Review.APPROVED)
    won = {each.practitioner_id: each.claims for each in data.claims if each.state is ClaimState.WON}
    credit = {each.practitioner_id: each for each in data.credits}
    closed = Counter(line.practitioner_id for line in data.work if line.carried)
    grades = Counter((line.practitioner_id, line.grade) for line in data.work if line.grade)
    upheld = Counter(each.practitioner_id for each in data.upheld if each.practitioner_id)
    money_of: Counter[str] = Counter()
    for line in data.settled:
        money_of[line.practitioner_id] += line.total_fen
    active = {id for id, _ in modes} | {id for id, _ in states} | closed.keys() | returned.keys() | credit.keys()
    active |= upheld.keys() | money_of.keys()
    for id in sorted(active | {p.id for p in data.people if p.listed}, key=lambda id: order_of(people, id)):
        earned = credit.get(id)
        given = [modes[id, mode] for mode in ModeName]
        yield (
            *named(people, id), sum(given), *given, closed[id],
            earned.turns if earned else 0, earned.effort if earned else 0,
            *(states[id, state] for state in ANSWERS), won.get(id, 0), returned[id], justified[id],
            *(grades[id, grade] for grade in QualityGrade), upheld[id], yuan(money_of[id]),
        )  # fmt: skip


def grades(data: ReportData) -> Iterator[Row]:
    """Yield each service with the work carried through and its grades."""
    for service in Service:
        work = [line for line in data.work if line.carried and line.service is service]
        found = Counter(line.grade for line in work)
        if work:
            known = [found[grade] for grade in QualityGrade]
            yield service, len(work), *known, found[None], ratio(sum(found[grade] for grade in FINE), sum(known))


def complaints(data: ReportData) -> Iterator[Row]:
    """Yield each ground with the complaints received in the period and what became of them."""
    valid = [each for each in data.complaints if each.state is not ComplaintState.VOID]
    for ground in ComplaintGround:
        found = Counter(each.state for each in valid if each.ground is ground)
        answered = sum(each.answered_at is not None for each in valid if each.ground is ground)
        yield ground, found.total(), *(found[state] for state in OPEN_TO_READERS), answered


def archived(data: ReportData) -> Iterator[Row]:
    """Yield each file archived in the period."""
    yield from data.archives


# fmt: off
OPEN_TO_READERS = tuple(state for state in ComplaintState if state is not ComplaintState.VOID)
GRADES = tuple(count(each.value, each.zh, each.en.capitalize()) for each in QualityGrade)

REPORTS = (
    Report(
        code="statement", zh="承办人员年度办案情况", en="Annual statement by practitioner",
        about=("期间内作出且有效的指派（按指派方式）、案件办结、轮流指派记录的轮次与工作量、征询答复、抢单成功、接受后申请变更指派的件数和其中经审核有正当理由的件数；"
               "期间内办结案件的质量等次、查实的投诉、核算的补贴。",
               "Standing assignments made in the period by mode, cases closed, turns and effort of the ledger, answers "
               "to offers, claims won, cases given back and how many of these for good reason; grades of the cases "
               "closed, complaints upheld and subsidies settled in the period."),
        columns=(*PERSON, count("assigned", "指派", "Assigned"),
                 *(count(each.value, each.zh, each.en.capitalize()) for each in ModeName),
                 count("closed", "案件办结", "Closed"), number("turns", "轮次", "Turns"),
                 number("effort", "工作量", "Effort"),
                 *(count(each.value, each.zh, each.en.capitalize()) for each in ANSWERS),
                 count("won", "抢单成功", "Claims won"), count("given_back", "接受后申请变更", "Given back"),
                 count("justified", "其中有正当理由", "Of these for good reason"), *GRADES,
                 count("upheld", "查实的投诉", "Complaints upheld"), money("subsidy", "已核算补贴", "Subsidy settled")),
        rows=statement,
    ),
    Report(
        code="grades", zh="案件质量评估", en="Quality grades",
        about=("期间内办结的承办名额的质量等次；优良率为优秀、良好占已评估的比例。",
               "Grades of the seats carried through in the period; the share of fine work is of those graded."),
        columns=(SERVICE, count("cases", "结案件数", "Cases closed"), *GRADES,
                 count("ungraded", "未评估", "Not graded"), share("fine", "优良率", "Share excellent or good")),
        rows=grades, source=cite("legal_aid_law", 57),
        charts=(Chart(Shape.STACK, "service", tuple(each.value for each in QualityGrade)),),
    ),
    Report(
        code="complaints", zh="投诉", en="Complaints",
        about=("期间内收到的投诉，按投诉事由和办理情况计数。",
               "Complaints received in the period, by what is complained of and what became of them."),
        columns=(word("ground", "投诉事由", "Ground"), count("complaints", "投诉件数", "Complaints"),
                 *(count(each.value, each.zh, each.en.capitalize()) for each in OPEN_TO_READERS),
                 count("answered", "已答复", "Answered")),
        rows=complaints, source=cite("legal_aid_law", 56),
    ),
    Report(
        code="archive", zh="归档案卷", en="Archived files",
        about=("期间内归档的案卷，按案卷号。", "Files archived in the period, by their number."),
        columns=(ReportColumn("archive_number", "案卷号", "Archive number", ColumnUnit.TEXT), CASE,
                 word("matter", "案件类型", "Matter"), SERVICE, word("status", "状态", "State"),
                 number("archived_on", "归档日期", "Archived on", ColumnUnit.DAY)),
        rows=archived,
    ),
)
# fmt: on
