"""Six cases, three lawyers and five weeks, written out by hand: what every report must say of them is known."""

from datetime import UTC, date, datetime, timedelta

from dispatch.domain.funds.sources import FundingState, FundSource
from dispatch.domain.states import (
    ClaimState,
    ClockEnd,
    Complainant,
    ComplaintChannel,
    ComplaintGround,
    ComplaintState,
    EndReason,
    GivingBack,
    OfferState,
    PostingState,
    QualityGrade,
    Review,
)
from dispatch.domain.vocabulary import (
    CaseSource,
    Category,
    JobKind,
    JobStatus,
    Matter,
    ModeName,
    PartyRole,
    ProposalState,
    Service,
    Status,
)
from dispatch.registry.tables import (
    AbandonmentRow,
    AppraisalRow,
    ArchiveRow,
    ClaimRow,
    ClockRow,
    ComplaintRow,
    DayRow,
    FundingRow,
    JobRow,
    LedgerRow,
    OfferRow,
    PartyRow,
    PostingRow,
    ProposalRow,
    RunRow,
    SettlementRow,
    SubsidyTableRow,
    WishRow,
)
from tests.rows import NOW

SINCE, UNTIL = date(2026, 2, 1), date(2026, 3, 9)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

C1 = datetime(2026, 2, 10, 1, tzinfo=UTC)
C2 = datetime(2026, 2, 20, 1, tzinfo=UTC)
C3 = datetime(2026, 3, 2, 1, tzinfo=UTC)
C4 = NOW - 12 * HOUR
C5 = NOW - 4 * DAY
C6 = datetime(2026, 2, 25, 1, tzinfo=UTC)

# fmt: off
CASES = {
    # number: granted, due after, what differs from an unpaid-wages case
    "1": (C1, 3 * DAY,  {"status": Status.UNDERTAKEN, "categories": ["migrant_worker"]}),
    "2": (C2, 3 * DAY,  {"status": Status.CLOSED, "categories": ["woman"], "cause": "marriage_family"}),
    "3": (C3, 3 * DAY,  {"status": Status.ASSIGNED, "categories": ["minor"], "matter": Matter.CRIMINAL, "area": "B",
                         "cause": "theft", "service": Service.DEFENCE, "source": CaseSource.NOTICE_MUST}),
    "4": (C4, 32 * HOUR, {}),
    "5": (C5, 3 * DAY,  {"categories": ["disabled"], "matter": Matter.ADMINISTRATIVE, "cause": "social_insurance"}),
    "6": (C6, 3 * DAY,  {"status": Status.WITHDRAWN, "categories": ["elderly"]}),
}
# fmt: on


def fill(register):
    """Store the town and return its people by their licence numbers."""
    firm = register.the_institution()
    people = {
        code: register.a_practitioner(code, firm, quality=quality)
        for code, quality in (("p1", 92), ("p2", 70), ("p3", None))
    }
    cases = {
        number: register.a_case(number, granted_at=granted, received_at=granted - DAY, due_at=granted + due, **more)
        for number, (granted, due, more) in CASES.items()
    }
    centre_id = register.centre.id
    register.add(
        *(WishRow(centre_id=centre_id, case_id=cases[number].id, practitioner_id=people["p1"].id, rank=1)
          for number in ("1", "2")),
        PartyRow(centre_id=centre_id, case_id=cases["1"].id, role=PartyRole.RECIPIENT,
                 sealed=register.seal.seal({"name": "王小明", "identity_number": "410000199001011234"})),
    )  # fmt: skip
    run = _a_run(register, cases["3"])
    seats = {
        "a1": _given(register, cases["1"], people["p1"], ModeName.POINT_SELECTION, C1 + 10 * HOUR),
        "a2": _given(register, cases["2"], people["p2"], ModeName.ROTATION, C2 + 80 * HOUR,
                     ended_at=NOW - 4 * DAY, end_reason=EndReason.CLOSED, grade=QualityGrade.GOOD,
                     graded_at=NOW - 3 * DAY),
        "a3": _given(register, cases["3"], people["p3"], ModeName.GRAB, C3 + 2 * HOUR,
                     ended_at=C3 + 5 * HOUR, end_reason=EndReason.DECLINED),
        "a4": _given(register, cases["3"], people["p1"], ModeName.OPTIMIZED, C3 + 30 * HOUR, run_id=run.id),
    }  # fmt: skip
    _note_answers(register, cases, people, seats)
    _note_worth(register, people, seats)
    _note_limits(register, cases)
    _note_money(register, cases, people, seats)
    return people


def _note_limits(register, cases):
    kept = (
        # case, limit, since, ended after, how it ended
        ("1", "T4", C1, 1 * DAY, ClockEnd.MET),
        ("2", "T4", C2, 5 * DAY, ClockEnd.MET),
        ("6", "T4", C6, 1 * DAY, ClockEnd.VOID),
        ("3", "T2", C3, None, None),
        ("3", "T12", C3, None, None),
    )
    for number, code, since, after, became in kept:
        ended = None if after is None else since + after
        register.add(
            ClockRow(
                centre_id=register.centre.id, case_id=cases[number].id, code=code, started_at=since, begun_at=since,
                due_at=since + 3 * DAY, stopped_at=ended, became=became,
            )
        )  # fmt: skip


def _given(register, case, person, mode, at, **columns):
    return register.an_assignment(case, person, mode=mode, assigned_at=at, accepted_at=at, **columns)


def _a_run(register, case):
    centre_id = register.centre.id
    at = C3 + 29 * HOUR
    job = register.add(
        JobRow(centre_id=centre_id, kind=JobKind.RUN, status=JobStatus.DONE, created_at=at, finished_at=at)
    )
    scarce = [{"cause": "theft", "area": "B", "seats": 2, "price": 30_000},
              {"cause": "wages", "area": "A", "seats": 1, "price": 0}]  # fmt: skip
    run = register.add(
        RunRow(id=job.id, centre_id=centre_id, policy_id=register.policy.id, seed=1, case_ids=[case.id],
               summary={"scarcity": scarce})
    )  # fmt: skip
    register.add(ProposalRow(centre_id=centre_id, run_id=run.id, case_id=case.id, state=ProposalState.APPLIED))
    return run


def _note_answers(register, cases, people, seats):
    centre_id = register.centre.id

    def offer(number, code, state, at, after=None, **more):
        return OfferRow(
            centre_id=centre_id, case_id=cases[number].id, practitioner_id=people[code].id, mode=ModeName.ROTATION,
            state=state, offered_at=at, expires_at=at + DAY, answered_at=after and at + after, **more,
        )  # fmt: skip

    posting = PostingRow(
        centre_id=centre_id, case_id=cases["3"].id, state=PostingState.GRANTED, posted_at=C3, sealed_until=C3,
        ends_at=C3 + 4 * HOUR,
    )  # fmt: skip
    register.add(
        offer("2", "p1", OfferState.DECLINED, C2, 2 * HOUR, reason=GivingBack.BUSY),
        offer("2", "p3", OfferState.EXPIRED, C2 + DAY),
        offer("2", "p2", OfferState.ACCEPTED, C2 + 2 * DAY, 32 * HOUR, assignment_id=seats["a2"].id),
        posting,
        *(ClaimRow(centre_id=centre_id, case_id=cases["3"].id, posting_id=posting.id, practitioner_id=people[code].id,
                   state=state, claimed_at=C3 + minutes * timedelta(minutes=1))
          for code, state, minutes in (("p3", ClaimState.ABANDONED, 30), ("p2", ClaimState.LOST, 45))),
        AbandonmentRow(centre_id=centre_id, case_id=cases["3"].id, assignment_id=seats["a3"].id,
                       practitioner_id=people["p3"].id, reason=GivingBack.CONFLICT, at=C3 + 5 * HOUR,
                       review=Review.APPROVED),
    )  # fmt: skip


def _note_worth(register, people, seats):
    centre_id = register.centre.id

    def entry(code, kind, turns, effort, at, seat=None):
        return LedgerRow(centre_id=centre_id, practitioner_id=people[code].id, kind=kind, turns=turns, effort=effort,
                         at=at, assignment_id=seat and seats[seat].id)  # fmt: skip

    register.add(
        entry("p1", "opening", 9, 90, C1),
        entry("p1", "turn", 1, 10, C1, "a1"),
        entry("p2", "turn", 1, 10, C2, "a2"),
        entry("p3", "turn", 1, 15, C3, "a3"),
        entry("p3", "reversal", -1, -15, C3, "a3"),
        entry("p1", "turn", 1, 15, C3, "a4"),
        *(AppraisalRow(assignment_id=seats[seat].id, centre_id=centre_id, score=score, best=best, place=place, pool=3)
          for seat, score, best, place in (("a1", 800_000, 800_000, 1), ("a2", 500_000, 700_000, 3),
                                           ("a4", 600_000, 650_000, 2))),
        DayRow(centre_id=centre_id, on=date(2026, 2, 10), policy_id=register.policy.id, seats=1, compared=1,
               realised=800_000, best=800_000, parity=[
                   {"measured": "quality", "gap": 100_000, "settled": "proven", "seats": 6, "best": 4_000_000,
                    "value": 3_880_000, "bound": 3_880_000},
                   {"measured": "first_wish", "gap": 2_000, "settled": "not_settled", "seats": 5, "best": 4_000_000,
                    "value": 3_850_000, "bound": 3_950_000},
               ]),
        DayRow(centre_id=centre_id, on=date(2026, 2, 11), policy_id=register.policy.id, seats=0, compared=0,
               realised=0, best=0),
        DayRow(centre_id=centre_id, on=date(2026, 2, 23), policy_id=register.policy.id, seats=1, compared=1,
               realised=500_000, best=700_000, parity=[
                   {"measured": "quality", "gap": 100_000, "settled": "infeasible", "seats": 6, "best": 4_000_000,
                    "value": None, "bound": None},
                   {"measured": "first_wish", "gap": 2_000, "settled": "not_settled", "seats": 7, "best": 4_000_000,
                    "value": None, "bound": 3_950_000},
               ]),
    )  # fmt: skip


def _note_money(register, cases, people, seats):
    """The second case was graded, complained of, settled and archived; the lottery fund pays for the first."""
    centre_id, at = register.centre.id, NOW - 3 * DAY
    by, manager = {"centre_id": centre_id}, register.manager.user_id
    seat = {"case_id": cases["2"].id, "assignment_id": seats["a2"].id, "practitioner_id": people["p2"].id}
    table = register.add(
        SubsidyTableRow(**by, version=1, valid_from=SINCE, document={}, created_by=manager, created_at=C1)
    )
    lines = [{"item": "basis", "quantity": None, "fen": 150_000}, {"item": "costs", "quantity": 1, "fen": 8_000}]
    register.add(
        SettlementRow(**by, **seat, table_id=table.id, table_row=1, fund=FundSource.LOCAL, grade=QualityGrade.GOOD,
                      service_days=1.5, lines=lines, total_fen=158_000, settled_by=manager, settled_at=at,
                      paid_on=date(2026, 3, 8)),
        ComplaintRow(**by, **seat, about_id=seats["a2"].id, ground=ComplaintGround.NEGLECT,
                     channel=ComplaintChannel.ORAL, complainant=Complainant.RECIPIENT, state=ComplaintState.UPHELD,
                     received_at=at, decided_at=at, concluded_at=at, recorded_by=manager),
        FundingRow(**by, case_id=cases["1"].id, source=FundSource.LOTTERY, recipient_group=Category.MIGRANT_WORKER,
                   state=FundingState.APPROVED, applied_by=manager, applied_at=C1, decided_on=date(2026, 2, 20),
                   decided_by=manager, reference="豫援彩〔2026〕12号"),
        ArchiveRow(**by, case_id=cases["2"].id, series="援卷", year=2026, serial=1, number="商援卷字〔2026〕第1号",
                   archived_on=date(2026, 3, 8), archived_by=manager, archived_at=at),
    )  # fmt: skip
