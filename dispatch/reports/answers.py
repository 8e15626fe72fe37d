"""How practitioners answer, and what happens on the board."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from statistics import median

from dispatch.domain.acceptance import Asked, tally
from dispatch.domain.report_data import OfferLine, PostingLine, ReportData
from dispatch.domain.states import GivingBack, OfferState, PostingState
from dispatch.domain.vocabulary import ModeName
from dispatch.reports.facts import month_of
from dispatch.reports.queue import ALL
from dispatch.reports.shape import Cell, Chart, ColumnUnit, Report, Row, Shape, count, number, ratio, share, word

MINUTE = timedelta(minutes=1)


def acceptance(data: ReportData) -> Iterator[Row]:
    """Yield each mode with what became of its offers, then all of them."""
    groups: list[tuple[Cell, list[OfferLine]]] = [
        (mode, [offer for offer in data.offers if offer.mode is mode]) for mode in ModeName
    ]
    for mode, offers in (*groups, (ALL, list(data.offers))):
        answered = tally([Asked(each.state, each.reason, each.offered_at, each.answered_at) for each in offers], ())
        hours = None if answered.median_answer_s is None else round(answered.median_answer_s / 3600, 2)
        if offers:
            yield (mode, answered.made, answered.accepted, answered.declined, answered.expired, answered.withdrawn,
                   answered.pending, answered.rate, hours)  # fmt: skip


def reasons(data: ReportData) -> Iterator[Row]:
    """Yield each reason with how often it was given, before and after acceptance."""
    declined = Counter(offer.reason for offer in data.offers if offer.state is OfferState.DECLINED)
    returned = Counter(each.reason for each in data.returns)
    for reason in GivingBack:
        yield reason, declined[reason], returned[reason]


def grab(data: ReportData) -> Iterator[Row]:
    """Yield each month with what was posted on the board and how it was claimed."""
    found: dict[date, list[PostingLine]] = defaultdict(list)
    for each in data.postings:
        found[month_of(data, each.posted_at)].append(each)
    for month, postings in sorted(found.items()):
        states = Counter(each.state for each in postings)
        waits = [(each.first_claim_at - each.posted_at) / MINUTE for each in postings if each.first_claim_at]
        contested = sum(each.claims > 1 for each in postings)
        yield (
            month, len(postings), *(states[state] for state in PostingState), sum(each.claims for each in postings),
            ratio(contested, len(postings)), round(median(waits), 1) if waits else None,
        )  # fmt: skip


# fmt: off
REPORTS = (
    Report(
        code="acceptance", zh="征询与接受", en="Offers and acceptance",
        about=("期间内发出的征询及结果；接受率为接受数占接受、不接受与逾期未答复三项之和的比例。",
               "Offers made in the period and what became of them; the rate is of those accepted, "
               "declined or expired."),
        columns=(word("mode", "指派方式", "Mode"), count("made", "征询", "Offers"),
                 count("accepted", "接受", "Accepted"),
                 count("declined", "不接受", "Declined"), count("expired", "逾期未答复", "Expired"),
                 count("withdrawn", "撤回", "Withdrawn"), count("pending", "待答复", "Pending"),
                 share("rate", "接受率", "Acceptance"),
                 number("answer", "答复用时中位数（小时）", "Median answer (hours)", ColumnUnit.HOURS)),
        rows=acceptance,
        charts=(Chart(Shape.STACK, "mode", ("accepted", "declined", "expired", "withdrawn", "pending")),),
    ),
    Report(
        code="reasons", zh="不接受征询与申请变更指派的原因", en="Reasons for declining and giving back",
        about=("不接受征询的，以及接受后申请变更指派的，按原因计数。",
        "Declined before and given back after acceptance, by reason."),
        columns=(word("reason", "原因", "Reason"), count("declined", "不接受征询", "Declined"),
                 count("given_back", "接受后申请变更", "Given back")),
        rows=reasons,
        charts=(Chart(Shape.BARS, "reason", ("declined", "given_back")),),
    ),
    Report(
        code="grab", zh="抢单", en="Grab activity",
        about=("期间内发布到抢单大厅的案件、抢单次数、两人以上抢单的比例、首个抢单的等待时间。",
               "Cases posted in the period, claims on them, the share that more than one wanted, the wait for "
               "the first claim."),
        columns=(number("month", "月份", "Month", ColumnUnit.MONTH), count("posted", "发布", "Posted"),
                 *(count(each.value, each.zh, each.en.capitalize()) for each in PostingState),
                 count("claims", "抢单次数", "Claims"), share("contested", "两人以上抢单", "Wanted by several"),
                 number("first_claim", "首个抢单（分钟）", "First claim, minutes")),
        rows=grab,
        charts=(Chart(Shape.BARS, "month", ("posted", "claims")),),
    ),
)
# fmt: on
