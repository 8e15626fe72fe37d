"""What the nightly check of the register looks for: facts that run out, are missing, or keep someone out for good.

All of it is told of those on the list. What is not known never passes a hard rule, so a blank field is
named as soon as a rule in force would read it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from dispatch.domain.calendar import WorkingDays, china
from dispatch.domain.docket.docket import Docket
from dispatch.domain.docket.facts import DocketFacts, PractitionerFacts
from dispatch.domain.eligibility.predicates import LAWYERS, LICENSED
from dispatch.domain.eligibility.table import eligible
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import PractitionerKind, Term

MAX_RULES_NAMED = 5
MAX_CLASSES_ASKED = 40
"""How many classes of cases are asked why someone may take none of them."""


# fmt: off
class FindingKind(Term):
    """Kinds of entries that need attention."""

    ASSESSMENT_EXPIRING = "assessment_expiring", "年度考核备案即将到期", "the annual assessment on record runs out soon"
    ASSESSMENT_EXPIRED = "assessment_expired", "年度考核备案已过期", "the annual assessment on record has run out"
    ASSESSMENT_OVERDUE = "assessment_overdue", "未登记年度考核称职", "the annual assessment is not recorded as passed"
    FACTS_MISSING      = "facts_missing",      "基本信息未登记",   "fields are blank that hard rules read"
    SUSPENSION_ENDING  = "suspension_ending",  "暂停指派即将期满", "a suspension ends soon"
    LEAVE_ENDING       = "leave_ending",       "休假即将结束",     "a leave ends soon"
    NEVER_ELIGIBLE     = "never_eligible",     "在册，但近一年没有可承办的案件", \
                         "listed, but eligible for no case of the year"
    CLOCK_DUE          = "clock_due",          "期限即将届满",     "a time limit of a case ends soon"
    CLOCK_OVERDUE      = "clock_overdue",      "期限已过",         "a time limit of a case is overdue"
    CALENDAR_MISSING   = "calendar_missing",   "缺少年度放假安排", "the notice about a year's working days is missing"
    MEANS_NOT_MET      = "means_not_met",      "经核查不符合经济困难条件，应当终止法律援助", \
                         "the means test turned out not to be met: aid is to be terminated"
    HOLDER_BARRED      = "holder_barred",      "承办人员不再符合条件，待负责人复核", \
                         "a rule excludes who has the case: to be reviewed"
    ORGAN_UNLISTED     = "organ_unlisted",     "机关名称未列入办案机关目录，回避规则无法判断", \
                         "a name that recusals hang on is not in the catalogue of organs"
    ORGANS_ALIKE       = "organs_alike",       "办案机关名称相近，可能为同一机关", "two organs may be one"
    INSTITUTIONS_ALIKE = "institutions_alike", "承办机构名称相近，可能重复登记", "two institutions may be one"
    PRACTITIONERS_ALIKE = "practitioners_alike", "证件号码相同，或者同一机构同名，可能重复登记", \
                         "two practitioners have one identity number, or one name in one institution"
    TIES_WAITING       = "ties_waiting", "申报的顾问单位、亲属可能与未结案件有关，待核对", \
                         "declared ties may concern an open case: to be reviewed"
    AMENDMENT_WAITING  = "amendment_waiting",  "案件信息的修改待负责人复核", \
                         "a change of a case's facts waits for a second person"
    LEFT_WITH_CASES    = "left_with_cases",    "已退出名册，尚有在办案件，待移交", \
                         "left or off the list with open cases: to be handed over"
    WEBHOOK_DISABLED   = "webhook_disabled",   "回调地址已停用",   "an endpoint was disabled because it kept failing"
    LOG_BROKEN         = "log_broken",         "审计日志核验未通过，请运行 `legal-dispatch verify-log`", \
                         "the log does not verify: run `legal-dispatch verify-log`"
# fmt: on

BY_DAY = frozenset({
    FindingKind.HOLDER_BARRED, FindingKind.AMENDMENT_WAITING, FindingKind.WEBHOOK_DISABLED, FindingKind.CLOCK_DUE,
    FindingKind.CLOCK_OVERDUE, FindingKind.MEANS_NOT_MET, FindingKind.LEFT_WITH_CASES, FindingKind.LOG_BROKEN,
})  # fmt: skip
"""What is seen when it happens, or by a look of its own."""

BY_NIGHT = tuple(kind for kind in FindingKind if kind not in BY_DAY)
"""What the nightly check opens and closes."""


DISMISSIBLE = frozenset({
    FindingKind.ORGANS_ALIKE, FindingKind.INSTITUTIONS_ALIKE, FindingKind.PRACTITIONERS_ALIKE,
})  # fmt: skip
"""Guesses: once a person has said that they are two things, it is not found again."""


class Observation(NamedTuple):
    """One thing found: about whom or what, and what is known of it, in ids, codes and dates."""

    kind: FindingKind
    subject: str
    subject_id: str
    facts: dict[str, Any]
    due_on: date | None = None


class EndingAbsence(NamedTuple):
    """A leave or a suspension that ends on a day."""

    id: str
    kind: FindingKind
    subject: str
    subject_id: str
    until_on: date


Asks = Callable[[PractitionerFacts, Policy], bool]

# fmt: off
NEEDED: tuple[tuple[str, Asks], ...] = (
    # field                    a hard rule reads it
    ("kind",                   lambda p, policy: True),
    ("sex",                    lambda p, policy: p.kind in LAWYERS),
    ("assessment_valid_to",    lambda p, policy: p.kind in LICENSED),
    ("minor_trained",          lambda p, policy: policy.checks.minor_trained and p.kind in LAWYERS),
    ("criminal_defence_since", lambda p, policy: p.kind in LAWYERS),
    ("legal_qualification",    lambda p, policy: p.kind is PractitionerKind.CENTRE_STAFF),
    ("practising_since",       lambda p, policy: policy.thresholds.duty_years is not None and p.kind in LAWYERS),
    ("former_offices",         lambda p, policy: p.kind in LICENSED),
    ("relatives_at",           lambda p, policy: p.kind in LICENSED),
    ("languages",              lambda p, policy: policy.checks.language),
    ("specialties",            lambda p, policy: policy.thresholds.specialty_floor is not None),
    ("latitude",               lambda p, policy: policy.thresholds.reach_km is not None),
    ("areas",                  lambda p, policy: policy.checks.area or (
                                   policy.checks.grassroots_territory
                                   and p.kind is PractitionerKind.GRASSROOTS_WORKER)),
)
# fmt: on


def observe(
    facts: DocketFacts,
    policy: Policy,
    today: date,
    absences: Iterable[EndingAbsence],
    days: WorkingDays | None = None,
) -> Iterator[Observation]:
    """Yield what should be looked at; ``facts.cases`` are those of the past year, whatever became of them."""
    listed = [practitioner for practitioner in facts.practitioners if practitioner.listed]
    for practitioner in listed:
        yield from _of_record(practitioner, policy, today)
        yield from _of_assessment(practitioner, policy)
        yield from _of_blanks(practitioner, policy)
    yield from _of_absences(absences, policy, today)
    yield from _of_calendar(facts.centre_id, days or china(), today)
    yield from _of_the_never_eligible(replace(facts, practitioners=tuple(map(at_rest, listed))), policy)


def observe_alike(kind: FindingKind, pairs: Iterable[tuple[str, str]]) -> Iterator[Observation]:
    """Yield two entries each that may be one, by their ids; a name of them has no place here."""
    for pair in pairs:
        yield Observation(kind, kind.value.partition("s_")[0], _hashed("".join(pair)), {"ids": list(pair)})


def observe_unlisted(names: Iterable[tuple[str, str, dict[str, Any]]]) -> Iterator[Observation]:
    """Yield names of organs that nobody entered: the key of each, the name, and who uses it."""
    for key, name, uses in names:
        yield Observation(FindingKind.ORGAN_UNLISTED, "organ", _hashed(key), {"name": name, **uses})


def observe_ties(waiting: Iterable[tuple[str, list[str]]]) -> Iterator[Observation]:
    """Yield open cases with declared ties that nobody has looked at, each with the declarations by their ids."""
    for case_id, ties in waiting:
        yield Observation(FindingKind.TIES_WAITING, "case", case_id, {"ties": ties})


def _hashed(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def at_rest(practitioner: PractitionerFacts) -> PractitionerFacts:
    """Return the practitioner as if nothing that passes kept them from a case: no load, no leave, no suspension."""
    return replace(practitioner, load=0, month_count=0, on_leave=False, suspended=False, institution_suspended=False)


def _of_record(practitioner: PractitionerFacts, policy: Policy, today: date) -> Iterator[Observation]:
    last = practitioner.assessment_valid_to
    if last is None or practitioner.kind not in LICENSED:
        return
    if last < today:
        yield _about(practitioner, FindingKind.ASSESSMENT_EXPIRED, {}, last)
    elif last <= today + timedelta(days=policy.nightly.assessment_days):
        yield _about(practitioner, FindingKind.ASSESSMENT_EXPIRING, {}, last)


def _of_assessment(practitioner: PractitionerFacts, policy: Policy) -> Iterator[Observation]:
    if policy.checks.assessment and practitioner.assessment_passed is not True:
        known = practitioner.assessment_passed is not None
        yield _about(practitioner, FindingKind.ASSESSMENT_OVERDUE, {"known": known})


def _of_blanks(practitioner: PractitionerFacts, policy: Policy) -> Iterator[Observation]:
    blank = [name for name, asks in NEEDED if getattr(practitioner, name) is None and asks(practitioner, policy)]
    if blank:
        yield _about(practitioner, FindingKind.FACTS_MISSING, {"fields": blank})


def _of_absences(absences: Iterable[EndingAbsence], policy: Policy, today: date) -> Iterator[Observation]:
    last = today + timedelta(days=policy.nightly.absence_days)
    for absence in absences:
        if today <= absence.until_on <= last:
            whose = {f"{absence.subject}_id": absence.subject_id}
            yield Observation(absence.kind, absence.kind.value.partition("_")[0], absence.id, whose, absence.until_on)


def of_leavers(open_cases: Mapping[str, int]) -> Iterator[Observation]:
    """Yield who has left, or was taken off the list, with so many cases in hand."""
    for practitioner_id, cases in sorted(open_cases.items()):
        yield Observation(FindingKind.LEFT_WITH_CASES, "practitioner", practitioner_id, {"cases": cases})


def _of_calendar(centre_id: str, days: WorkingDays, today: date) -> Iterator[Observation]:
    if (year := days.missing(today)) is not None:
        yield Observation(FindingKind.CALENDAR_MISSING, "calendar", centre_id, {"year": year}, date(year, 1, 1))


def _of_the_never_eligible(facts: DocketFacts, policy: Policy) -> Iterator[Observation]:
    if not facts.cases or not facts.practitioners:
        return
    docket = Docket.build(facts, policy)
    eligibility = eligible(docket)
    classes, first = np.unique(eligibility.class_of, return_index=True)
    asked = first[:MAX_CLASSES_ASKED].tolist()
    for j in np.flatnonzero(~eligibility.allowed.any(axis=0)).tolist():
        codes = Counter(refusal.code for i in asked for refusal in eligibility.why(i, j))
        rules = [code for code, _ in sorted(codes.items(), key=lambda each: (-each[1], each[0]))[:MAX_RULES_NAMED]]
        blocked = {"classes": len(classes), "rules": rules}
        yield _about(docket.practitioner_at(j), FindingKind.NEVER_ELIGIBLE, blocked)


def _about(
    practitioner: PractitionerFacts, kind: FindingKind, facts: dict[str, Any], due_on: date | None = None
) -> Observation:
    return Observation(kind, "practitioner", practitioner.id, facts, due_on)
