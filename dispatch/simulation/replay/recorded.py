"""Behaviour as it was recorded where the same pair was asked, and a model fitted to the rest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean, median

from dispatch.domain.office import OfficeHours
from dispatch.domain.record import Record, RecordedAnswer
from dispatch.domain.states import GivingBack
from dispatch.simulation.replay.behaviour import DAY, Answer, Model

FEWEST = 20
"""With fewer answers than this a share is taken from the model unchanged."""

MINUTE_HOURS = 1 / 60


def fitted(record: Record, office: OfficeHours, seed: int, listed: int) -> Model:
    """Return a model with the shares and times of the record, where there are enough of them."""
    plain = Model(seed=seed)
    offers, assignments = list(record.offers.values()), list(record.assignments.values())
    spoken = [answer for answer in (*offers, *assignments) if answer.answered_at]
    worked = [took / DAY for took in record.worked.values()]
    waited = [office.between(done, applied) for done, applied in record.confirmed]
    claims = [office.between(each.posted_at, each.claimed_at) for found in record.claims.values() for each in found]
    chances = record.postings * listed
    undertaken = len(record.worked) + len(record.given_back)
    return Model(
        seed=seed,
        accepts=_share(offers, True, plain.accepts),
        silent=_share(offers, None, plain.silent),
        stands=_share(assignments, True, plain.stands),
        claims_share=len(claims) / chances if record.postings >= FEWEST and chances else plain.claims_share,
        gives_back_share=len(record.given_back) / undertaken if undertaken >= FEWEST else plain.gives_back_share,
        answer_hours=_mean([_hours(answer, office) for answer in spoken], plain.answer_hours),
        claim_hours=_mean(claims, plain.claim_hours),
        confirm_hours=median(waited) if waited else plain.confirm_hours,
        open_days=max(median(worked), 1.0) if len(worked) >= FEWEST else plain.open_days,
        on_chains=bool(record.planned),
    )


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

    def gives_back(self, case_id: str, practitioner_id: str) -> timedelta | None:
        """Give a case back as recorded; who carried it through does not."""
        pair = (case_id, practitioner_id)
        if pair in self.record.worked:
            return None
        return self.record.given_back.get(pair) or self.model.gives_back(case_id, practitioner_id)

    def works(self, case_id: str, practitioner_id: str) -> timedelta:
        """Work as long as recorded."""
        return self.record.worked.get((case_id, practitioner_id)) or self.model.works(case_id, practitioner_id)

    def confirms_after_hours(self) -> float:
        """Confirm a run after the usual time."""
        return self.model.confirms_after_hours()

    def _answer(self, answer: RecordedAnswer) -> Answer | None:
        if answer.accept is None or answer.answered_at is None:
            return None
        after = max(_hours(answer, self.office), MINUTE_HOURS)
        return Answer(answer.accept, after, None if answer.accept else answer.reason or GivingBack.OTHER)


def _share(answer: list[RecordedAnswer], wanted: bool | None, otherwise: float) -> float:
    return sum(each.accept is wanted for each in answer) / len(answer) if len(answer) >= FEWEST else otherwise


def _mean(values: list[float], otherwise: float) -> float:
    return fmean(values) if len(values) >= FEWEST else otherwise


def _hours(answer: RecordedAnswer, office: OfficeHours) -> float:
    return office.between(answer.asked_at, answer.answered_at) if answer.answered_at else 0.0
