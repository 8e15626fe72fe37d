"""The lifecycle is performed: every row of its table is gone by a live command, from the state it names."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dispatch.commands.board import claim, post_case, take_off
from dispatch.commands.cases.intake import grant_case
from dispatch.commands.chain import advance_plans, start_plan
from dispatch.commands.designation import designate
from dispatch.commands.offers.offers import answer, expire_due, make_offers
from dispatch.commands.offers.undertaking import answer_assignment, expire_assignments
from dispatch.domain.lifecycle import LEADS_BACK, TRANSITIONS, Event
from dispatch.domain.states import GivingBack
from dispatch.domain.vocabulary import CaseSource, Status
from dispatch.registry.tables import ArrangementRow, AssignmentRow, CaseEventRow, CaseRow, OfferRow
from tests.commands.life.acts import accepted, at_work, begun, closed, signed
from tests.commands.life.test_amendments import amended
from tests.commands.life.test_arrangements import arranged, entrusted, lapsed
from tests.commands.life.test_decisions import contested, refused, ruled
from tests.commands.life.test_ends import corrected, retained, terminated, transferred, withdrawn
from tests.commands.life.test_evaluations import graded
from tests.commands.life.test_replacements import asked, decided
from tests.commands.test_notices import COURT, sent
from tests.rows import NOW

UNDECIDED_YET = (Status.RECEIVED, Status.REFUSED, Status.WITHDRAWN)
LATER = NOW + timedelta(days=30)


class Town:
    """A case and who may have it: one practitioner of one institution, and one more beside."""

    who: tuple[Any, Any, Any]
    """By which way, who and when the centre's clerk acts."""

    def __init__(self, register, status, event):
        self.register, self.who = register, (register.begin, register.clerk, NOW)
        self.firm = register.an_institution()
        self.person, self.other = (register.a_practitioner(code, self.firm) for code in ("a", "b"))
        source = CaseSource.NOTICE_MUST if event is Event.RESCIND else CaseSource.APPLICATION
        new = {"status": Status.RECEIVED, "granted_at": None} if status in UNDECIDED_YET else {}
        self.case = register.a_case(source=source, **new)
        (LED_BACK_FROM.get((status, event)) or LED_TO[status])(self)

    def the(self, table):
        [row] = self.register.all(table)
        return row

    def named(self):
        designate(*self.who, self.case.id, self.person.id, "knows the family")

    def offered(self):
        return make_offers(*self.who, self.case.id, [self.person.id])

    def posted(self):
        self.register.a_policy(grab={"window_minutes": 0}, chains=(("grab", 24), ("rotation", 24)))
        start_plan(*self.who, self.case.id)

    def claimed(self):
        claim(self.register.begin, self.register.read, self.register.acting(self.person), NOW, self.case.id)

    def worked_on(self):
        return at_work(self.register, self.case, self.person)

    def replaced(self):
        decided(self.register, asked(self.register, self.case))

    def answered(self, accept):
        reason = None if accept else GivingBack.BUSY
        if self.register.get(CaseRow, self.case.id).status is Status.OFFERED:
            return answer(*self.who, self.the(OfferRow).id, accept, reason)
        return answer_assignment(*self.who, self.the(AssignmentRow).id, accept, reason)

    def time_passed(self):
        for lapse in (expire_due, expire_assignments, advance_plans):
            lapse(self.register.begin, self.register.read, LATER)
        lapsed(self.register, LATER)

    def seat_added(self):
        accepted(self.register, self.case, self.person)
        amended(self.register, self.case, demand=2)

    def seat_changed(self):
        amended(self.register, self.case, demand=3 - self.register.get(CaseRow, self.case.id).demand)

    def overturned(self):
        contested(self.register, self.case)
        ruled(self.register, self.case, uphold=True)


# fmt: off
LED_TO: dict[Status, Callable[[Town], object]] = {
    Status.RECEIVED:    lambda town: None,
    Status.PENDING:     lambda town: None,
    Status.REFUSED:     lambda town: refused(town.register, town.case),
    Status.POSTED:      Town.posted,
    Status.OFFERED:     Town.offered,
    Status.ENTRUSTED:   lambda town: entrusted(town.register, town.case, town.firm),
    Status.ASSIGNED:    Town.named,
    Status.ACCEPTED:    lambda town: accepted(town.register, town.case, town.person),
    Status.SIGNED:      lambda town: signed(town.register, accepted(town.register, town.case, town.person)),
    Status.UNDERTAKEN:  Town.worked_on,
    Status.CLOSED:      lambda town: closed(town.register, town.worked_on()),
    Status.EVALUATED:   lambda town: graded(town.register, closed(town.register, town.worked_on())),
    Status.TERMINATED:  lambda town: terminated(town.register, town.case),
    Status.WITHDRAWN:   lambda town: withdrawn(town.register, town.case),
    Status.RETAINED:    lambda town: retained(town.register, town.case),
    Status.TRANSFERRED: lambda town: transferred(town.register, town.case),
}

LED_BACK_FROM: dict[tuple[Status, Event], Callable[[Town], object]] = {
    (Status.PENDING, Event.RESEAT):  Town.seat_added,
    (Status.PENDING, Event.CORRECT): lambda town: (town.worked_on(), town.replaced()),
}

PERFORMED: dict[Event, Callable[[Town], object]] = {
    Event.GRANT:     lambda town: grant_case(*town.who, town.case.id),
    Event.NOTICE:    lambda town: sent(town.register, town.register.an_organ(COURT)),
    Event.REFUSE:    lambda town: refused(town.register, town.case),
    Event.OVERTURN:  Town.overturned,
    Event.POST:      lambda town: post_case(*town.who, town.case.id),
    Event.UNPOST:    lambda town: take_off(*town.who, town.case.id),
    Event.GRAB:      Town.claimed,
    Event.OFFER:     Town.offered,
    Event.RECALL:    Town.named,
    Event.EXPIRE:    Town.time_passed,
    Event.ASSIGN:    Town.named,
    Event.ENTRUST:   lambda town: entrusted(town.register, town.case, town.firm),
    Event.ARRANGE:   lambda town: arranged(town.register, town.the(ArrangementRow), town.person),
    Event.ACCEPT:    lambda town: town.answered(True),
    Event.DECLINE:   lambda town: town.answered(False),
    Event.SIGN:      lambda town: signed(town.register, town.the(AssignmentRow)),
    Event.UNDERTAKE: lambda town: begun(town.register, town.the(AssignmentRow), obstacle="cannot come"),
    Event.REPLACE:   Town.replaced,
    Event.RESEAT:    Town.seat_changed,
    Event.CLOSE:     lambda town: closed(town.register, town.the(AssignmentRow)),
    Event.EVALUATE:  lambda town: graded(town.register, town.the(AssignmentRow)),
    Event.TERMINATE: lambda town: terminated(town.register, town.case),
    Event.WITHDRAW:  lambda town: withdrawn(town.register, town.case),
    Event.RESCIND:   lambda town: withdrawn(town.register, town.case),
    Event.RETAIN:    lambda town: retained(town.register, town.case),
    Event.TRANSFER:  lambda town: transferred(town.register, town.case),
    Event.CORRECT:   lambda town: corrected(town.register, town.case),
}
# fmt: on

WAITING: dict[tuple[Status, Event], str] = {}
"""Rows that no command goes by, each with its reason."""

WAYS = [way for way in (*TRANSITIONS, *sorted(LEADS_BACK)) if way not in WAITING]
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def gone_by(register):
    """The rows of the table that something in the register went by, and where each led."""
    return {(row.from_status, row.event): row.to_status for row in register.all(CaseEventRow)}


@on_one_database
@pytest.mark.parametrize(("status", "event"), WAYS)
def test_every_way_of_the_table_is_gone_by_a_command(register, status, event):
    town = Town(register, status, event)

    PERFORMED[event](town)

    led_to = gone_by(register)[status, event]
    assert led_to is TRANSITIONS.get((status, event), led_to)


@on_one_database
def test_way_that_nobody_goes_is_found(register, monkeypatch):
    """An institution is only given what waits: who is being asked is told first that they are not asked any more."""
    monkeypatch.setitem(TRANSITIONS, (Status.OFFERED, Event.ENTRUST), Status.ENTRUSTED)
    town = Town(register, Status.OFFERED, Event.ENTRUST)

    PERFORMED[Event.ENTRUST](town)

    assert gone_by(register).keys() == {
        (Status.PENDING, Event.OFFER), (Status.OFFERED, Event.RECALL), (Status.PENDING, Event.ENTRUST),
    }  # fmt: skip


def test_way_that_waits_is_a_way_of_the_table():
    assert WAITING.keys() <= {*TRANSITIONS, *LEADS_BACK}
