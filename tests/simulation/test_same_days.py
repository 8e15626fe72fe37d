"""The same days on both: what the commands did in the register, and what the replay does in memory, line by line."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dispatch.commands.simulations.stage import recorded_stage
from dispatch.domain.conflicts.learned import LearnedTies
from dispatch.domain.docket.absence import AbsenceKind
from dispatch.domain.docket.docket import Docket
from dispatch.domain.lifecycle import Event
from dispatch.domain.period import NamedWishes
from dispatch.domain.states import (
    Complainant,
    ComplaintChannel,
    ComplaintGround,
    ComplaintState,
    EndReason,
    OfferState,
    QualityGrade,
)
from dispatch.domain.vocabulary import ModeName, PartyRole, RelationKind, Service, Status
from dispatch.registry.docket.docket import load_docket
from dispatch.registry.period.history import Span, load_period
from dispatch.registry.policies import read_policy
from dispatch.registry.tables import AbsenceRow, CaseRow, ComplaintRow, LedgerRow, PolicyRow, RelationRow, WishRow
from dispatch.simulation.replay.behaviour import Model
from dispatch.simulation.replay.people import People
from dispatch.simulation.replay.play import play
from testbed.driven import Driven, LiveService
from testbed.lines import differences, recorded, written
from tests.rows import NOW, attributes_row, practitioner_row

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVERYTHING = [("continuity", 4), ("point_selection", 3), ("grab", 2), ("rotation", 6), ("optimized", None)]
MODEL = Model(
    seed=11, accepts=0.6, silent=0.15, stands=0.8, claims_share=0.15, gives_back_share=0.1, open_days=5,
    answer_hours=1.5, claim_hours=0.6, signs_share=0.8, sign_days=0.5, changes_share=0.3, entrusted_share=0.2,
    arrange_gives_back=0.2, arrange_silent=0.2, away_days=5,
)  # fmt: skip


CASES, FEW = 36, 24
EARLIER = ((13, 2), (16, 4), (22, 10), (24, 0), (25, 4), (26, 2), (28, 8), (30, 16), (32, 2), (34, 13))

PEOPLE = (
    # case, part, name, identity number: both sides of 6 and 0, a co-defendant of 13, perhaps an opponent of 24's client
    (6, PartyRole.RECIPIENT, "甲", "n1"), (6, PartyRole.OPPOSING, "乙", "n2"),
    (0, PartyRole.RECIPIENT, "乙", "n2"), (0, PartyRole.OPPOSING, "甲", "n1"),
    (13, PartyRole.RECIPIENT, "丙", "n3"), (7, PartyRole.CO_DEFENDANT, "丙", "n3"),
    (24, PartyRole.RECIPIENT, "丁", "n4"), (12, PartyRole.OPPOSING, "丁", None),
)  # fmt: skip

# fmt: off
TIES = (
    # case, other
    (1,  7, RelationKind.CO_DEFENDANTS),
    (8,  1, RelationKind.EARLIER_STAGE),
    *((later, earlier, RelationKind.EARLIER_STAGE) for later, earlier in EARLIER),
)
# fmt: on


RUNS_OUT, RENEWED = NOW.date() + DAY, NOW.date() + 3 * DAY
"""The last day of somebody's annual assessment, and the first with the next one on record."""

BARRED = {"kind": AbsenceKind.SUSPENSION, "reason": "review"}
AWAY: tuple[tuple[str, int, int, Any], ...] = (
    ("practitioner-3", 1, 9, {}),
    ("practitioner-2", 12, 18, {}),
    # overlapping, and of other kinds
    ("practitioner-2", 14, 16, {}),
    ("practitioner-2", 17, 19, BARRED),
    ("firm-1", 11, 12, BARRED),
    ("practitioner-5", 10, 20, {"until_minute": 720}),
)


def a_town(register):
    """Ten people of three firms: some away, one who joins, one who leaves, one not on the list, one not assessed."""
    firms = [register.an_institution(f"f{n}", id=f"firm-{n}", capacity=cap) for n, cap in enumerate((9, None, None))]
    for n in range(10):
        row = practitioner_row(register.centre.id, f"p{n}", id=f"practitioner-{n}")
        if n == 8:
            row.entered_on = NOW.date() + DAY
        if n == 4:
            row.left_on = NOW.date() + 12 * DAY
        stated = {"specialties": {"wages": 40 + 6 * n, "theft": 90 - 5 * n}, "capacity": 3 + n % 4, "quality": 60 + n}
        if n == 9:
            stated["listed"] = False
        if n == 7:
            stated["assessment_valid_to"] = None
        if n == 2:
            lapsed = {**stated, "assessment_valid_to": RUNS_OUT, "until_on": RENEWED}
            register.add(row, attributes_row(row, firms[n % 3], from_on=row.entered_on, **lapsed))
        from_on = RENEWED if n == 2 else row.entered_on
        register.add(row, attributes_row(row, firms[n % 3], from_on=from_on, **stated))
    for who, from_on, until_on, more in AWAY:
        plain = {"kind": AbsenceKind.LEAVE, "from_on": date(2026, 3, from_on), "until_on": date(2026, 3, until_on)}
        subject = {f"{who.partition('-')[0].replace('firm', 'institution')}_id": who}
        register.add(AbsenceRow(centre_id=register.centre.id, created_at=NOW, **{**plain, **subject, **more}))


def a_queue(register, days, cases):
    """Cases of every kind, tied to each other, granted in bursts through the days."""
    kinds = (
        {},
        {"matter": "criminal", "cause": "theft", "service": Service.DEFENCE, "demand": 2},
        {"detained": True, "matter": "criminal", "cause": "theft", "service": Service.DEFENCE},
        {"recipient_is_minor": True, "categories": ["minor"]},
        {"area": "B", "domicile_areas": ["B"]},
        {"due": 20 * HOUR},
    )
    for n in range(cases):
        granted = NOW + (n // 12) * days / 3 * DAY + (n % 12) * 37 * MINUTE
        columns = dict(kinds[n % len(kinds)])
        due = granted + columns.pop("due", 3 * DAY)
        register.a_case(
            f"{n}", id=f"case-{n:02}", status=Status.RECEIVED, received_at=granted, granted_at=granted, due_at=due,
            **columns,
        )  # fmt: skip
    for case, other, kind in (tie for tie in TIES if max(tie[:2]) < cases):
        register.add(
            RelationRow(centre_id=register.centre.id, case_id=f"case-{case:02}", other_id=f"case-{other:02}", kind=kind)
        )
    for n, role, name, number in (person for person in PEOPLE if person[0] < cases):
        register.a_party(register.get(CaseRow, f"case-{n:02}"), role, name, number)
    for n in range(0, cases, 4):
        for rank in (1, 2):
            who = f"practitioner-{(n + rank) % 7}"
            register.add(WishRow(centre_id=register.centre.id, case_id=f"case-{n:02}", practitioner_id=who, rank=rank))


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

# While somebody who defends the one is asked to defend the other.
LEARNED = LearnedTies(THURSDAY + 8 * HOUR, ((RelationKind.CO_DEFENDANTS, "case-19", "case-13"),), ())

TAKEN_BACK = {
    # two in the night of the centre, when the assessment of who was asked has run out
    ("case-02", "practitioner-2", NOW + 41 * HOUR),
    ("case-19", "practitioner-3", LEARNED.at),
}

COMMON = {"relax", "escalate", "decline", "replace", "sign", "undertake", "close"}
EVENTS = COMMON | {"entrust", "arrange", "ask_replacement", "terminate"}
LEAVING = ((3, 30, Event.TERMINATE), (10, 100, Event.RETAIN), (14, 200, Event.TERMINATE), (5, 2, Event.TRANSFER))
"""Case, hours from the first grant, and the event by which it leaves, wherever it is by then."""


def pairs(played):
    return {(each.case_id, each.seat, each.practitioner_id) for each in played.assignments}


def replayed_as_recorded(register, policy, days):
    """The same days once more, from what the register has of them: moments are a few minutes off, people are not."""
    last = NOW.date() + days * DAY
    stage = recorded_stage(register.read, register.manager, NOW.date(), last, seed=1)
    return pairs(play(stage.period, policy, stage.behaviour))


def lived(register, played):
    """Let the service live what the replay has played; return how many acts it refused."""
    service = LiveService(register.begin, register.read, register.seal, register.clerk, register.manager)
    driven = Driven(service, played.acts)
    driven.live(played.minutes)
    return driven.refused


@pytest.mark.parametrize(
    ("database_url", "chain", "days", "cases"),
    [
        ("sqlite", EVERYTHING, 30, CASES),
        pytest.param("postgres", EVERYTHING, 30, CASES, marks=pytest.mark.long),
        ("sqlite", [("optimized", None)], 12, FEW),
    ],
    ids=["sqlite-every mode", "postgres-every mode", "sqlite-runs alone"],
    indirect=["database_url"],
)
@pytest.mark.timeout(600)
def test_days_leave_the_same_lines_in_the_register_and_in_memory(register, chain, days, cases):
    strict = {"thresholds": {"specialty_floor": 75}}
    register.a_policy(chain, grab={"window_minutes": 20, "epsilon": 0}, rotation={"counts": "effort"}, **strict)
    a_town(register)
    a_queue(register, days, cases)
    with register.read() as session:
        period = load_period(session, Span(register.centre.id, NOW, NOW + days * DAY + 8 * HOUR))
        policy = read_policy(session.get_one(PolicyRow, register.policy.id))
    gone = tuple((f"case-{case:02}", NOW + after * HOUR, event) for case, after, event in LEAVING)
    period = replace(period, gone=gone, named=NAMED, learned=(LEARNED,))

    played = play(period, policy, MODEL)
    refused = lived(register, played)

    with register.read() as session:
        lines = recorded(session)
    assert differences(written(played), lines) == {}
    assert refused == played.tally.refused
    # The few days of runs alone see less of what is rare.
    assert {line.event for line in played.history} >= (EVENTS if len(chain) > 1 else COMMON)
    wished = [line for line in played.history if line.event == "wish"]
    # By runs alone a case is assigned before its recipient chooses.
    assert len(chain) == 1 or {line.event for line in played.history} >= {"wish", "await"}
    read_again = recorded_stage(
        register.read, register.manager, NOW.date(), NOW.date() + days * DAY, seed=1
    ).period.named
    assert [(each.case_id, each.at, list(each.practitioner_ids)) for each in read_again] == [
        (line.case_id, line.at, line.facts["practitioner_ids"]) for line in wished
    ]
    sums = dict.fromkeys(played.ids, 0)
    for entry in register.all(LedgerRow):
        sums[entry.practitioner_id] += entry.effort
    assert dict(zip(played.ids, played.effort.tolist(), strict=True)) == sums
    again = replayed_as_recorded(register, policy, days)
    assert len(again & pairs(played)) >= 0.7 * len(pairs(played))
    offers = [offer for file in played.files.values() for offer in file.offers]
    withdrawn = {
        (offer.case_id, offer.practitioner_id, offer.answered_at)
        for offer in offers if offer.state is OfferState.WITHDRAWN
    }  # fmt: skip
    assert len(chain) == 1 or withdrawn >= TAKEN_BACK
    modes = {each.mode for each in played.assignments} | {offer.mode for offer in offers}
    waived = {offer.state for offer in offers if offer.waived_until}
    assert waived == ({OfferState.DECLINED, OfferState.EXPIRED} if len(chain) > 1 else set())
    assert modes >= (set(ModeName) - {ModeName.DESIGNATION} if len(chain) > 1 else {ModeName.OPTIMIZED})


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

        assert replayed.roster(now).columns.quality.tolist() == levels[-1]
        assert [person.id for person in replayed.people] == [person.id for person in docket.facts.practitioners]

    assert len({str(each) for each in levels}) > 2
