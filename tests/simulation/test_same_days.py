"""The same days on both: what the commands did in the register, and what the replay does in memory, line by line."""

import json
from collections import deque
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

import pytest

from dispatch.casework import clocks
from dispatch.commands.board import claim, resolve_windows
from dispatch.commands.chain import advance_plans, start_plan, watch_deadlines
from dispatch.commands.jobs import JobContext
from dispatch.commands.life import work
from dispatch.commands.life.arrangements import expire_arrangements
from dispatch.commands.offers.offers import answer, expire_due
from dispatch.commands.offers.undertaking import abandon, answer_assignment, expire_assignments
from dispatch.commands.rotation.order import calibrate
from dispatch.commands.runs.requests import apply_run, request_due_runs, solve_run
from dispatch.commands.simulations.stage import recorded_stage
from dispatch.commands.wishes import name_wishes
from dispatch.domain.docket.docket import Docket
from dispatch.domain.errors import ClaimRefusedError, NotEligibleError
from dispatch.domain.lifecycle import Event
from dispatch.domain.period import NamedWishes
from dispatch.domain.permissions import Actor
from dispatch.domain.states import (
    CaseOutcome,
    Complainant,
    ComplaintChannel,
    ComplaintGround,
    ComplaintState,
    EndReason,
    GivingBack,
    OfferState,
    QualityGrade,
)
from dispatch.domain.vocabulary import JobStatus, ModeName, RelationKind, Role, Service, Status
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.host import RegisterHost
from dispatch.registry.period.history import Span, load_period
from dispatch.registry.policies import read_policy
from dispatch.registry.tables import (
    AssignmentRow,
    CaseEventRow,
    CaseRow,
    ClaimRow,
    ClockRow,
    ComplaintRow,
    JobRow,
    LeaveRow,
    LedgerRow,
    OfferRow,
    PolicyRow,
    PostingRow,
    ProposalRow,
    RelationRow,
    WishRow,
)
from dispatch.simulation.replay.behaviour import Model
from dispatch.simulation.replay.people import People
from dispatch.simulation.replay.play import play
from tests.rows import NOW, a_user, attributes_row, practitioner_row

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVERYTHING = [("continuity", 4), ("point_selection", 3), ("grab", 2), ("rotation", 6), ("optimized", None)]
TASKS = (
    resolve_windows,
    expire_due,
    expire_arrangements,
    expire_assignments,
    advance_plans,
    request_due_runs,
    calibrate,
    watch_deadlines,
)
MODEL = Model(
    seed=11, accepts=0.6, silent=0.15, stands=0.8, claims_share=0.15, gives_back_share=0.2, open_days=5,
    answer_hours=1.5, claim_hours=0.6,
)  # fmt: skip


CASES = 36
EARLIER = ((13, 2), (16, 4), (22, 10), (24, 0), (25, 4), (26, 2), (28, 8), (30, 16), (32, 2), (34, 13))

# fmt: off
TIES = (
    # case, other
    (1,  7, RelationKind.CO_DEFENDANTS),
    (6,  0, RelationKind.OPPOSING_SIDES),
    (8,  1, RelationKind.EARLIER_STAGE),
    *((later, earlier, RelationKind.EARLIER_STAGE) for later, earlier in EARLIER),
)
# fmt: on

THURSDAY = NOW + 10 * DAY
NAMED = tuple(
    NamedWishes(case_id=case, at=THURSDAY + at, practitioner_ids=tuple(f"practitioner-{n}" for n in people))
    for case, at, people in (
        ("case-18", 232 * MINUTE, (9, 6)),
        # in the evening, and changed
        ("case-22", 9.5 * HOUR, (6, 5)),
        ("case-22", 10 * HOUR, (5, 6)),
    )
)

OWN_IDS = {
    "assignment_id", "assignment_ids", "begun_clock_ids", "clock_ids", "finished_on", "offer_id", "offer_ids",
    "outcome", "paper_id", "posting_id",
}  # fmt: skip
OFFER = ("case_id", "seat", "practitioner_id", "mode", "state", "reason", "offered_at", "expires_at", "answered_at")
CLAIM = ("case_id", "practitioner_id", "state", "reason", "claimed_at", "settled_at")
POSTING = ("case_id", "state", "posted_at", "sealed_until", "ends_at", "closed_at")
CLOCK = ("case_id", "code", "started_at", "due_at", "stopped_at", "became")


class Driven:
    """The service on its register, driven through the days that the replay has played."""

    def __init__(self, register, acts):
        self.register = register
        self.acts = {at: list(acts) for at, acts in groupby(acts, key=lambda each: each.at)}
        self.runs = deque()
        self.people = {}

    def live(self, minutes):
        for now in minutes:
            for act in self.acts.get(now, ()):
                with suppress(NotEligibleError, ClaimRefusedError):
                    getattr(self, act.what)(now, act)
            for task in TASKS:
                task(self.register.begin, self.register.read, now)
            self.solve(now)

    def acting(self, practitioner_id):
        if practitioner_id not in self.people:
            user = self.register.add(a_user(self.register.centre.id, f"user-{practitioner_id}", Role.PRACTITIONER))
            self.people[practitioner_id] = Actor(
                user_id=user.id, role=Role.PRACTITIONER, centre_id=self.register.centre.id,
                practitioner_id=practitioner_id,
            )  # fmt: skip
        return self.people[practitioner_id]

    def grant(self, now, act):
        with self.register.begin() as tx:
            case = tx.session.get_one(CaseRow, act.case_id)
            case.status, case.updated_at = Status.PENDING, now
            host = RegisterHost(tx, self.register.centre.id, None, now)
            clocks.follow(host, case, Event.GRANT, at=case.granted_at)

    def plan(self, now, act):
        start_plan(self.register.begin, self.register.clerk, now, act.case_id)

    def answer(self, now, act):
        [offer] = self.register.all(
            OfferRow, OfferRow.case_id == act.case_id, OfferRow.practitioner_id == act.practitioner_id,
            OfferRow.state == OfferState.PENDING,
        )  # fmt: skip
        accept = act.facts == ("accept",)
        reason = None if accept else GivingBack(act.facts[0])
        answer(self.register.begin, self.acting(act.practitioner_id), now, offer.id, accept, reason)

    def wish(self, now, act):
        name_wishes(self.register.begin, self.register.clerk, now, act.case_id, act.facts)

    def claim(self, now, act):
        claim(self.register.begin, self.register.read, self.acting(act.practitioner_id), now, act.case_id)

    def respond(self, now, act):
        accept = act.facts == ("accept",)
        reason = None if accept else GivingBack(act.facts[0])
        answer_assignment(
            self.register.begin, self.acting(act.practitioner_id), now, self.live_one(act).id, accept, reason
        )

    def give_back(self, now, act):
        abandon(self.register.begin, self.acting(act.practitioner_id), now, self.live_one(act).id, GivingBack.OTHER)

    def close(self, now, act):
        given = (self.register.begin, self.register.seal, self.acting(act.practitioner_id), now, self.live_one(act).id)
        work.begin_work(*given, "away until the hearing")
        work.close(*given, CaseOutcome.JUDGMENT, "judgment for the recipient")

    def confirm(self, now, act):
        apply_run(self.register.begin, self.register.manager, now, self.runs.popleft())

    def live_one(self, act):
        held = self.register.all(
            AssignmentRow, AssignmentRow.case_id == act.case_id,
            AssignmentRow.practitioner_id == act.practitioner_id,
        )  # fmt: skip
        return next(row for row in held if row.ended_at is None)

    def solve(self, now):
        for job in self.register.all(JobRow, JobRow.status == JobStatus.QUEUED):
            solve_run(JobContext(self.register.begin, self.register.read, lambda: now, "worker"), job.id)
            placed = [
                row for row in self.register.all(ProposalRow, ProposalRow.run_id == job.id) if row.practitioner_id
            ]
            self.runs += [job.id] if placed else []


def a_town(register):
    """Ten people of three firms: one away, one who joins, one who does no legal aid, one without an assessment."""
    firms = [register.an_institution("f1", capacity=9), register.an_institution("f2"), register.an_institution("f3")]
    for n in range(10):
        row = practitioner_row(register.centre.id, f"p{n}", id=f"practitioner-{n}")
        if n == 8:
            row.entered_on = NOW.date() + DAY
        stated = {"specialties": {"wages": 40 + 6 * n, "theft": 90 - 5 * n}, "capacity": 2 + n % 4, "quality": 60 + n}
        if n == 9:
            stated["listed"] = False
        if n == 7:
            stated["assessment_valid_to"] = None
        register.add(row, attributes_row(row, firms[n % 3], from_on=row.entered_on, **stated))
    away = {"practitioner_id": "practitioner-3", "from_on": date(2026, 3, 1), "until_on": date(2026, 3, 9)}
    register.add(LeaveRow(centre_id=register.centre.id, created_at=NOW, **away))


def a_queue(register, days):
    """Cases of every kind, tied to each other, granted in three bursts through the days."""
    kinds = (
        {},
        {"matter": "criminal", "cause": "theft", "service": Service.DEFENCE, "demand": 2},
        {"detained": True, "matter": "criminal", "cause": "theft", "service": Service.DEFENCE},
        {"recipient_is_minor": True, "categories": ["minor"]},
        {"area": "B", "domicile_areas": ["B"]},
        {"due": 20 * HOUR},
    )
    for n in range(CASES):
        granted = NOW + (n // 12) * days / 3 * DAY + (n % 12) * 37 * MINUTE
        columns = dict(kinds[n % len(kinds)])
        due = granted + columns.pop("due", 3 * DAY)
        register.a_case(
            f"{n}", id=f"case-{n:02}", status=Status.RECEIVED, received_at=granted, granted_at=granted, due_at=due,
            **columns,
        )  # fmt: skip
    for case, other, kind in TIES:
        register.add(
            RelationRow(centre_id=register.centre.id, case_id=f"case-{case:02}", other_id=f"case-{other:02}", kind=kind)
        )
    for n in range(0, CASES, 4):
        for rank in (1, 2):
            who = f"practitioner-{(n + rank) % 7}"
            register.add(WishRow(centre_id=register.centre.id, case_id=f"case-{n:02}", practitioner_id=who, rank=rank))


def standing(rows):
    named = ("case_id", "seat", "practitioner_id", "mode", "assigned_at", "accepted_at", "ended_at", "end_reason")
    return sorted(([getattr(row, name) for name in named] for row in rows), key=str)


def asked(played):
    return sorted(
        (file.case.id, offer.practitioner_id, offer.mode, offer.state)
        for file in played.files.values()
        for offer in file.offers
    )


def facts_of(facts):
    """What an entry says but for the ids that each world gives its own records."""
    kept = {name: wording for name, wording in (facts or {}).items() if name not in OWN_IDS}
    # PostgreSQL keeps the names of a document in an order of its own.
    return json.dumps(kept, sort_keys=True)


def lines(rows):
    return sorted([str(cell) for cell in row] for row in rows)


def written(played):
    """Every line the replay has written: history, ledger, offers, claims and postings."""
    files = played.files.values()
    return {
        "history": lines(
            (each.at, each.case_id, n, each.event, each.before, each.after, each.mode, facts_of(each.facts))
            for file in files for n, each in enumerate(line for line in played.history if line.case_id == file.id)
        ),
        "ledger": lines(
            (each.at, each.practitioner_id, each.entry.kind, each.entry.turns, each.entry.effort, each.share)
            for each in played.ledger
        ),
        "offers": lines(
            [getattr(offer, name) for name in OFFER] for file in files for offer in file.offers
        ),
        "claims": lines(
            [getattr(claim, name) for name in CLAIM]
            for file in files for posting in file.postings for claim in posting.claims
        ),
        "postings": lines([getattr(posting, name) for name in POSTING] for file in files for posting in file.postings),
        "clocks": lines([getattr(clock, name) for name in CLOCK] for file in files for clock in file.clocks),
    }  # fmt: skip


def recorded(register):
    """The same lines as the register has them."""
    events = sorted(register.all(CaseEventRow), key=lambda row: (row.case_id, row.id))
    numbered = [(n, row) for _, rows in groupby(events, key=lambda row: row.case_id) for n, row in enumerate(rows)]
    return {
        "history": lines(
            (row.at, row.case_id, n, row.event, row.from_status, row.to_status, row.mode, facts_of(row.facts))
            for n, row in numbered
        ),
        "ledger": lines(
            (row.at, row.practitioner_id, row.kind, row.turns, row.effort, row.share)
            for row in register.all(LedgerRow)
        ),
        "offers": lines([getattr(row, name) for name in OFFER] for row in register.all(OfferRow)),
        "claims": lines([getattr(row, name) for name in CLAIM] for row in register.all(ClaimRow)),
        "postings": lines([getattr(row, name) for name in POSTING] for row in register.all(PostingRow)),
        "clocks": lines([getattr(row, name) for name in CLOCK] for row in register.all(ClockRow)),
    }  # fmt: skip


def pairs(played):
    return {(each.case_id, each.seat, each.practitioner_id) for each in played.assignments}


def replayed_as_recorded(register, policy, days):
    """The same days once more, from what the register has of them: moments are a few minutes off, people are not."""
    last = NOW.date() + days * DAY
    stage = recorded_stage(register.read, register.manager, NOW.date(), last, seed=1)
    return pairs(play(stage.period, policy, stage.behaviour))


def a_complaint(register, case, person, state, at):
    """A concluded complaint about a practitioner."""
    return ComplaintRow(
        centre_id=register.centre.id, case_id=case.id, about_id=case.id, practitioner_id=person.id,
        ground=ComplaintGround.NEGLECT, channel=ComplaintChannel.ORAL, complainant=Complainant.RECIPIENT,
        state=ComplaintState(state), received_at=at, decided_at=at, concluded_at=at,
        recorded_by=register.clerk.user_id,
    )  # fmt: skip


def test_replay_measures_quality_by_the_same_grades_and_complaints_on_every_day(register):
    people = [register.a_practitioner(f"p{n}", quality=quality) for n, quality in enumerate((70, None, 50))]
    for n, (who, grade, ago) in enumerate(((0, "fail", 40), (0, "good", -2), (1, "excellent", 700), (1, "pass", 0))):
        register.an_assignment(
            register.a_case(f"{n}", status=Status.EVALUATED), people[who], assigned_at=NOW - 800 * DAY,
            ended_at=NOW - 750 * DAY, end_reason=EndReason.CLOSED, grade=QualityGrade(grade), graded_at=NOW - ago * DAY,
        )  # fmt: skip
    for n, (who, state) in enumerate(((1, "upheld"), (2, "upheld"), (2, "not_upheld"))):
        register.add(a_complaint(register, register.a_case(f"c{n}"), people[who], state, NOW + n * DAY))
    with register.read() as session:
        period = load_period(session, Span(register.centre.id, NOW, NOW + 9 * DAY))
        policy = read_policy(session.get_one(PolicyRow, register.policy.id))
    replayed, levels = People(period, policy), []
    for now in (NOW + n * DAY for n in range(5)):
        replayed.begin_day(now)
        with register.read() as session:
            docket = Docket.build(load_docket(session, register.centre.id, [], now), policy)
        levels.append(docket.practitioner.quality.tolist())

        assert replayed.roster().columns.quality.tolist() == levels[-1]
        assert [person.id for person in replayed.people] == [person.id for person in docket.facts.practitioners]

    assert len({str(each) for each in levels}) > 2


@pytest.mark.parametrize(
    ("chain", "days"), [(EVERYTHING, 30), ([("optimized", None)], 15)], ids=["every mode", "runs alone"]
)
@pytest.mark.timeout(600)
def test_days_leave_the_same_lines_in_the_register_and_in_memory(register, chain, days):
    strict = {"thresholds": {"specialty_floor": 75}}
    register.a_policy(chain, grab={"window_minutes": 20, "epsilon": 0}, rotation={"counts": "effort"}, **strict)
    a_town(register)
    a_queue(register, days)
    with register.read() as session:
        period = load_period(session, Span(register.centre.id, NOW, NOW + days * DAY + 8 * HOUR))
        policy = read_policy(session.get_one(PolicyRow, register.policy.id))

    period = replace(period, named=NAMED)

    played = play(period, policy, MODEL)
    Driven(register, played.acts).live(played.minutes)

    assert written(played) == recorded(register)
    assert {line.event for line in played.history} >= {"relax", "escalate", "replace", "decline"}
    wished = [line for line in played.history if line.event == "wish"]
    # By runs alone a case is assigned before its recipient chooses.
    assert len(chain) == 1 or {line.event for line in played.history} >= {"wish", "await"}
    read_again = recorded_stage(
        register.read, register.manager, NOW.date(), NOW.date() + days * DAY, seed=1
    ).period.named
    assert [(each.case_id, each.at, list(each.practitioner_ids)) for each in read_again] == [
        (line.case_id, line.at, line.facts["practitioner_ids"]) for line in wished
    ]
    rows = register.all(AssignmentRow)
    assert standing(played.assignments) == standing(rows)
    assert {id: file.status for id, file in played.files.items()} == {
        row.id: row.status for row in register.all(CaseRow)
    }
    sums = dict.fromkeys(played.ids, 0)
    for entry in register.all(LedgerRow):
        sums[entry.practitioner_id] += entry.effort
    assert dict(zip(played.ids, played.effort.tolist(), strict=True)) == sums
    again = replayed_as_recorded(register, policy, days)
    assert len(again & pairs(played)) >= 0.7 * len(pairs(played))
    offers = register.all(OfferRow)
    assert asked(played) == sorted((row.case_id, row.practitioner_id, row.mode, row.state) for row in offers)
    modes = {row.mode for row in (*rows, *offers)}
    assert modes == (set(ModeName) - {ModeName.DESIGNATION} if len(chain) > 1 else {ModeName.OPTIMIZED})
