"""The register as a host of the casework: rows, written in the transaction at hand."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import col, select

from dispatch.casework.records import Assignment, Award, Case, Claim, Decision, Facts, Offer, Plan, Posting
from dispatch.domain.board import Counts
from dispatch.domain.chain import Mark
from dispatch.domain.docket.absence import Days, Met
from dispatch.domain.findings import FindingKind
from dispatch.domain.ledger import Entry, EntryKind
from dispatch.domain.lifecycle import OPEN, UNDECIDED, Event
from dispatch.domain.policy.chain_schema import Chain
from dispatch.domain.states import AmendmentState, ClaimState, GivingBack, OfferState, PlanState, PostingState, Review
from dispatch.domain.vocabulary import ModeName, PairKind, Status
from dispatch.registry import board, findings, offers
from dispatch.registry.docket import absences, caseload
from dispatch.registry.due import cases as due_cases
from dispatch.registry.jobs import requests
from dispatch.registry.life import LifeHost
from dispatch.registry.reads import waiting_amendments, wished
from dispatch.registry.records import own
from dispatch.registry.tables import (
    AdjustmentRow,
    AmendmentRow,
    AssignmentRow,
    CaseRow,
    ClaimRow,
    DesignationRow,
    LedgerRow,
    OfferRow,
    PairRow,
    PlanRow,
    PostingRow,
    WishRow,
)

MAX_REASON = 80


class RegisterHost(LifeHost):
    """A centre that decides on what leads a case to its practitioner, and on what follows."""

    def case(self, case_id: str) -> CaseRow:
        """Return a case of this centre, locked."""
        self.session.flush()
        return self.tx.lock(CaseRow, case_id, self.centre_id)

    def cases(self, case_ids: Collection[str]) -> Mapping[str, CaseRow]:
        """Load them by portions, with their time limits."""
        found = caseload.load_cases(self.session, self.centre_id, case_ids)
        self.load_clocks(found)
        return found

    def advance(
        self,
        case: Case,
        event: Event,
        mode: ModeName | None = None,
        facts: Facts | None = None,
        before: Status | None = None,
    ) -> None:
        """Move the row, and tell those outside who asked for it; nobody has to agree to who is named any more."""
        undecided = case.status in UNDECIDED
        self.tx.advance(own(CaseRow, case), event, self.actor, self.now, mode, facts, before)
        if undecided and case.status not in UNDECIDED:
            waiting = (col(DesignationRow.case_id) == case.id, col(DesignationRow.state) == Review.WAITING)
            self.session.exec(update(DesignationRow).where(*waiting).values(state=Review.LAPSED))
        if case.status not in OPEN:
            self.session.flush()
            for waiting_change in waiting_amendments(self.session, case.id):
                self.end_amendment(waiting_change, AmendmentState.LAPSED)

    def end_amendment(self, row: AmendmentRow, became: AmendmentState) -> None:
        """Let a change of a case wait no more, and nobody be asked to look at it."""
        row.state = became
        findings.close(self.tx, FindingKind.AMENDMENT_WAITING, row.id, self.now)

    def note(self, case: Case, mark: Mark | Event, mode: ModeName | None = None, facts: Facts | None = None) -> None:
        """Write a row of the history, and tell those outside who asked for it."""
        self.tx.record(own(CaseRow, case), mark, self.actor, self.now, case.status, mode, facts)

    def touch(self, case: Case, *, moved: bool = False) -> None:
        """Count a revision."""
        row = own(CaseRow, case)
        row.revision += 1
        if moved:
            row.updated_at = self.now

    def refuse(self, case: Case, practitioner_id: str, kinds: Collection[PairKind]) -> None:
        """Add what is not known of the pair yet."""
        pair = (PairRow.case_id == case.id, PairRow.practitioner_id == practitioner_id)
        known = set(self.session.exec(select(PairRow.kind).where(*pair)))
        for kind in [kind for kind in kinds if kind not in known]:
            self._add(PairRow, case_id=case.id, practitioner_id=practitioner_id, kind=kind, created_at=self.now)

    def taken(self, case_ids: Collection[str]) -> Mapping[str, set[int]]:
        """Load the live assignments' seats."""
        return caseload.load_taken(self.session, self.centre_id, case_ids)

    def was_planned(self, case_id: str) -> bool:
        """Look for any plan."""
        return offers.last_plan(self.session, case_id) is not None

    def add_plan(self, case: Case, chain: Chain) -> PlanRow:
        """Add a row before the first step."""
        return self._add(
            PlanRow,
            case_id=case.id,
            policy_id=self.in_force.id,
            chain=chain.code,
            step=0,
            mode=chain.steps[0].mode,
            state=PlanState.OPEN,
            began_at=self.now,
            started_at=self.now,
            ends_at=self.now,
        )

    def end_plan(self, case_id: str, became: PlanState) -> None:
        """End the row that is open."""
        offers.end_plan(self.tx, case_id, became, self.now)

    def wished(self, case: Case) -> Sequence[str]:
        """Find them by rank."""
        return wished(self.session, case.id)

    def set_wishes(self, case: Case, practitioner_ids: Sequence[str]) -> None:
        """Put rows in place of those there are."""
        self.session.exec(delete(WishRow).where(col(WishRow.case_id) == case.id))
        for rank, id in enumerate(practitioner_ids, start=1):
            self._add(WishRow, case_id=case.id, practitioner_id=id, rank=rank)

    def asked_wishes(self, case: Case, plan: Plan) -> Sequence[OfferRow]:
        """Find the offers of this plan."""
        return offers.asked_wishes(self.session, case.id, own(PlanRow, plan).id)

    def pending_offers(self, case_id: str) -> Sequence[OfferRow]:
        """Find them in their order."""
        return offers.pending_offers(self.session, case_id)

    def add_offers(
        self,
        case: Case,
        seat: int,
        practitioner_ids: Sequence[str],
        decision: Decision,
        plan: Plan | None,
        expires_at: datetime,
    ) -> Sequence[OfferRow]:
        """Add a row for each."""
        plain: dict[str, Any] = {
            "case_id": case.id,
            "seat": seat,
            "mode": decision.mode,
            "policy_id": self.in_force.id,
            "plan_id": own(PlanRow, plan).id if plan else None,
            "run_id": decision.run_id,
            "state": OfferState.PENDING,
            "offered_by": self.user_id,
            "offered_at": self.now,
            "expires_at": expires_at,
        }
        return [self._add(OfferRow, practitioner_id=id, **plain) for id in practitioner_ids]

    def end_offer(
        self,
        offer: Offer,
        state: OfferState,
        reason: GivingBack | None = None,
        waived_until: datetime | None = None,
    ) -> None:
        """Note the answer and its moment, and until when it puts others first."""
        row = own(OfferRow, offer)
        row.state, row.reason, row.answered_at, row.waived_until = state, reason, self.now, waived_until

    def withdraw_offers(self, case_id: str) -> None:
        """End them in one statement."""
        offers.withdraw_offers(self.tx, case_id, self.now)

    def fill_offer(self, offer: Offer, assignment: Assignment) -> None:
        """Point at the assignment, which is stored already."""
        row = own(OfferRow, offer)
        row.assignment_id, row.seat = assignment.id, assignment.seat

    def add_posting(self, case: Case, sealed_until: datetime, ends_at: datetime, plan: Plan | None) -> PostingRow:
        """Add a row."""
        return self._add(
            PostingRow,
            case_id=case.id,
            plan_id=own(PlanRow, plan).id if plan else None,
            state=PostingState.OPEN,
            posted_by=self.user_id,
            posted_at=self.now,
            sealed_until=sealed_until,
            ends_at=ends_at,
        )

    def leave_board(self, case_id: str, became: PostingState) -> None:
        """End the posting and its open claims, a statement each."""
        offers.leave_board(self.tx, case_id, became, self.now)

    def open_claims(self, case_id: str) -> Sequence[ClaimRow]:
        """Find them in their order."""
        return offers.open_claims(self.session, case_id)

    def new_claim(self, posting: Posting, practitioner_id: str) -> ClaimRow:
        """Make a row that is not in the transaction yet."""
        return ClaimRow(
            centre_id=self.centre_id,
            case_id=posting.case_id,
            posting_id=posting.id,
            practitioner_id=practitioner_id,
            state=ClaimState.OPEN,
            claimed_at=self.now,
        )

    def keep_claim(self, claim: Claim) -> None:
        """Put it into the transaction."""
        self.tx.add(own(ClaimRow, claim))

    def count_claims(self, practitioner_id: str) -> Counts:
        """Count with what this decision has settled so far."""
        return board.count_claims(self.session, practitioner_id, self.now, self.policy.grab)

    def lose_claim(self, claim: Claim, reason: str) -> None:
        """Note the reason as far as there is room for it."""
        row = own(ClaimRow, claim)
        row.state, row.reason, row.settled_at = ClaimState.LOST, reason[:MAX_REASON], self.now

    def win_claim(self, claim: Claim, assignment: Assignment) -> None:
        """Point at the assignment, which must be stored first."""
        row = own(ClaimRow, claim)
        row.state, row.settled_at = ClaimState.WON, self.now
        self.session.flush()
        row.assignment_id = assignment.id

    def add_assignment(self, award: Award) -> AssignmentRow:
        """Add a row; it is not stored yet."""
        decision = award.decision
        return self.tx.add(
            AssignmentRow(
                centre_id=self.centre_id,
                case_id=award.case.id,
                seat=award.seat,
                practitioner_id=award.practitioner.id,
                institution_id=award.practitioner.institution_id,
                mode=decision.mode,
                policy_id=decision.policy_id or self.in_force.id,
                run_id=decision.run_id,
                decided_by=self.user_id,
                reason=award.reason,
                pool=award.pool,
                assigned_at=self.now,
                accepted_at=self.now if decision.event is Event.ACCEPT else None,
            )
        )

    def asked(self) -> Mapping[str, Collection[str]]:
        """Ask for the open offers of this centre."""
        return absences.open_questions(self.session, self.centre_id)

    def asked_absent(self) -> Mapping[str, Collection[str]]:
        """Ask for the offers of this centre."""
        return absences.asked_absent(self.session, self.centre_id, self.now)

    def entrusted_absent(self) -> Collection[str]:
        """Ask for the arrangements of this centre."""
        return absences.entrusted_absent(self.session, self.centre_id, self.now)

    def looked_at(self) -> None:
        """Note the day with every absence that has ended, and with those that go on in parts."""
        absences.look_at(self.session, self.centre_id, self.now)

    def adjust(
        self,
        practitioner_id: str,
        entry: Entry,
        share: Fraction,
        days: Days | None = None,
        reason: str | None = None,
        undoes: str | None = None,
    ) -> AdjustmentRow:
        """Add a row to the ledger, and one that says why."""
        plain = self._entry(practitioner_id, entry) | {"share": str(share)}
        self.tx.add(LedgerRow(**plain))
        since, until = days or (None, None)
        why: dict[str, Any] = {"reason": reason, "from_on": since, "until_on": until, "undoes_id": undoes}
        return self.tx.add(AdjustmentRow(**plain, **why, made_by=self.user_id))

    def undo_return(self, practitioner_id: str, met: Met) -> None:
        """Add the same with the other sign, which points at what it takes back."""
        entry = Entry(EntryKind.RETURN, -met.turns, -met.effort)
        self.adjust(practitioner_id, entry, met.share, met.days, undoes=met.id)

    def join_run(self) -> None:
        """Let every waiting case go with a queued run."""
        requests.join_run(self.tx, self.actor, self.now, self.centre_id, self.in_force.id)

    def ask_for_plans(self, cases: Sequence[Case]) -> None:
        """Leave a message for each, unless they are many."""
        requests.ask_for_plans(self.tx, [own(CaseRow, case) for case in cases], self.now)

    def open_run(self) -> None:
        """Queue a run over every waiting case."""
        pending = due_cases.list_pending(self.session, self.centre_id)
        requests.open_run(self.tx, self.actor, self.now, self.centre_id, self.in_force.id, pending)

    def waiting_since(self) -> datetime | None:
        """Ask for this centre."""
        return due_cases.waiting_since(self.session, self.centre_id)

    def uncalled(self, until: datetime, called_since: datetime) -> Sequence[tuple[str, datetime]]:
        """Ask for this centre."""
        return due_cases.list_uncalled(self.session, self.centre_id, until, called_since)
