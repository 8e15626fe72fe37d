"""The replay as a host of the casework: what is decided is kept in memory.

What people do in answer to it, as their behaviour has it, goes onto the agenda.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from dispatch.casework import records as port
from dispatch.casework.asking import REMIND_AT_SHARE
from dispatch.casework.deadline_watch import AGAIN_AFTER
from dispatch.domain import lifecycle
from dispatch.domain.chain import Mark
from dispatch.domain.docket.absence import Away, Days, Met
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.draw import seed_of
from dispatch.domain.docket.facts import PractitionerFacts
from dispatch.domain.ledger import Entry
from dispatch.domain.lifecycle import UNDECIDED, Event
from dispatch.domain.policy.chain_schema import Chain
from dispatch.domain.policy.schema import Policy
from dispatch.domain.states import ClaimState, GivingBack, OfferState, PlanState, PostingState
from dispatch.domain.vocabulary import ModeName, PairKind, Service, Status
from dispatch.modes.scores import Scores, score
from dispatch.simulation.life import LifeCentre
from dispatch.simulation.replay.agenda import What
from dispatch.simulation.replay.centre import Happened, Kept, can_run, own
from dispatch.simulation.replay.files import Assignment, Claim, File, Offer, Plan, Posting

TAKEN = "taken"
"""Another claimant has the case."""


class MemoryHost(LifeCentre):
    """A centre that decides."""

    _last_scored: tuple[Docket, Scores] | None = None

    # cases

    def case(self, case_id: str) -> File:
        """Return the file."""
        return self.files[case_id]

    def cases(self, case_ids: Collection[str]) -> Mapping[str, File]:
        """Return the files."""
        return {id: self.files[id] for id in case_ids if id in self.files}

    def entries(self, case: port.Case) -> Sequence[port.HistoryEntry]:
        """Look through all of the play."""
        lines = (line for line in self.history if line.case_id == case.id)
        return [port.HistoryEntry(line.event, line.before, line.after, line.facts or {}) for line in lines]

    def advance(
        self,
        case: port.Case,
        event: Event,
        mode: ModeName | None = None,
        facts: port.Facts | None = None,
        before: Status | None = None,
    ) -> None:
        """Move the file, and in or out of those that are undecided."""
        file, back_to = self.files[case.id], before
        before, file.status = file.status, lifecycle.advance(file.status, event, back_to)
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
        self.stirred.add(file.id)
        if mark is Mark.STEP and plan and plan.ends_at:
            self.agenda.wake(plan.ends_at, file.id)
            if mode is ModeName.POINT_SELECTION:
                self.agenda.wake(plan.started_at + REMIND_AT_SHARE * (plan.ends_at - plan.started_at), file.id)
        if mark is Mark.AWAIT and plan and plan.asks_at:
            self.agenda.wake(plan.asks_at, file.id)
        if mark is Mark.ESCALATE:
            file.escalations, file.called_at = file.escalations + 1, self.now
            self.agenda.look(self.now + AGAIN_AFTER)

    def touch(self, case: port.Case, *, moved: bool = False) -> None:
        """Count a revision."""
        file = self.files[case.id]
        file.revision += 1
        file.updated_at = self.now if moved else file.updated_at
        self.stirred.add(file.id)
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
        plan = Plan(chain.code, 0, chain.steps[0].mode, self.now, self.now, self.now)
        return _kept(self.files[case.id].plans, plan)

    def end_plan(self, case_id: str, became: PlanState) -> None:
        """End the one that is open."""
        if plan := self.files[case_id].open_plan:
            plan.state = became

    def policy_of(self, plan: port.Plan) -> Policy:
        """Return the only one there is."""
        return self.policy

    # wishes

    def wished(self, case: port.Case) -> Sequence[str]:
        """Look into the facts of the case."""
        return self.files[case.id].case.wishes

    def set_wishes(self, case: port.Case, practitioner_ids: Sequence[str]) -> None:
        """Change the facts of the case."""
        file = self.files[case.id]
        file.case = replace(file.case, wishes=tuple(practitioner_ids))

    def asked_wishes(self, case: port.Case, plan: port.Plan) -> Sequence[Offer]:
        """Look through the offers since the plan began."""
        since = own(Plan, plan).began_at
        made = self.files[case.id].offers
        return [offer for offer in made if offer.mode is ModeName.POINT_SELECTION and offer.offered_at >= since]

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
        self.agenda.wake(expires_at, file.id)
        return made

    def end_offer(
        self,
        offer: port.Offer,
        state: OfferState,
        reason: GivingBack | None = None,
        waived_until: datetime | None = None,
    ) -> None:
        """Count it, and let its practitioner be asked no more."""
        kept = own(Offer, offer)
        kept.state, kept.reason, kept.answered_at, kept.waived_until = state, reason, self.now, waived_until
        if waived_until:
            self.people.waivers.add(self.people.number[kept.practitioner_id], waived_until)
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
        kept = own(Offer, offer)
        kept.assignment_id, kept.seat = assignment.id, assignment.seat

    # the board

    def add_posting(
        self, case: port.Case, sealed_until: datetime, ends_at: datetime, plan: port.Plan | None
    ) -> Posting:
        """Post it, and learn who of those who may will claim it, and when."""
        file = self.files[case.id]
        docket, eligibility = self.docket([file.id])
        number = f"posting-{file.id}-{len(file.postings)}"
        posting = _kept(file.postings, Posting(number, file.id, self.now, sealed_until, ends_at))
        self.agenda.wake(sealed_until, file.id)
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
        self.files[kept.case_id].postings[-1].claims.append(kept)
        self.claims.setdefault(kept.practitioner_id, []).append(kept)

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
            score=sum(self._scored(award.docket).terms(award.given.row, j).values()),
            pool=award.pool,
            duty=file.case.service is Service.DUTY_HELP,
            accepted_at=self.now if accepted else None,
        )
        file.assignments.append(assignment)
        self.keep_assignment(assignment)
        self.people.take(assignment)
        self.outlook.forget(file.id)
        if len(file.seats_taken()) == file.demand:
            file.filled_at = file.filled_at or self.now
        if accepted:
            self.expect_work(assignment)
        elif answer := self.behaviour.answer_assignment(file.id, person.id):
            self.agenda.put(self.office.after(self.now, answer.after_hours), What.RESPOND, assignment, answer)
        return assignment

    def _scored(self, docket: Docket) -> Scores:
        """Return the scores by the yardstick; a run confirms many seats of one docket."""
        if self._last_scored is None or self._last_scored[0] is not docket:
            self._last_scored = (docket, score(replace(docket, policy=self.yardstick)))
        return self._last_scored[1]

    # the rotation's calibration

    def roster(self) -> Sequence[PractitionerFacts]:
        """Return everyone of the day."""
        return self.people.everyone()

    def newcomers(self) -> Collection[str]:
        """Ask the ledger."""
        return self.people.newcomers()

    def away(self, practitioner_ids: Collection[str] | None = None) -> Mapping[str, Away]:
        """Ask what was drawn or recorded of them."""
        return self.people.away(practitioner_ids)

    def asked(self) -> Mapping[str, set[str]]:
        """Look through the undecided."""
        asked = ((id, file.pending()) for id, file in self.undecided.items())
        return {id: {offer.practitioner_id for offer in pending} for id, pending in asked if pending}

    def asked_absent(self) -> Mapping[str, Collection[str]]:
        """Look at who is there today."""
        asked = self.asked()
        absent = {id for id in set().union(*asked.values()) if not self.people.is_present(id)}
        return {id: who & absent for id, who in asked.items() if who & absent}

    def entrusted_absent(self) -> Collection[str]:
        """Look through the undecided."""
        given = {id: self.open_arrangement(id) for id in self.undecided}
        return {id for id, each in given.items() if each and not self.people.is_house_present(each.institution_id)}

    def looked_at(self) -> None:
        """Keep nothing: what was met is known."""

    def sums_before(self, day: date) -> port.Sums:
        """Look at the accounts of that morning."""
        return self.people.sums_before(day)

    def adjust(self, practitioner_id: str, entry: Entry, share: Fraction, days: Days | None = None) -> None:
        """Write it, and remember the days as met."""
        self.write(practitioner_id, entry, share)
        if days:
            self.people.meet(practitioner_id, days)
        self.version += 1

    def undo_return(self, practitioner_id: str, met: Met) -> None:
        """Keep what was met: in a replay no absence turns out to be none."""

    # follow-ups

    def join_run(self) -> None:
        """Let every waiting case go with the run that is queued."""
        if not self.queued:
            self.open_run()
            return
        self.queued[-1][1].update(file.id for file in self.waiting())

    def ask_for_plans(self, cases: Sequence[port.Case]) -> None:
        """Leave it to the task of this minute, which puts on chains what waits."""

    def open_run(self) -> None:
        """Queue one over every waiting case."""
        pending = {file.id for file in self.waiting()}
        self.queued.append((seed_of(pending), pending))
        self.last_run_at = self.now

    def waiting_since(self) -> datetime | None:
        """Look at what has moved since the last run."""
        last = self.last_run_at
        moved = (file for file in self.undecided.values() if last is None or file.updated_at > last)
        return min((file.updated_at for file in moved if can_run(file)), default=None)

    def uncalled(self, until: datetime, called_since: datetime) -> Sequence[tuple[str, datetime]]:
        """Look through the undecided."""
        found = (
            file for file in self.undecided.values()
            if file.due_at <= until and (file.called_at is None or file.called_at <= called_since)
        )  # fmt: skip
        return sorted(((file.id, file.due_at) for file in found), key=lambda due: (due[1], due[0]))


def _kept(records: list[Kept], record: Kept) -> Kept:
    records.append(record)
    return record
