"""Behaviour as it was recorded where the same pair was asked, and a model fitted to the rest."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from dispatch.casework.replacement import ReplacementDecision
from dispatch.domain.office import OfficeHours
from dispatch.domain.period import Period
from dispatch.domain.record import Record, RecordedAnswer
from dispatch.domain.states import GivingBack
from dispatch.simulation.replay.behaviour import Answer, Arranging, ChangeRequest, Decided, HandOver, Model

MINUTE_HOURS = 1 / 60


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the record says of a pair; of pairs it does not know, what the model says."""

    record: Record
    model: Model
    office: OfficeHours

    def planned(self, case_id: str) -> bool:
        """Put a case on its chain as it was, or as most were."""
        return case_id in self.record.planned or self.model.planned(case_id)

    def answer(self, case_id: str, practitioner_id: str) -> Answer | None:
        """Answer an offer as recorded, be it silence."""
        answer = self.record.offers.get((case_id, practitioner_id))
        return self._answer(answer) if answer else self.model.answer(case_id, practitioner_id)

    def answer_assignment(self, case_id: str, practitioner_id: str) -> Answer | None:
        """Answer an assignment as recorded; who accepted the offer of a case would have kept it too."""
        pair = (case_id, practitioner_id)
        answer = self.record.assignments.get(pair) or self.record.offers.get(pair)
        return self._answer(answer) if answer else self.model.answer_assignment(case_id, practitioner_id)

    def claims(self, case_id: str, practitioner_ids: Iterable[str]) -> Iterator[tuple[str, float]]:
        """Claim as recorded where the case was on the board, else as the model does."""
        may = set(practitioner_ids)
        if case_id not in self.record.claims:
            yield from self.model.claims(case_id, sorted(may))
            return
        for wanted in self.record.claims[case_id]:
            if wanted.practitioner_id in may:
                yield wanted.practitioner_id, self.office.between(wanted.posted_at, wanted.claimed_at)

    def signs(self, case_id: str, practitioner_id: str) -> timedelta | None:
        """Sign as recorded, or not."""
        pair = (case_id, practitioner_id)
        return self.record.signed[pair] if pair in self.record.signed else self.model.signs(case_id, practitioner_id)

    def begins(self, case_id: str, practitioner_id: str) -> timedelta:
        """Begin as recorded."""
        return self.record.begun.get((case_id, practitioner_id)) or self.model.begins(case_id, practitioner_id)

    def gives_back(self, case_id: str, practitioner_id: str) -> timedelta | None:
        """Give a case back as recorded; who carried it through, or was still at it, does not."""
        if back := self.record.given_back.get((case_id, practitioner_id)):
            return back
        return None if self._stayed(case_id, practitioner_id) else self.model.gives_back(case_id, practitioner_id)

    def asks_change(self, case_id: str, practitioner_id: str) -> ChangeRequest | None:
        """Ask for another one as recorded; of who carried it through, or was still at it, nobody else did."""
        if change := self.record.changes.get((case_id, practitioner_id)):
            return ChangeRequest(change.after, change.asker, change.ground)
        return None if self._stayed(case_id, practitioner_id) else self.model.asks_change(case_id, practitioner_id)

    def decides(self, case_id: str, practitioner_id: str) -> Decided:
        """Decide as recorded."""
        change = self.record.changes.get((case_id, practitioner_id))
        if change is None or change.agreed is None or change.decided_at is None:
            return self.model.decides(case_id, practitioner_id)
        after = self.office.between(change.asked_at, change.decided_at)
        return Decided(max(after, MINUTE_HOURS), ReplacementDecision(change.agreed, bool(change.same_institution)))

    def works(self, case_id: str, practitioner_id: str) -> timedelta:
        """Work as long as recorded; what was still open at the end took longer than that."""
        pair = (case_id, practitioner_id)
        if took := self.record.worked.get(pair):
            return took
        return max(self.model.works(case_id, practitioner_id), self.record.still_open.get(pair, timedelta(0)))

    def entrusts(self, case_id: str, institution_ids: Sequence[str]) -> str | None:
        """Give to an institution what an officer gave to it."""
        home = self.record.entrusted.get(case_id)
        return home if home in institution_ids else None

    def arranges(self, case_id: str, institution_id: str) -> Arranging | None:
        """Name someone, or give the case back, as recorded, be it silence."""
        answer = self.record.arranged.get((case_id, institution_id))
        if answer is None:
            return self.model.arranges(case_id, institution_id)
        if answer.silent:
            return None
        return Arranging(max(self.office.between(answer.given_at, answer.ended_at), MINUTE_HOURS), answer.reason)

    def names(self, case_id: str, institution_id: str, practitioner_ids: Sequence[str]) -> str:
        """Name who was named, if they may take the case."""
        answer = self.record.arranged.get((case_id, institution_id))
        who = answer.practitioner_id if answer else None
        if who is not None and who in practitioner_ids:
            return who
        return self.model.names(case_id, institution_id, practitioner_ids)

    def hand_overs(self, period: Period, office: OfficeHours) -> Iterator[HandOver]:
        """Hand over the cases of those whose cases were, whichever they have by then."""
        return (HandOver(*each) for each in self.record.handed_over)

    def confirms_after_hours(self) -> float:
        """Confirm a run after the usual time."""
        return self.model.confirms_after_hours()

    def _stayed(self, case_id: str, practitioner_id: str) -> bool:
        pair = (case_id, practitioner_id)
        return pair in self.record.worked or pair in self.record.still_open

    def _answer(self, answer: RecordedAnswer) -> Answer | None:
        if answer.accept is None or answer.answered_at is None:
            return None
        after = max(self.office.between(answer.asked_at, answer.answered_at), MINUTE_HOURS)
        return Answer(answer.accept, after, None if answer.accept else answer.reason or GivingBack.OTHER)
