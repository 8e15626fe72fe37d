"""What people do when they are asked: as recorded, or by a calibrated model with a seed.

Every throw is a hash of the seed, the question and the two concerned. So two policies that ask the same
pair get the same answer, whatever else they did before (common random numbers).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from math import exp, log
from statistics import NormalDist
from typing import NamedTuple, Protocol, TypeVar

from dispatch.casework.replacement import ReplacementDecision
from dispatch.domain.docket.absence import AbsenceKind
from dispatch.domain.office import OfficeHours
from dispatch.domain.period import Period
from dispatch.domain.states import Asker, GivingBack, ReplacementGround

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
GROUNDS = {
    # why a replacement is asked for; share; estimates
    ReplacementGround.DISTRUST: 0.40,
    ReplacementGround.NEGLECT:  0.25,
    ReplacementGround.HEALTH:   0.15,
    ReplacementGround.CONFLICT: 0.10,
    ReplacementGround.OBSTACLE: 0.10,
}
ASKERS = {
    # grounds on the recipient's side; for all others the practitioner asks
    ReplacementGround.DISTRUST: Asker.RECIPIENT,
    ReplacementGround.NEGLECT:  Asker.RECIPIENT,
}
# fmt: on

Word = TypeVar("Word")


class Answer(NamedTuple):
    """What someone says, after so many office hours."""

    accept: bool
    after_hours: float
    reason: GivingBack | None = None


class Arranging(NamedTuple):
    """What an institution does after so many office hours: it names its person, or gives the case back for a reason."""

    after_hours: float
    reason: GivingBack | None = None


class ChangeRequest(NamedTuple):
    """A request to replace someone, so long after they accepted."""

    after: timedelta
    asker: Asker
    ground: ReplacementGround


class Decided(NamedTuple):
    """What a manager decides on a request, after so many office hours."""

    after_hours: float
    verdict: ReplacementDecision


class HandOver(NamedTuple):
    """Someone who cannot go on, and whose open cases all go to others then."""

    practitioner_id: str
    at: datetime
    ground: ReplacementGround


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

    def signs(self, case_id: str, practitioner_id: str) -> timedelta | None:
        """Return after what time the agreement is signed; None where an obstacle prevents it."""

    def begins(self, case_id: str, practitioner_id: str) -> timedelta:
        """Return after what time the work on an accepted case begins."""

    def works(self, case_id: str, practitioner_id: str) -> timedelta:
        """Return how long an accepted case stays open."""

    def entrusts(self, case_id: str, institution_ids: Sequence[str]) -> str | None:
        """Return to which institution an officer gives a granted case; None where it takes its chain or a run."""

    def arranges(self, case_id: str, institution_id: str) -> Arranging | None:
        """Return what an institution does about a case given to it; None is nothing."""

    def names(self, case_id: str, institution_id: str, practitioner_ids: Sequence[str]) -> str:
        """Return whom an institution names, of those of its people who may take the case."""

    def asks_change(self, case_id: str, practitioner_id: str) -> ChangeRequest | None:
        """Return when and why a replacement is asked for; None is never."""

    def decides(self, case_id: str, practitioner_id: str) -> Decided:
        """Return what is decided on a request to replace someone."""

    def hand_overs(self, period: Period, office: OfficeHours) -> Iterator[HandOver]:
        """Yield whose open cases are handed over in the period."""

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
    signs_share : float
        Share of accepted cases whose agreement is signed.
    changes_share : float
        Share of accepted cases in which a replacement is asked for.
    agrees_share, keeps_share : float
        Share of these requests that are agreed to; share of those in which the institution keeps the case.
    entrusted_share : float
        Share of granted cases that an officer gives to an institution.
    arrange_gives_back, arrange_silent : float
        Shares of cases given to an institution that it gives back, or does nothing about.
    answer_hours, claim_hours, confirm_hours, arrange_hours, decide_hours : float
        Mean office hours.
    sign_days : float
        Mean days until the agreement is signed, and until work begins where it is not.
    open_days : float
        Median of the days an accepted case stays open.
    away_days : int
        Leave of at least so many days has all open cases handed over.
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
    signs_share: float = 0.95
    sign_days: float = 2.0
    changes_share: float = 0.01
    agrees_share: float = 0.60
    keeps_share: float = 0.70
    decide_hours: float = 12.0
    entrusted_share: float = 0.0
    arrange_gives_back: float = 0.05
    arrange_silent: float = 0.02
    arrange_hours: float = 4.0
    away_days: int = 21
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
        return Answer(False, after, self._one_of(REASONS, "reason", case_id, practitioner_id))

    def answer_assignment(self, case_id: str, practitioner_id: str) -> Answer | None:
        """Accept what was assigned, or decline it with a reason."""
        after = self._waiting("stand_after", self.answer_hours, case_id, practitioner_id)
        stands = self._throw("stand", case_id, practitioner_id) < self.stands
        return Answer(stands, after, None if stands else self._one_of(REASONS, "reason", case_id, practitioner_id))

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
        """Return a log-normal time that is the case's own, no matter who has it."""
        throw = min(max(self._throw("work", case_id), 1e-9), 1 - 1e-9)
        return DAY * (self.open_days * exp(SPREAD * NormalDist().inv_cdf(throw)))

    def signs(self, case_id: str, practitioner_id: str) -> timedelta | None:
        """Sign most agreements within a few days."""
        if self._throw("sign", case_id, practitioner_id) >= self.signs_share:
            return None
        return DAY * self._waiting("sign_after", self.sign_days, case_id, practitioner_id)

    def begins(self, case_id: str, practitioner_id: str) -> timedelta:
        """Begin when the agreement is signed, or when it should have been."""
        return DAY * self._waiting("sign_after", self.sign_days, case_id, practitioner_id)

    def entrusts(self, case_id: str, institution_ids: Sequence[str]) -> str | None:
        """Give a share of the cases to institutions, to each alike."""
        if self._throw("entrust", case_id) >= self.entrusted_share or not institution_ids:
            return None
        return institution_ids[int(self._throw("entrust_to", case_id) * len(institution_ids))]

    def arranges(self, case_id: str, institution_id: str) -> Arranging | None:
        """Name someone, give the case back with a reason, or do nothing."""
        thrown = self._throw("arrange", case_id, institution_id)
        if thrown >= 1 - self.arrange_silent:
            return None
        gives_back = thrown < self.arrange_gives_back
        after = self._waiting("arrange_after", self.arrange_hours, case_id, institution_id)
        return Arranging(after, self._one_of(REASONS, "reason", case_id, institution_id) if gives_back else None)

    def names(self, case_id: str, institution_id: str, practitioner_ids: Sequence[str]) -> str:
        """Name anyone."""
        return min(practitioner_ids, key=lambda id: self._throw("name", case_id, id))

    def asks_change(self, case_id: str, practitioner_id: str) -> ChangeRequest | None:
        """Ask in a small share of cases within the first half of the work."""
        if self._throw("change", case_id, practitioner_id) >= self.changes_share:
            return None
        ground = self._one_of(GROUNDS, "change_ground", case_id, practitioner_id)
        half = 0.5 * self._throw("change_after", case_id, practitioner_id)
        return ChangeRequest(
            self.works(case_id, practitioner_id) * half, ASKERS.get(ground, Asker.PRACTITIONER), ground
        )

    def decides(self, case_id: str, practitioner_id: str) -> Decided:
        """Agree to most requests, and let the institution keep most of the cases."""
        agrees = self._throw("agree", case_id, practitioner_id) < self.agrees_share
        keeps = self._throw("keep", case_id, practitioner_id) < self.keeps_share
        after = self._waiting("decide_after", self.decide_hours, case_id, practitioner_id)
        return Decided(after, ReplacementDecision(agrees, keeps))

    def hand_overs(self, period: Period, office: OfficeHours) -> Iterator[HandOver]:
        """Hand over where someone is away for long, or leaves."""
        for absence in period.absences:
            leave = absence.kind is AbsenceKind.LEAVE and absence.whole
            if leave and absence.until_on and (absence.until_on - absence.from_on).days + 1 >= self.away_days:
                yield HandOver(absence.who, _morning(office, absence.from_on), ReplacementGround.HEALTH)
        for tenure in period.tenures:
            if tenure.until_on and not _goes_on(period, tenure.person.id, tenure.until_on):
                yield HandOver(tenure.person.id, _morning(office, tenure.until_on), ReplacementGround.LEFT)

    def confirms_after_hours(self) -> float:
        """Return the same time for every run."""
        return self.confirm_hours

    def _one_of(self, shares: Mapping[Word, float], *words: str) -> Word:
        throw = self._throw(*words)
        for word, share in shares.items():
            if (throw := throw - share) < 0:
                return word
        return next(reversed(list(shares)))

    def _waiting(self, what: str, mean: float, *words: str) -> float:
        return -mean * log(1 - self._throw(what, *words))

    def _throw(self, *words: str) -> float:
        return throw(self.seed, *words)


def throw(seed: int, *words: str) -> float:
    """Return a number from 0 to 1, the latter excluded, that follows from the words alone."""
    digest = blake2b("\n".join((str(seed), *words)).encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / 2**53


def _morning(office: OfficeHours, day: date) -> datetime:
    return office.after(datetime.combine(day, time(), office.zone), 0)


def _goes_on(period: Period, practitioner_id: str, day: date) -> bool:
    return any(each.person.id == practitioner_id and each.from_on <= day < (each.until_on or date.max)
               for each in period.tenures)  # fmt: skip
