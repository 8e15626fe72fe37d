"""What people do when they are asked: as recorded, or by a calibrated model with a seed.

Every throw is a hash of the seed, the question and the two concerned. So two policies that ask the same
pair get the same answer, whatever else they did before (common random numbers).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from math import exp, log
from statistics import NormalDist
from typing import NamedTuple, Protocol

from dispatch.domain.states import GivingBack

DAY = timedelta(days=1)
SPREAD = 0.6
"""Spread of working times, as the deviation of their logarithm."""

# fmt: off
REASONS = {
    # why someone declines: share; estimates
    GivingBack.BUSY:      0.50,
    GivingBack.AWAY:      0.20,
    GivingBack.SPECIALTY: 0.12,
    GivingBack.DISTANCE:  0.08,
    GivingBack.CONFLICT:  0.05,
    GivingBack.HEALTH:    0.03,
    GivingBack.OTHER:     0.02,
}
# fmt: on


class Answer(NamedTuple):
    """What someone says, after so many office hours."""

    accept: bool
    after_hours: float
    reason: GivingBack | None = None


class Behaviour(Protocol):
    """Everything that people, not rules, decide."""

    def planned(self, case_id: str) -> bool:
        """Tell whether the case is put on its chain when it is granted, or waits for a run."""

    def answer(self, case_id: str, practitioner_id: str) -> Answer | None:
        """Return the answer to an offer; None is silence."""

    def answer_assignment(self, case_id: str, practitioner_id: str) -> Answer | None:
        """Return the answer to an assignment nobody asked about; None is silence."""

    def claims(self, case_id: str, practitioner_ids: Iterable[str]) -> Iterator[tuple[str, float]]:
        """Yield who claims a posted case, and after how many office hours."""

    def gives_back(self, case_id: str, practitioner_id: str) -> timedelta | None:
        """Return after what time an accepted case is given back; None is never."""

    def works(self, case_id: str, practitioner_id: str) -> timedelta:
        """Return how long an accepted case stays open."""

    def confirms_after_hours(self) -> float:
        """Return the office hours from a run to its confirmation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """
    A behaviour drawn from a few shares and times.

    Parameters
    ----------
    accepts, silent : float
        Shares of offers; the rest is declined.
    stands : float
        Share of assignments nobody was asked about that are accepted.
    claims_share : float
        Share of those who may claim a posted case who do.
    gives_back_share : float
        Share of accepted cases that are given back.
    answer_hours, claim_hours, confirm_hours : float
        Mean office hours.
    open_days : float
        Median of the days an accepted case stays open.
    """

    seed: int
    accepts: float = 0.80
    silent: float = 0.06
    stands: float = 0.95
    claims_share: float = 0.02
    gives_back_share: float = 0.01
    answer_hours: float = 2.0
    claim_hours: float = 0.5
    confirm_hours: float = 0.5
    open_days: float = 60.0
    on_chains: bool = True

    def planned(self, case_id: str) -> bool:
        """Put every case on its chain, or none."""
        return self.on_chains

    def answer(self, case_id: str, practitioner_id: str) -> Answer | None:
        """Accept, decline with a reason, or say nothing."""
        thrown = self._throw("answer", case_id, practitioner_id)
        if thrown >= 1 - self.silent:
            return None
        after = self._waiting("answer_after", self.answer_hours, case_id, practitioner_id)
        if thrown < self.accepts:
            return Answer(True, after)
        return Answer(False, after, self._reason(case_id, practitioner_id))

    def answer_assignment(self, case_id: str, practitioner_id: str) -> Answer | None:
        """Accept what was assigned, or decline it with a reason."""
        after = self._waiting("stand_after", self.answer_hours, case_id, practitioner_id)
        stands = self._throw("stand", case_id, practitioner_id) < self.stands
        return Answer(stands, after, None if stands else self._reason(case_id, practitioner_id))

    def claims(self, case_id: str, practitioner_ids: Iterable[str]) -> Iterator[tuple[str, float]]:
        """Let a small share of those who may claim do so."""
        for id in practitioner_ids:
            if self._throw("claim", case_id, id) < self.claims_share:
                yield id, self._waiting("claim_after", self.claim_hours, case_id, id)

    def gives_back(self, case_id: str, practitioner_id: str) -> timedelta | None:
        """Give a small share back within the first half of the work."""
        if self._throw("give_back", case_id, practitioner_id) >= self.gives_back_share:
            return None
        return self.works(case_id, practitioner_id) * (0.5 * self._throw("give_back_after", case_id, practitioner_id))

    def works(self, case_id: str, practitioner_id: str) -> timedelta:
        """Return a log-normal time that is the case's own, whoever has it."""
        throw = min(max(self._throw("work", case_id), 1e-9), 1 - 1e-9)
        return DAY * (self.open_days * exp(SPREAD * NormalDist().inv_cdf(throw)))

    def confirms_after_hours(self) -> float:
        """Return the same time for every run."""
        return self.confirm_hours

    def _reason(self, case_id: str, practitioner_id: str) -> GivingBack:
        throw = self._throw("reason", case_id, practitioner_id)
        for reason, share in REASONS.items():
            if (throw := throw - share) < 0:
                return reason
        return GivingBack.OTHER

    def _waiting(self, what: str, mean: float, *words: str) -> float:
        return -mean * log(1 - self._throw(what, *words))

    def _throw(self, *words: str) -> float:
        return throw(self.seed, *words)


def throw(seed: int, *words: str) -> float:
    """Return a number from 0 to 1, the latter excluded, that follows from the words alone."""
    digest = blake2b("\n".join((str(seed), *words)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / 2**53
