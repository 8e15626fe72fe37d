"""A model of people fitted to a record, and what of it is known from the record and what is assumed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import fmean, median
from typing import Any, NamedTuple

from dispatch.domain.office import OfficeHours
from dispatch.domain.record import Record
from dispatch.simulation.replay.behaviour import DAY, Model

FEWEST = 20
"""With fewer observations than this a figure is taken from the model unchanged."""

MIN_DAYS = 1.0


class Estimate(NamedTuple):
    """A figure of the model, from how many observations it is; ``assumed`` where they were too few."""

    code: str
    value: float
    seen: int
    assumed: bool


class Evidence(NamedTuple):
    """What the record says of a figure, and from how many observations; None is nothing."""

    value: float | None
    seen: int


@dataclass(frozen=True, slots=True)
class Observed:
    """A record, and what is needed to reckon by it."""

    record: Record
    office: OfficeHours
    listed: int

    @property
    def undertaken(self) -> int:
        """How many accepted cases are known to have been carried through, or given back."""
        return len(self.record.worked) + len(self.record.given_back)

    @property
    def accepted(self) -> int:
        """How many cases were accepted."""
        return len({*self.record.worked, *self.record.given_back, *self.record.still_open, *self.record.changes})

    def hours(self, spans: Iterable[tuple[Any, Any]]) -> list[float]:
        """Return the office hours of spans that are over."""
        return [self.office.between(since, until) for since, until in spans if until is not None]


@dataclass(frozen=True, slots=True)
class Fitting:
    """A figure of the model, and how the record tells it."""

    code: str
    zh: str
    en: str
    found: Callable[[Observed], Evidence]
    fewest: int = FEWEST


def estimates(record: Record, office: OfficeHours, listed: int) -> tuple[Estimate, ...]:
    """Return each figure of the model, from the record where it says enough, else as assumed."""
    observed, plain = Observed(record, office, listed), Model(seed=0)
    return tuple(_estimate(each, each.found(observed), plain) for each in FIGURES)


def assumed() -> tuple[Estimate, ...]:
    """Return each figure of the model as it is where nothing was recorded."""
    plain = Model(seed=0)
    return tuple(_estimate(each, Evidence(None, 0), plain) for each in FIGURES)


def fitted(known: Iterable[Estimate], seed: int, *, on_chains: bool) -> Model:
    """Return a model with these shares and times."""
    values: dict[str, Any] = {each.code: each.value for each in known}
    return Model(seed=seed, on_chains=on_chains, **values)


def median_open(worked: Sequence[timedelta], still_open: Sequence[timedelta]) -> timedelta | None:
    """
    Return after what time half of the cases are done; None where fewer are as far as anyone knows.

    Notes
    -----
    What is still open is not done sooner than it has lasted: left out, long cases would make the rest look short.
    Source: Kaplan and Meier, *Nonparametric estimation from incomplete observations*, 1958.
    """
    at_risk, open_share = len(worked) + len(still_open), 1.0
    for took, done in sorted([*((took, True) for took in worked), *((took, False) for took in still_open)],
                             key=lambda each: (each[0], not each[1])):  # fmt: skip
        if done:
            open_share *= 1 - 1 / at_risk
        if done and open_share <= 0.5 + 1e-9:
            return took
        at_risk -= 1
    return None


def _estimate(figure: Fitting, found: Evidence, plain: Model) -> Estimate:
    if found.value is None or found.seen < figure.fewest:
        return Estimate(figure.code, float(getattr(plain, figure.code)), found.seen, assumed=True)
    return Estimate(figure.code, found.value, found.seen, assumed=False)


def _share(answers: Sequence[bool]) -> Evidence:
    return Evidence(sum(answers) / len(answers) if answers else None, len(answers))


def _of(part: int, whole: int, seen: int | None = None) -> Evidence:
    return Evidence(part / whole if whole else None, whole if seen is None else seen)


def _mean(values: Sequence[float]) -> Evidence:
    return Evidence(fmean(values) if values else None, len(values))


def _accepts(seen: Observed) -> Evidence:
    return _share([each.accept is True for each in seen.record.offers.values()])


def _silent(seen: Observed) -> Evidence:
    return _share([each.accept is None for each in seen.record.offers.values()])


def _assignments_accepted(seen: Observed) -> Evidence:
    return _share([each.accept is True for each in seen.record.assignments.values()])


def _given_back(seen: Observed) -> Evidence:
    return _of(len(seen.record.given_back), seen.undertaken)


def _changed(seen: Observed) -> Evidence:
    return _of(len(seen.record.changes), seen.accepted)


def _signed(seen: Observed) -> Evidence:
    return _share([took is not None for took in seen.record.signed.values()])


def _institutions_gave_back(seen: Observed) -> Evidence:
    return _share([each.reason is not None for each in seen.record.arranged.values()])


def _institutions_silent(seen: Observed) -> Evidence:
    return _share([each.silent for each in seen.record.arranged.values()])


def _answer_hours(seen: Observed) -> Evidence:
    answers = (*seen.record.offers.values(), *seen.record.assignments.values())
    return _mean(seen.hours((each.asked_at, each.answered_at) for each in answers))


def _claims_share(seen: Observed) -> Evidence:
    claims = sum(len(found) for found in seen.record.claims.values())
    return _of(claims, seen.record.postings * seen.listed, seen.record.postings)


def _claim_hours(seen: Observed) -> Evidence:
    made = (each for found in seen.record.claims.values() for each in found)
    return _mean(seen.hours((each.posted_at, each.claimed_at) for each in made))


def _confirm_hours(seen: Observed) -> Evidence:
    waited = seen.hours(seen.record.confirmed)
    return Evidence(median(waited) if waited else None, len(waited))


def _open_days(seen: Observed) -> Evidence:
    took = median_open([*seen.record.worked.values()], [*seen.record.still_open.values()])
    return Evidence(None if took is None else max(took / DAY, MIN_DAYS), len(seen.record.worked))


def _sign_days(seen: Observed) -> Evidence:
    return _mean([took / DAY for took in seen.record.signed.values() if took is not None])


def _agreed(seen: Observed) -> Evidence:
    return _share([each.agreed for each in seen.record.changes.values() if each.agreed is not None])


def _kept(seen: Observed) -> Evidence:
    return _share([bool(each.same_institution) for each in seen.record.changes.values() if each.agreed])


def _decide_hours(seen: Observed) -> Evidence:
    return _mean(seen.hours((each.asked_at, each.decided_at) for each in seen.record.changes.values()))


def _arrange_hours(seen: Observed) -> Evidence:
    answered = (each for each in seen.record.arranged.values() if not each.silent)
    return _mean(seen.hours((each.given_at, each.ended_at) for each in answered))


# fmt: off
FIGURES = (
    # code                        in Chinese, in English, and how the record tells it
    Fitting("accepts",            "征询接受率", "offers accepted", _accepts),
    Fitting("silent",             "征询未答复率", "offers not answered", _silent),
    Fitting("stands",             "指派接受率", "assignments accepted", _assignments_accepted),
    Fitting("claims_share",       "抢单率", "claims of those who may", _claims_share),
    Fitting("gives_back_share",   "接受后申请变更率", "given back after acceptance", _given_back),
    Fitting("changes_share",      "申请更换率", "replacements asked for", _changed),
    Fitting("agrees_share",       "同意更换率", "replacements agreed to", _agreed),
    Fitting("keeps_share",        "更换后原机构继续承办率", "kept by the institution after a replacement", _kept),
    Fitting("signs_share",        "签订委托协议率", "agreements signed", _signed),
    Fitting("arrange_gives_back", "承办机构申请变更率", "given back by institutions", _institutions_gave_back),
    Fitting("arrange_silent",     "承办机构逾期未安排率", "not arranged by institutions", _institutions_silent),
    Fitting("answer_hours",       "答复用时（工作小时）", "office hours to answer", _answer_hours),
    Fitting("claim_hours",        "抢单用时（工作小时）", "office hours to claim", _claim_hours),
    Fitting("arrange_hours",      "安排用时（工作小时）", "office hours to arrange", _arrange_hours),
    Fitting("decide_hours",       "更换决定用时（工作小时）", "office hours to decide a replacement", _decide_hours),
    Fitting("confirm_hours",      "确认用时（工作小时）", "office hours to confirm a run", _confirm_hours, fewest=1),
    Fitting("sign_days",          "签订协议用时（日）", "days to sign", _sign_days),
    Fitting("open_days",          "办理用时（日，中位数）", "days open, median", _open_days),
)
# fmt: on
