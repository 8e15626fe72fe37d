"""The replay as a host of the casework: what is decided is kept in memory.

What people do in answer to it, as their behaviour has it, goes onto the agenda.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from dispatch.casework import host as port
from dispatch.casework.chain import REMIND_AT_SHARE
from dispatch.casework.deadline_watch import AGAIN_AFTER
from dispatch.domain import lifecycle
from dispatch.domain.chain import Mark
from dispatch.domain.docket.docket import seed_of
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.ledger import Entry, EntryKind
from dispatch.domain.lifecycle import UNDECIDED, Event
from dispatch.domain.policy.chain_schema import Chain
from dispatch.domain.policy.schema import Policy
from dispatch.domain.states import ClaimState, EndReason, GivingBack, OfferState, PlanState, PostingState
from dispatch.domain.vocabulary import ModeName, PairKind, Service, Status
from dispatch.modes.scores import score
from dispatch.simulation.replay.agenda import What
from dispatch.simulation.replay.centre import Centre, Happened, Kept, LedgerLine, own
from dispatch.simulation.replay.files import Assignment, Claim, File, Offer, Plan, Posting
from dispatch.simulation.replay.people import Returned

TAKEN = "taken"
"""Another claimant has the case."""


class MemoryHost(Centre):
    """A centre that decides."""

    def lose_case(self, case_id: str) -> None:
        """Let an undecided case leave from outside."""
        file = self.undecided.pop(case_id, None)
        if file:
            file.status = Status.WITHDRAWN
            self.withdraw_offers(case_id)
            self.leave_board(case_id, PostingState.CLOSED)
            self.end_plan(case_id, PlanState.STOPPED)
            self.touch(file, moved=True)

    # cases

    def case(self, case_id: str) -> File:
        """Return the file."""
        return self.files[case_id]

    def cases(self, case_ids: Collection[str]) -> Mapping[str, File]:
        """Return the files."""
        return {id: self.files[id] for id in case_ids if id in self.files}

    def advance(
        self, case: port.Case, event: Event, mode: ModeName | None = None, facts: port.Facts | None = None
    ) -> None:
        """Move the file, and in or out of those that are undecided."""
        file = self.files[case.id]
        before, file.status = file.status, lifecycle.advance(file.status, event)
        if file.status in UNDECIDED:
            self.undecided[file.id] = file
        else:
            self.undecided.pop(file.id, None)
        self.touch(file, moved=True)
        self.history.append(Happened(self.now, file.id, str(event), before, file.status, mode, facts))

    def note(
        self, case: port.Case, mark: Mark | Event, mode: ModeName | None = None, facts: port.Facts | None = None
    ) -> None:
        """Write an entry, and wake when it will come to something."""
        file, plan = self.files[case.id], self.files[case.id].open_plan
        self.history.append(Happened(self.now, file.id, str(mark), file.status, file.status, mode, facts))
        if mark is Mark.STEP and plan and plan.ends_at:
            self.agenda.wake(plan.ends_at)
            if mode is ModeName.POINT_SELECTION:
                self.agenda.wake(plan.started_at + REMIND_AT_SHARE * (plan.ends_at - plan.started_at))
        if mark is Mark.ESCALATE:
            file.escalations, file.called_at = file.escalations + 1, self.now
            self.agenda.wake(self.now + AGAIN_AFTER)

    def touch(self, case: port.Case, *, moved: bool = False) -> None:
        """Count a revision."""
        file = self.files[case.id]
        file.revision += 1
        file.updated_at = self.now if moved else file.updated_at
        self.version += 1

    def refuse(self, case: port.Case, practitioner_id: str, kinds: Collection[PairKind]) -> None:
        """Add to what is known of the pair."""
        self.files[case.id].pairs |= {(practitioner_id, kind) for kind in kinds}
        self.refused[practitioner_id] += 1
        self.outlook.bar(case.id, practitioner_id)
        self.version += 1

    def taken(self, case_ids: Collection[str]) -> Mapping[str, set[int]]:
        """Look at the live assignments."""
        return {id: self.files[id].seats_taken() for id in case_ids}

    # plans

    def open_plan(self, case_id: str) -> Plan | None:
        """Return the last one, if it is open."""
        return self.files[case_id].open_plan

    def was_planned(self, case_id: str) -> bool:
        """Look for any plan."""
        return bool(self.files[case_id].plans)

    def add_plan(self, case: port.Case, chain: Chain) -> Plan:
        """Add one before the first step."""
        return _kept(self.files[case.id].plans, Plan(chain.code, 0, chain.steps[0].mode, self.now, self.now))

    def end_plan(self, case_id: str, became: PlanState) -> None:
        """End the one that is open."""
        if plan := self.files[case_id].open_plan:
            plan.state = became

    def policy_of(self, plan: port.Plan) -> Policy:
        """Return the only one there is."""
        return self.policy

    # offers

    def pending_offers(self, case_id: str) -> Sequence[Offer]:
        """Find them in their order."""
        return self.files[case_id].pending()

    def add_offers(
        self,
        case: port.Case,
        seat: int,
        practitioner_ids: Sequence[str],
        decision: port.Decision,
        plan: port.Plan | None,
        expires_at: datetime,
    ) -> Sequence[Offer]:
        """Ask, and learn when each will answer."""
        file = self.files[case.id]
        if decision.mode is ModeName.ROTATION:
            docket, eligibility = self.docket([file.id])
            self.people.note_passed(docket.column_of(practitioner_ids[0]), eligibility.refused_by(0))
        made = []
        for id in practitioner_ids:
            number = f"offer-{file.id}-{len(file.offers)}"
            offer = _kept(file.offers, Offer(number, file.id, id, seat, decision.mode, self.now, expires_at))
            self.people.asked[self.people.number[id]] += 1
            answer = self.behaviour.answer(file.id, id)
            if answer:
                self.agenda.put(self.office.after(self.now, answer.after_hours), What.ANSWER, offer, answer)
            made.append(offer)
        self.agenda.wake(expires_at)
        return made

    def end_offer(self, offer: port.Offer, state: OfferState, reason: GivingBack | None = None) -> None:
        """Count it, and let its practitioner be asked no more."""
        kept = own(Offer, offer)
        kept.state, kept.reason, kept.answered_at = state, reason, self.now
        self.people.asked[self.people.number[kept.practitioner_id]] -= 1
        self.tally.offers[state] += 1
        if reason:
            self.tally.reasons[reason] += 1
        self.version += 1

    def withdraw_offers(self, case_id: str) -> None:
        """End each."""
        for offer in self.files[case_id].pending():
            self.end_offer(offer, OfferState.WITHDRAWN)

    def fill_offer(self, offer: port.Offer, assignment: port.Assignment) -> None:
        """Point at the assignment."""
        own(Offer, offer).assignment_id = assignment.id

    # the board

    def add_posting(
        self, case: port.Case, sealed_until: datetime, ends_at: datetime, plan: port.Plan | None
    ) -> Posting:
        """Post it, and learn who of those who may will claim it, and when."""
        file = self.files[case.id]
        docket, eligibility = self.docket([file.id])
        number = f"posting-{file.id}-{len(file.postings)}"
        posting = _kept(file.postings, Posting(number, file.id, self.now, sealed_until, ends_at))
        self.agenda.wake(sealed_until)
        may = [docket.practitioner_at(j).id for j in eligibility.row(0).nonzero()[0].tolist()]
        for id, after_hours in self.behaviour.claims(file.id, may):
            at = self.office.after(self.now, after_hours)
            if at < ends_at:
                self.agenda.put(at, What.CLAIM, posting, id)
        return posting

    def leave_board(self, case_id: str, became: PostingState) -> None:
        """End the posting and the claims on it."""
        if posting := self.files[case_id].posting:
            for claim in posting.open_claims():
                self.lose_claim(claim, TAKEN if became is PostingState.GRANTED else became.value)
            posting.state, posting.closed_at = became, self.now

    def open_claims(self, case_id: str) -> Sequence[Claim]:
        """Find them in their order."""
        posting = self.files[case_id].posting
        return posting.open_claims() if posting else ()

    def new_claim(self, posting: port.Posting, practitioner_id: str) -> Claim:
        """Make one that counts nowhere yet."""
        return Claim(posting.case_id, practitioner_id, self.now)

    def keep_claim(self, claim: port.Claim) -> None:
        """Let it count for its claimant and for the case."""
        kept = own(Claim, claim)
        posting = self.files[kept.case_id].postings[-1]
        posting.claims.append(kept)
        self.claims.setdefault(kept.practitioner_id, []).append(kept)
        self.agenda.wake(posting.sealed_until)

    def lose_claim(self, claim: port.Claim, reason: str) -> None:
        """Settle it."""
        kept = own(Claim, claim)
        kept.state, kept.reason, kept.settled_at = ClaimState.LOST, reason, self.now

    def win_claim(self, claim: port.Claim, assignment: port.Assignment) -> None:
        """Settle it, and remember it for the day the case is given back."""
        kept = self._won[assignment.id] = own(Claim, claim)
        kept.state, kept.settled_at, kept.assignment_id = ClaimState.WON, self.now, assignment.id

    # assignments and the ledger

    def add_assignment(self, award: port.Award) -> Assignment:
        """Give the seat, and learn what its practitioner will do."""
        file, person, j = self.files[award.case.id], award.practitioner, award.given.column
        accepted = award.decision.event is Event.ACCEPT
        assignment = Assignment(
            id=f"assignment-{len(self.assignments)}",
            case_id=file.id,
            seat=award.seat,
            practitioner_id=person.id,
            institution_id=person.institution_id,
            mode=award.decision.mode,
            assigned_at=self.now,
            effort=award.entry.effort,
            share=award.share,
            score=sum(score(replace(award.docket, policy=self.yardstick)).terms(award.given.row, j).values()),
            pool=award.pool or 0,
            duty=file.case.service is Service.DUTY_HELP,
            accepted_at=self.now if accepted else None,
        )
        file.assignments.append(assignment)
        self.assignments.append(assignment)
        self.people.take(assignment)
        self.outlook.forget(file.id)
        if len(file.seats_taken()) == file.demand:
            file.filled_at = file.filled_at or self.now
        if accepted:
            self._begin_work(assignment)
        elif answer := self.behaviour.answer_assignment(file.id, person.id):
            self.agenda.put(self.office.after(self.now, answer.after_hours), What.RESPOND, assignment, answer)
        return assignment

    def unanswered(self, case_id: str) -> bool:
        """Look at the live assignments."""
        return any(each.ended_at is None and each.accepted_at is None for each in self.files[case_id].assignments)

    def accept_assignment(self, assignment: port.Assignment) -> None:
        """Note the moment, and learn how long the work takes."""
        kept = own(Assignment, assignment)
        kept.accepted_at = self.now
        self._begin_work(kept)

    def end_assignment(self, assignment: port.Assignment, reason: EndReason) -> None:
        """Free the desk; a claim that led to it has come to nothing where it was not carried through."""
        kept = own(Assignment, assignment)
        kept.ended_at, kept.end_reason = self.now, reason
        self.people.release(kept)
        if reason is not EndReason.CLOSED and (claim := self._won.get(kept.id)):
            claim.state = ClaimState.ABANDONED
        self.version += 1

    def credits_of(self, assignment: port.Assignment) -> Sequence[port.Credit]:
        """Return the turn it was; none was written down in the period for one made before."""
        kept = own(Assignment, assignment)
        turn = Entry(EntryKind.TURN, 1, kept.effort)
        return [port.Credit(kept.practitioner_id, turn, kept.share, kept.id)] if kept.in_period else []

    def add_credits(self, credits: Sequence[port.Credit]) -> None:
        """Write them into everyone's account."""
        for credit in credits:
            self._write(credit.practitioner_id, credit.entry, credit.share, credit.assignment_id)

    def add_abandonment(self, assignment: port.Assignment, reason: GivingBack) -> None:
        """Let it cool its practitioner down."""
        self.given_back.setdefault(assignment.practitioner_id, []).append(self.now)

    # the rotation's calibration

    def roster(self) -> Sequence[PractitionerFacts]:
        """Return everyone of the day."""
        return self.people.everyone()

    def newcomers(self) -> Collection[str]:
        """Ask the ledger."""
        return self.people.newcomers()

    def returned(self) -> Sequence[Returned]:
        """Ask what has been met."""
        return self.people.returned()

    def sums_before(self, day: date) -> port.Sums:
        """Look at the accounts of that morning."""
        return self.people.sums_before(day)

    def adjust(self, practitioner_id: str, entry: Entry, share: Fraction, leave: port.Leave | None = None) -> None:
        """Write it, and remember the leave as met."""
        self._write(practitioner_id, entry, share)
        if leave:
            self.people.meet(own(Returned, leave))
        self.version += 1

    # follow-ups

    def join_run(self) -> None:
        """Let every waiting case go with the run that is queued."""
        if not self.queued:
            self.open_run()
            return
        self.queued[-1][1].update(file.id for file in self.waiting())

    def open_run(self) -> None:
        """Queue one over every waiting case."""
        pending = {file.id for file in self.waiting()}
        self.queued.append((seed_of(pending), pending))
        self.last_run_at = self.now

    def waiting_since(self) -> datetime | None:
        """Look at what has moved since the last run."""
        last = self.last_run_at
        return min((file.updated_at for file in self.waiting() if last is None or file.updated_at > last), default=None)

    def uncalled(self, until: datetime, called_since: datetime) -> Sequence[tuple[str, datetime]]:
        """Look through the undecided."""
        found = (
            file for file in self.undecided.values()
            if file.due_at <= until and (file.called_at is None or file.called_at <= called_since)
        )  # fmt: skip
        return sorted(((file.id, file.due_at) for file in found), key=lambda due: (due[1], due[0]))

    def _begin_work(self, assignment: Assignment) -> None:
        case_id, who = assignment.case_id, assignment.practitioner_id
        back = self.behaviour.gives_back(case_id, who) if assignment.in_period else None
        if back is not None:
            self.agenda.put(self.now + back, What.GIVE_BACK, assignment)
        self.agenda.put(self.now + self.behaviour.works(case_id, who), What.CLOSE, assignment)

    def _write(self, practitioner_id: str, entry: Entry, share: Fraction, assignment_id: str | None = None) -> None:
        self.people.credit(practitioner_id, entry, share, self.now)
        self.ledger.append(LedgerLine(self.now, practitioner_id, entry, share, assignment_id))


def _kept(records: list[Kept], record: Kept) -> Kept:
    records.append(record)
    return record
