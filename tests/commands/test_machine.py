"""Cases driven through random commands on both databases: no illegal state, no lost case, no double assignment."""

from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from dispatch.casework.clocks import DECIDE_OBJECTION_BY
from dispatch.commands.board import claim, post_case, resolve_windows, take_off, unclaim
from dispatch.commands.cases.changes import change_case
from dispatch.commands.cases.intake import grant_case, submit_case
from dispatch.commands.chain import advance_plans, start_plan, watch_deadlines
from dispatch.commands.designation import designate, review_designation
from dispatch.commands.life import (
    arrangements,
    conflicts,
    corrections,
    decisions,
    ends,
    evaluations,
    replacements,
    stages,
    transfers,
    work,
)
from dispatch.commands.offers.offers import answer, expire_due, make_offers
from dispatch.commands.offers.undertaking import abandon, answer_assignment, expire_assignments
from dispatch.commands.wishes import name_wishes
from dispatch.domain.chain import guarded
from dispatch.domain.errors import DispatchError
from dispatch.domain.lifecycle import UNDECIDED, Event
from dispatch.domain.states import (
    ArrangementState,
    CaseOutcome,
    ClaimState,
    EndReason,
    GivingBack,
    OfferState,
    PlanState,
    PostingState,
    QualityGrade,
    RefusalGround,
    ReplacementGround,
    Review,
    TerminationGround,
    TransferGround,
)  # fmt: skip
from dispatch.domain.vocabulary import CaseSource, Stage, Status
from dispatch.registry.tables import (
    ArrangementRow,
    AssignmentRow,
    CaseEventRow,
    CaseRow,
    ClaimRow,
    ClockRow,
    DesignationRow,
    InstitutionRow,
    OfferRow,
    PlanRow,
    PostingRow,
    ReplacementRow,
    columns,
)
from testbed.invariants import require_sound
from tests.rows import NOW, a_draft, open_register

NUMBERS, IDS = count(), count(1)
BUSY = GivingBack.BUSY
SMALL = st.integers(0, 5)
CHAIN = [("continuity", 4), ("point_selection", 24), ("grab", 4), ("rotation", 8), ("optimized", None)]
WHOLE = (Status.ASSIGNED, Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN)
GONE = (
    Status.RECEIVED,
    Status.REFUSED,
    Status.CLOSED, Status.EVALUATED, Status.TERMINATED, Status.RETAINED, Status.WITHDRAWN, Status.TRANSFERRED,
)  # fmt: skip
LEFT = (EndReason.TERMINATED, EndReason.RETAINED, EndReason.TRANSFERRED)


class Day(RuleBasedStateMachine):
    """A small centre whose people do whatever comes to their minds, in any order."""

    url = ""

    def __init__(self):
        super().__init__()
        self.register = open_register(self.url, f"centre-{next(NUMBERS)}")
        self.read_before, begin = {}, self.register.begin

        @contextmanager
        def begin_and_forget():
            with begin() as tx:
                yield tx
            self.read_before.clear()

        self.register.begin = begin_and_forget
        self.register.a_policy(CHAIN, grab={"window_minutes": 10, "epsilon": 50_000, "cool_down_hours": 24})
        self.register.an_institution(f"firm-{next(NUMBERS)}")
        self.now, self.cases, self.people = NOW, [], []
        for capacity in (1, 2, 5):
            self.someone_joins(capacity)
        for days, secret, demand in ((5, False, 1), (7, False, 2), (6, True, 1), (4, False, 1)):
            self.case_comes(days, secret, demand)

    def teardown(self):
        self.register.engine.dispose()

    def do(self, command, actor, *arguments, sealed=False):
        begin = (self.register.begin, self.register.read) if command is claim else (self.register.begin,)
        begin += (self.register.seal,) if sealed else ()
        try:
            return command(*begin, actor, self.now, *arguments)
        except DispatchError:
            return None

    def of(self, table, **values):
        """Rows of the centre with these values, read anew only once something has been written."""
        if table not in self.read_before:
            found = self.register.all(table, table.centre_id == self.register.centre.id)
            self.read_before[table] = sorted(found, key=lambda row: row.id)
        return [row for row in self.read_before[table]
                if all(getattr(row, name) == value for name, value in values.items())]  # fmt: skip

    @rule(days=st.integers(1, 8), secret=st.booleans(), demand=st.integers(1, 2))
    def case_comes(self, days, secret, demand):
        case = self.register.a_case(
            str(next(NUMBERS)), secret=secret, demand=demand, granted_at=self.now, received_at=self.now,
            due_at=self.now + timedelta(days=days),
        )  # fmt: skip
        self.register.a_person(case)
        self.cases.append(case.id)

    @precondition(lambda self: len(self.people) < 6)
    @rule(capacity=st.integers(0, 3))
    def someone_joins(self, capacity):
        person = self.register.a_practitioner(f"p{next(NUMBERS)}", capacity=capacity)
        self.people.append(self.register.acting(person))

    @rule(case=SMALL, demand=st.integers(1, 2))
    def number_of_practitioners_turns_out_otherwise(self, case, demand):
        read = self.register.get(CaseRow, self.case(case))
        self.do(change_case, self.register.clerk, read.id, {"demand": demand}, read.revision, sealed=True)

    @rule(case=SMALL)
    def clerk_starts_a_chain(self, case):
        self.do(start_plan, self.register.clerk, self.case(case))

    @rule(case=SMALL, people=st.sets(SMALL, min_size=1, max_size=3))
    def clerk_asks_several(self, case, people):
        ids = {self.person(each).practitioner_id for each in people}
        self.do(make_offers, self.register.clerk, self.case(case, Status.PENDING, Status.OFFERED), sorted(ids))

    @precondition(lambda self: self.asked())
    @rule(pick=SMALL, accept=st.booleans(), reason=st.sampled_from(GivingBack))
    def someone_answers(self, pick, accept, reason):
        pending = self.asked()
        self.do(answer, self.register.clerk, pending[pick % len(pending)].id, accept, reason)

    @precondition(lambda self: self.refusers())
    @rule(pick=SMALL)
    def clerk_asks_a_refuser_again(self, pick):
        refusers = self.refusers()
        case_id, practitioner_id = refusers[pick % len(refusers)]
        self.do(make_offers, self.register.clerk, case_id, [practitioner_id])

    @precondition(lambda self: self.asked())
    @rule(pick=SMALL)
    def someone_accepts(self, pick):
        self.someone_answers(pick, True, GivingBack.OTHER)

    @rule(case=SMALL)
    def clerk_posts(self, case):
        self.do(post_case, self.register.clerk, self.case(case, Status.PENDING))

    @precondition(lambda self: self.posted())
    @rule(case=SMALL)
    def clerk_takes_off_the_board(self, case):
        self.do(take_off, self.register.clerk, self.case(case, Status.POSTED))

    @precondition(lambda self: self.posted())
    @rule(case=SMALL, person=SMALL)
    def someone_claims(self, case, person):
        self.do(claim, self.person(person), self.case(case, Status.POSTED))

    @precondition(lambda self: self.posted())
    @rule(case=SMALL)
    def everyone_claims(self, case):
        for person in range(len(self.people)):
            self.someone_claims(case, person)

    @precondition(lambda self: self.of(ClaimRow, state=ClaimState.OPEN))
    @rule(pick=SMALL)
    def someone_unclaims(self, pick):
        claims = self.of(ClaimRow, state=ClaimState.OPEN)
        row = claims[pick % len(claims)]
        [actor] = [each for each in self.people if each.practitioner_id == row.practitioner_id]
        self.do(unclaim, actor, row.case_id)

    @precondition(lambda self: self.live())
    @rule(pick=SMALL, accept=st.booleans(), reason=st.sampled_from(GivingBack))
    def someone_answers_an_assignment(self, pick, accept, reason):
        live = self.live()
        self.do(answer_assignment, self.register.clerk, live[pick % len(live)].id, accept, reason)

    @precondition(lambda self: any(row.accepted_at for row in self.live()))
    @rule(pick=SMALL, reason=st.sampled_from(GivingBack))
    def someone_gives_back(self, pick, reason):
        live = [row for row in self.live() if row.accepted_at]
        self.do(abandon, self.register.clerk, live[pick % len(live)].id, reason)

    @precondition(lambda self: self.live())
    @rule(pick=SMALL, steps=st.integers(1, 5))
    def someone_goes_on_with_the_work(self, pick, steps):
        row = self.live()[pick % len(self.live())]
        for _ in range(steps):
            row = self.register.get(AssignmentRow, row.id)
            if not row.accepted_at:
                self.do(answer_assignment, self.register.clerk, row.id, True)
            elif not row.signed_at and not row.begun_at:
                self.do(work.sign, self.register.clerk, row.id, sealed=True)
            elif not row.begun_at:
                self.do(work.begin_work, self.register.clerk, row.id, sealed=True)
            elif not row.ended_at:
                self.do(work.close, self.register.clerk, row.id, CaseOutcome.JUDGMENT, "done", sealed=True)

    @precondition(lambda self: self.carried())
    @rule(pick=SMALL)
    def work_is_graded_and_rated(self, pick):
        row = self.carried()[pick % len(self.carried())]
        self.do(evaluations.grade, self.register.clerk, row.id, QualityGrade.GOOD, sealed=True)
        self.do(evaluations.rate, self.register.clerk, row.case_id, 4, sealed=True)

    @rule(notice=st.booleans())
    def application_or_notice_comes(self, notice):
        given = {"matter": "criminal", "cause": "theft", "service": "defence", "source": "notice_may"} if notice else {}
        draft = a_draft(str(next(NUMBERS)), received_at=self.now, granted_at=None, **given)
        case = submit_case(self.register.begin, self.register.seal, self.register.clerk, self.now, draft)
        self.cases.append(case.id)

    @rule(case=SMALL)
    def applicant_withdraws(self, case):
        self.do(ends.withdraw, self.register.clerk, self.case(case, Status.RECEIVED), None, sealed=True)

    @precondition(lambda self: self.noticed())
    @rule(pick=SMALL)
    def organ_takes_its_notice_back(self, pick):
        case_id = self.noticed()[pick % len(self.noticed())]
        self.do(ends.withdraw, self.register.clerk, case_id, None, sealed=True)

    @rule(case=SMALL, refuse=st.booleans())
    def clerk_decides_on_an_application(self, case, refuse):
        case_id = self.case(case, Status.RECEIVED)
        if refuse:
            given = (case_id, RefusalGround.MEANS, "above the line")
            self.do(decisions.refuse_aid, self.register.clerk, *given, sealed=True)
        else:
            self.do(grant_case, self.register.clerk, case_id)

    @rule(case=SMALL)
    def decision_is_contested(self, case):
        case_id = self.case(case, Status.REFUSED, Status.TERMINATED)
        self.do(decisions.contest, self.register.clerk, case_id, "wrong", sealed=True)

    @precondition(lambda self: self.contested())
    @rule(pick=SMALL, uphold=st.booleans())
    def bureau_rules(self, pick, uphold):
        contested = self.contested()
        given = (contested[pick % len(contested)], uphold, "ruled")
        self.do(decisions.decide_objection, self.register.manager, *given, sealed=True)

    @rule(case=SMALL, end=st.sampled_from(["terminate", "retain", "transfer"]))
    def clerk_ends_a_case(self, case, end):
        given = {
            "terminate": (ends.terminate, TerminationGround.CASE_OVER, "dropped"),
            "retain": (ends.retain, "own counsel"),
            "transfer": (transfers.transfer, TransferGround.JURISDICTION, "elsewhere", "their court"),
        }
        act, *words = given[end]
        self.do(act, self.register.clerk, self.case(case), *words, sealed=True)

    @rule(case=SMALL)
    def manager_corrects(self, case):
        self.do(corrections.correct, self.register.manager, self.case(case, *GONE, *WHOLE), "mistaken", sealed=True)

    @rule(case=SMALL)
    def manager_corrects_a_replacement(self, case):
        self.do(corrections.correct, self.register.manager, self.case(case, *UNDECIDED), "mistaken", sealed=True)

    @precondition(lambda self: self.live())
    @rule(pick=SMALL, ground=st.sampled_from([ReplacementGround.HEALTH, ReplacementGround.NEGLECT]))
    def somebody_asks_for_another(self, pick, ground):
        row = self.live()[pick % len(self.live())]
        self.do(replacements.ask, self.register.clerk, row.case_id, ground, "so it is", (), row.id, sealed=True)

    @precondition(lambda self: self.requests())
    @rule(pick=SMALL, approve=st.booleans(), same=st.booleans())
    def manager_decides_who_asked_for_another(self, pick, approve, same):
        request = self.requests()[pick % len(self.requests())]
        given = (request.id, approve, "verified", same)
        self.do(replacements.decide, self.register.manager, *given, sealed=True)

    @rule(case=SMALL, person=SMALL)
    def somebody_declares_a_conflict(self, case, person):
        who = self.person(person).practitioner_id
        case_id = self.case(case, *UNDECIDED, *WHOLE)
        self.do(conflicts.declare, self.register.clerk, case_id, "the other side", who, sealed=True)

    @precondition(lambda self: self.live())
    @rule(case=SMALL)
    def matter_goes_to_the_next_stage(self, case):
        following = stages.NextStage(str(next(NUMBERS)), Stage.SECOND_INSTANCE, CaseSource.APPLICATION)
        if later := self.do(stages.begin_stage, self.register.clerk, self.case(case, *WHOLE), following, sealed=True):
            self.cases.append(later.id)

    @precondition(lambda self: len(self.live()) > 1)
    @rule(pick=SMALL)
    def manager_hands_over(self, pick):
        live = self.live()
        given = (live[pick % len(live)].practitioner_id, ReplacementGround.HEALTH, "ill")
        self.do(replacements.hand_over, self.register.manager, *given, sealed=True)

    @rule(case=SMALL)
    def clerk_gives_a_case_to_an_institution(self, case):
        [firm, *_] = self.of(InstitutionRow)
        self.do(arrangements.entrust, self.register.clerk, self.case(case, *UNDECIDED), firm.id, "next")

    @precondition(lambda self: self.entrusted())
    @rule(pick=SMALL, person=SMALL, takes=st.booleans())
    def institution_answers(self, pick, person, takes):
        given = self.entrusted()[pick % len(self.entrusted())]
        if takes:
            self.do(arrangements.arrange, self.register.clerk, given.id, self.person(person).practitioner_id)
        else:
            self.do(arrangements.decline, self.register.clerk, given.id, GivingBack.BUSY)

    @rule(case=SMALL, person=SMALL, ask=st.booleans())
    def clerk_designates(self, case, person, ask):
        who, chosen = self.person(person).practitioner_id, self.case(case, *UNDECIDED)
        self.do(partial(designate, ask=ask), self.register.clerk, chosen, who, "reason")

    @precondition(lambda self: self.of(DesignationRow, state=Review.WAITING))
    @rule(case=SMALL, approve=st.booleans())
    def manager_reviews(self, case, approve):
        waiting = self.of(DesignationRow, state=Review.WAITING)
        self.do(review_designation, self.register.manager, waiting[case % len(waiting)].case_id, approve)

    @rule(case=SMALL, people=st.lists(SMALL, min_size=1, max_size=3, unique=True))
    def recipient_wishes(self, case, people):
        ids = list(dict.fromkeys(self.person(each).practitioner_id for each in people))
        self.do(name_wishes, self.register.clerk, self.case(case), ids)

    @rule(minutes=st.sampled_from([5, 60, 240, 600, 1440]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)
        tasks = (resolve_windows, expire_due, arrangements.expire_arrangements, expire_assignments, advance_plans)
        for task in (*tasks, watch_deadlines):
            task(self.register.begin, self.register.read, self.now)
        for plan in self.of(PlanRow, state=PlanState.OPEN):
            # A last step that begins with no time left ends at this very moment, and at the next look.
            assert plan.ends_at is None or plan.ends_at >= self.now, "a step that is over has been left"
        for case in self.of(CaseRow):
            if case.status in UNDECIDED and case.due_at <= self.now:
                called = self.of(CaseEventRow, case_id=case.id, event="escalate")
                assert called, "no case is lost: the manager was called"

    def case(self, pick, *statuses):
        fitting = [row.id for row in self.of(CaseRow) if row.status in statuses]
        choice = sorted(fitting, key=self.cases.index) or self.cases
        return choice[pick % len(choice)]

    def asked(self):
        return self.of(OfferRow, state=OfferState.PENDING)

    def refusers(self):
        """Who said no, said nothing or gave the case back, as case and practitioner."""
        silent_or_no = (OfferState.DECLINED, OfferState.EXPIRED)
        refused = [row for row in self.of(OfferRow) if row.state in silent_or_no]
        gone = [row for row in self.of(AssignmentRow) if row.ended_at and row.end_reason not in LEFT]
        return [(row.case_id, row.practitioner_id) for row in [*refused, *gone]]

    def posted(self):
        return self.of(PostingRow, state=PostingState.OPEN)

    def person(self, pick):
        return self.people[pick % len(self.people)]

    @invariant()
    def register_is_sound(self):
        require_sound(self.register.read, self.register.centre.id)

    @invariant()
    def refuser_is_neither_asked_nor_named_again(self):
        refused = set(self.refusers())
        assert not refused & {(row.case_id, row.practitioner_id) for row in [*self.asked(), *self.live()]}

    @invariant()
    def guarded_case_was_never_on_the_board(self):
        closed = {case.id for case in self.of(CaseRow) if guarded(case)}
        assert not closed & {row.case_id for row in self.of(PostingRow)}

    def noticed(self):
        return [row.id for row in self.of(CaseRow, source=CaseSource.NOTICE_MAY)]

    def carried(self):
        return self.of(AssignmentRow, end_reason=EndReason.CLOSED)

    def contested(self):
        running = self.of(ClockRow, code=DECIDE_OBJECTION_BY, stopped_at=None)
        return [row.case_id for row in running]

    def requests(self):
        return self.of(ReplacementRow, state=Review.WAITING)

    def entrusted(self):
        return self.of(ArrangementRow, state=ArrangementState.OPEN)

    def live(self):
        return [row for row in self.of(AssignmentRow) if row.ended_at is None]


# fmt: off
EVENTFUL = (
    # rule                               what is drawn                              the event it performs
    ("application_or_notice_comes",      {"notice": True},                          Event.NOTICE),
    ("organ_takes_its_notice_back",      {"pick": 0},                               Event.RESCIND),
    ("application_or_notice_comes",      {"notice": False},                         None),
    ("clerk_decides_on_an_application",  {"case": 0, "refuse": False},              Event.GRANT),
    ("application_or_notice_comes",      {"notice": False},                         None),
    ("clerk_decides_on_an_application",  {"case": 0, "refuse": True},               Event.REFUSE),
    ("decision_is_contested",            {"case": 0},                               None),
    ("bureau_rules",                     {"pick": 0, "uphold": True},               Event.OVERTURN),
    ("application_or_notice_comes",      {"notice": False},                         None),
    ("applicant_withdraws",              {"case": 0},                               Event.WITHDRAW),
    ("manager_corrects",                 {"case": 0},                               Event.CORRECT),
    ("clerk_posts",                      {"case": 0},                               Event.POST),
    ("clerk_takes_off_the_board",        {"case": 0},                               Event.UNPOST),
    ("clerk_posts",                      {"case": 0},                               None),
    ("everyone_claims",                  {"case": 0},                               Event.GRAB),
    ("someone_answers_an_assignment",    {"pick": 0, "accept": True, "reason": BUSY}, Event.ACCEPT),
    ("number_of_practitioners_turns_out_otherwise", {"case": 0, "demand": 2},       Event.RESEAT),
    ("number_of_practitioners_turns_out_otherwise", {"case": 0, "demand": 1},       None),
    ("someone_goes_on_with_the_work",    {"pick": 0, "steps": 1},                   Event.SIGN),
    ("someone_goes_on_with_the_work",    {"pick": 0, "steps": 1},                   Event.UNDERTAKE),
    ("someone_goes_on_with_the_work",    {"pick": 0, "steps": 1},                   Event.CLOSE),
    ("work_is_graded_and_rated",         {"pick": 0},                               Event.EVALUATE),
    ("clerk_gives_a_case_to_an_institution", {"case": 0},                           Event.ENTRUST),
    ("institution_answers",              {"pick": 0, "person": 1, "takes": True},   Event.ARRANGE),
    ("clerk_gives_a_case_to_an_institution", {"case": 1},                           None),
    ("institution_answers",              {"pick": 0, "person": 1, "takes": False},  Event.RECALL),
    ("clerk_designates",                 {"case": 2, "person": 2, "ask": False},    Event.ASSIGN),
    ("somebody_asks_for_another",        {"pick": 0, "ground": ReplacementGround.HEALTH}, None),
    ("manager_decides_who_asked_for_another", {"pick": 0, "approve": True, "same": False}, Event.REPLACE),
    ("clerk_asks_several",               {"case": 2, "people": {0, 2}},             Event.OFFER),
    ("someone_answers",                  {"pick": 0, "accept": False, "reason": BUSY}, Event.DECLINE),
    ("time_passes",                      {"minutes": 1440},                         Event.EXPIRE),
    ("clerk_ends_a_case",                {"case": 3, "end": "terminate"},           Event.TERMINATE),
    ("clerk_ends_a_case",                {"case": 4, "end": "retain"},              Event.RETAIN),
    ("clerk_ends_a_case",                {"case": 5, "end": "transfer"},            Event.TRANSFER),
)
# fmt: on


@pytest.fixture(autouse=True)
def counted_ids(monkeypatch):
    """Let rows be told apart by their age: whoever is first by id is the same in each replay of a day."""
    monkeypatch.setattr(columns, "uuid4", lambda: UUID(int=next(IDS)))


def test_rules_of_the_day_perform_every_event_of_the_table(database_url):
    Day.url = database_url
    day = Day()

    for rule_name, drawn, event in EVENTFUL:
        getattr(day, rule_name)(**drawn)
        day.register_is_sound()
        if event:
            assert day.of(CaseEventRow, event=event.value), rule_name

    assert {event for _, _, event in EVENTFUL if event} == set(Event)
    day.teardown()


def test_random_day_never_leaves_the_law(database_url):
    Day.url = database_url

    run_state_machine_as_test(
        Day,
        settings=settings(
            max_examples=10, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
