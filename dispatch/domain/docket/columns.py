"""The facts of a docket as columns: cases are (n, 1), practitioners (1, m), so that a rule is a plain expression."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.codes import Codes, Vocabulary, key_of, term_column
from dispatch.domain.docket.facts import CaseFacts, InstitutionFacts, PractitionerFacts
from dispatch.domain.eligibility.kleene import NO, UNKNOWN, YES, Truths, truths
from dispatch.domain.eligibility.soft_rules import bits_of
from dispatch.domain.policy.schema import Policy
from dispatch.domain.quality import quality_of
from dispatch.domain.shares import in_rotation, owed, shares_of
from dispatch.domain.stages import UPWARDS, reviews_death, treats_compulsorily
from dispatch.domain.texts.organs import organ_key
from dispatch.domain.vocabulary import (
    MANDARIN,
    ON_NOTICE,
    InstitutionKind,
    Matter,
    PractitionerKind,
    ReviewCourt,
    Service,
    Sex,
    Stage,
)

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Keys = NDArray[np.uint64]
Fractions = NDArray[np.object_]
"""Exact: each entry is a Fraction."""

WITHOUT_CAP = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class CaseColumns:
    """One row a seat, shape (n, 1). Codes are -1 where unknown; claims are truths."""

    matter: Codes
    service: Codes
    stage: Codes
    cause: Codes
    area: Codes
    organ: Codes
    languages: Codes
    categories: Codes
    domiciles: Codes
    court_area: Codes
    lead_before: Keys
    """Key of who acted at first instance, where the case is at second instance or in retrial; else 0."""
    second_before: Keys
    recipient_sex: Codes
    minor: Truths
    grave: Truths
    sexual_assault: Truths
    death_review: Truths
    supreme_review: Truths
    on_notice: Truths
    interpreter: Truths
    compulsory_treatment: Truths
    relaxed: Integers
    """Soft rules that no longer refuse anybody here, as ``relaxation.bits_of`` tells them."""
    woman_waived: Truths
    """Yes where no woman is feasible, so that the rule for girls yields with a recorded reason."""

    def take(self, rows: Integers) -> Self:
        """Return the columns of some rows."""
        if len(rows) == len(self.matter) == 1:
            # One case is all there is in most questions of a day.
            return self
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


@dataclass(frozen=True, slots=True, eq=False)
class PractitionerColumns:
    """One column a practitioner, shape (1, m). NaN, -1 and the truth *unknown* stand for unknown."""

    key: Keys
    """Hash of the id."""
    kind: Codes
    sex: Codes
    listed: Truths
    on_leave: Truths
    suspended: Truths
    assessed: Truths
    assessment_passed: Truths
    minor_trained: Truths
    legal_qualification: Truths
    left_office_recently: Truths
    practice_years: Numbers
    criminal_defence_years: Numbers
    quality: Codes
    room: Integers
    """Cases still free under the cap: cap less load, at least 0."""
    month_room: Integers
    asked: Integers
    waived: Integers
    load: Integers
    cap: Integers
    turns: Fractions
    """Turns in the ledger, each divided by the share it was taken at."""
    effort: Fractions
    share: Fractions
    """Entitled share today: twice the share, twice the turns."""
    present: Flags
    """Whether they take part in the rotation of the day: no absence of any kind keeps them from it."""
    away_now: Flags
    """Whether they asked not to be called at this part of the day."""
    owed: Integers
    """Cases that lack to the floor of the year."""
    waiting_since: Numbers
    """Seconds since the epoch; positive infinity where no turn is recorded."""
    institution: Codes
    institution_kind: Codes
    institution_suspended: Truths
    institution_room: Integers


def whole_years(since: date | None, today: date) -> float:
    """Return the completed years from `since` to `today`, NaN where unknown."""
    if since is None:
        return np.nan
    return today.year - since.year - ((today.month, today.day) < (since.month, since.day))


def left_recently(practitioner: PractitionerFacts, today: date, years: int) -> np.uint8:
    """Return whether someone left a court or procuratorate less than `years` ago."""
    if practitioner.former_offices is None:
        return UNKNOWN
    left = [whole_years(office.left_on, today) for office in practitioner.former_offices]
    if any(passed < years for passed in left):
        return YES
    return UNKNOWN if any(np.isnan(passed) for passed in left) else NO


def practitioner_columns(
    practitioners: Sequence[PractitionerFacts],
    institutions: Sequence[InstitutionFacts],
    policy: Policy,
    today: date,
) -> PractitionerColumns:
    """Return the practitioners as columns, measured against `policy` on the day of the decision."""
    columns = qualification_columns(practitioners, policy, today) | workload_columns(practitioners, policy)
    columns |= entitlement_columns(practitioners, policy, today)
    columns |= institution_columns(practitioners, institutions)
    return PractitionerColumns(**{name: column[None, :] for name, column in columns.items()})


def qualification_columns(
    practitioners: Sequence[PractitionerFacts], policy: Policy, today: date
) -> dict[str, NDArray[Any]]:
    """Return what the practitioners are and may do."""
    valid_to = (p.assessment_valid_to for p in practitioners)
    recent = (left_recently(p, today, policy.thresholds.former_office_years) for p in practitioners)
    levels = (quality_of(p, policy, today).level for p in practitioners)
    return {
        "key": np.fromiter((key_of(p.id) for p in practitioners), np.uint64),
        "kind": term_column(PractitionerKind, (p.kind for p in practitioners)),
        "sex": term_column(Sex, (p.sex for p in practitioners)),
        "listed": truths(p.listed for p in practitioners),
        "on_leave": truths(p.on_leave for p in practitioners),
        "suspended": truths(p.suspended for p in practitioners),
        "assessed": truths(None if last is None else last >= today for last in valid_to),
        "assessment_passed": truths(p.assessment_passed for p in practitioners),
        "minor_trained": truths(p.minor_trained for p in practitioners),
        "legal_qualification": truths(p.legal_qualification for p in practitioners),
        "left_office_recently": np.fromiter(recent, np.uint8),
        "practice_years": real(whole_years(p.practising_since, today) for p in practitioners),
        "criminal_defence_years": real(whole_years(p.criminal_defence_since, today) for p in practitioners),
        "quality": np.fromiter((-1 if level is None else level for level in levels), np.int32),
    }


def workload_columns(practitioners: Sequence[PractitionerFacts], policy: Policy) -> dict[str, NDArray[Any]]:
    """Return what the practitioners hold, may still take, and have had in turns."""
    return workload(
        load=whole(p.load for p in practitioners),
        month_count=whole(p.month_count for p in practitioners),
        asked=whole(p.asked for p in practitioners),
        waived=whole(p.waived for p in practitioners),
        cap=whole(policy.caps.open_cases if p.capacity is None else p.capacity for p in practitioners),
        month_cap=whole(month_cap_of(p, policy) for p in practitioners),
        turns=exact(Fraction(p.turns) if p.weighed_turns is None else p.weighed_turns for p in practitioners),
        effort=exact(Fraction(p.effort) if p.weighed_effort is None else p.weighed_effort for p in practitioners),
        waiting_since=real(seconds(p.waiting_since) for p in practitioners),
    )


def workload(
    *,
    load: Integers,
    month_count: Integers,
    asked: Integers,
    waived: Integers,
    cap: Integers,
    month_cap: Integers,
    turns: Fractions,
    effort: Fractions,
    waiting_since: Numbers,
) -> dict[str, NDArray[Any]]:
    """Return the columns of what people hold, may still take, and have had, all (m,)."""
    return {
        "room": np.maximum(cap - load, 0),
        "month_room": np.maximum(month_cap - month_count, 0),
        "asked": asked,
        "waived": waived,
        "load": load,
        "cap": cap,
        "turns": turns,
        "effort": effort,
        "waiting_since": waiting_since,
    }


def entitlement_columns(
    practitioners: Sequence[PractitionerFacts], policy: Policy, today: date
) -> dict[str, NDArray[Any]]:
    """Return what the practitioners are due: their share of the turns, and cases that lack to the floor."""
    floor = policy.fairness.floor_cases_per_year
    return {
        "share": exact(shares_of(practitioners, policy.rotation, policy.caps.open_cases)),
        "present": np.fromiter((in_rotation(p) for p in practitioners), bool),
        "away_now": np.fromiter((p.away_now for p in practitioners), bool),
        "owed": whole(owed(p, floor, today) for p in practitioners),
    }


def institution_columns(
    practitioners: Sequence[PractitionerFacts], institutions: Sequence[InstitutionFacts]
) -> dict[str, NDArray[Any]]:
    """Return the institution of each practitioner; one without a record is open and without a cap."""
    house = Vocabulary(practitioner.institution_id for practitioner in practitioners)
    known = {institution.id: institution for institution in institutions}
    houses = [known.get(id) or InstitutionFacts(id=id) for id in house.values]
    codes = house.column(p.institution_id for p in practitioners)
    return {
        "institution": codes,
        "institution_kind": term_column(InstitutionKind, (each.kind for each in houses))[codes],
        "institution_suspended": truths(each.institution_suspended for each in practitioners),
        "institution_room": whole(room_of(each) for each in houses)[codes],
    }


def case_columns(seats: Sequence[CaseFacts], codes: dict[str, Vocabulary]) -> CaseColumns:
    """Return one row a seat; `codes` numbers causes, areas, organs and the sets of languages and the like."""
    columns: dict[str, NDArray[Any]] = {
        "matter": term_column(Matter, (case.matter for case in seats)),
        "service": term_column(Service, (case.service for case in seats)),
        "stage": term_column(Stage, (case.stage for case in seats)),
        "cause": codes["cause"].column((case.cause, case.matter.value) for case in seats),
        "area": codes["area"].column(case.area for case in seats),
        "organ": codes["organ"].column(case.organ and organ_key(case.organ) for case in seats),
        "languages": codes["languages"].column(as_set(needed(case)) for case in seats),
        "categories": codes["categories"].column(as_set(case.categories) for case in seats),
        "domiciles": codes["domiciles"].column(as_set(case.domicile_areas) for case in seats),
        "court_area": codes["court_area"].column(case.court_area for case in seats),
        "lead_before": np.fromiter((acted_before(case, 0) for case in seats), np.uint64),
        "second_before": np.fromiter((acted_before(case, 1) for case in seats), np.uint64),
        "recipient_sex": term_column(Sex, (case.recipient_sex for case in seats)),
        "minor": truths(case.recipient_is_minor for case in seats),
        "grave": truths(case.grave for case in seats),
        "sexual_assault": truths(case.sexual_assault for case in seats),
        "death_review": truths(reviews_death(case.stage, case.death_review) for case in seats),
        "supreme_review": truths(supreme_review(case) for case in seats),
        "on_notice": truths(case.source in ON_NOTICE for case in seats),
        "interpreter": truths(case.interpreter for case in seats),
        "compulsory_treatment": truths(treats_compulsorily(case.stage, case.compulsory_treatment) for case in seats),
        "relaxed": whole(bits_of(case.relaxed) for case in seats),
        "woman_waived": truths(False for _ in seats),
    }
    return CaseColumns(**{name: column[:, None] for name, column in columns.items()})


def vocabularies(cases: Sequence[CaseFacts]) -> dict[str, Vocabulary]:
    """Return the numbering of every value that occurs among the cases."""
    return {
        "cause": Vocabulary((case.cause, case.matter.value) for case in cases),
        "area": Vocabulary(case.area for case in cases),
        "organ": Vocabulary(case.organ and organ_key(case.organ) for case in cases),
        "languages": Vocabulary(as_set(needed(case)) for case in cases),
        "categories": Vocabulary(as_set(case.categories) for case in cases),
        "domiciles": Vocabulary(as_set(case.domicile_areas) for case in cases),
        "court_area": Vocabulary(case.court_area for case in cases),
    }


def supreme_review(case: CaseFacts) -> bool | None:
    """Return whether the Supreme Court reviews a death sentence; None where the court is not stated."""
    if not reviews_death(case.stage, case.death_review):
        return False
    return None if case.review_court is None else case.review_court is ReviewCourt.SUPREME


def acted_before(case: CaseFacts, place: int) -> int:
    """Return the key of who may follow the case from the first instance upwards, 0 for nobody."""
    upwards = case.stage in UPWARDS
    return key_of(case.earlier_counsel[place]) if upwards and place < len(case.earlier_counsel) else 0


def needed(case: CaseFacts) -> Iterator[str]:
    """Yield the languages to ask for: everyone speaks Mandarin."""
    return (language for language in case.languages if language != MANDARIN)


def as_set(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values sorted and once each."""
    return tuple(sorted(set(values)))


def room_of(institution: InstitutionFacts) -> int:
    """Return the cases an institution may still take."""
    return WITHOUT_CAP if institution.room is None else max(institution.room, 0)


def month_cap_of(practitioner: PractitionerFacts, policy: Policy) -> int:
    """Return the cases a practitioner may take in a month."""
    own, default = practitioner.monthly_capacity, policy.caps.per_month
    return own if own is not None else WITHOUT_CAP if default is None else default


def seconds(instant: datetime | None) -> float:
    """Return an instant in seconds, positive infinity where none is recorded."""
    return np.inf if instant is None else instant.timestamp()


def whole(values: Iterable[int]) -> Integers:
    """Return whole numbers as an array."""
    return np.fromiter(values, np.int64)


def exact(values: Iterable[Fraction]) -> Fractions:
    """Return fractions as an array."""
    return np.fromiter(values, np.object_)


def real(values: Iterable[float]) -> Numbers:
    """Return numbers as an array."""
    return np.fromiter(values, np.float64)
