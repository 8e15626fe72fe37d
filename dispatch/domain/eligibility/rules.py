"""What a hard rule is: a row with a code, a source, two refusals, and one expression on columns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.docket.columns import CaseColumns, PractitionerColumns
from dispatch.domain.docket.lookups import Levels, Lookups
from dispatch.domain.eligibility.kleene import UNKNOWN, YES, Truths, truth
from dispatch.domain.law.citations import Citations
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import PairKind

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a rule sees: k case rows that differ in the columns it reads, and all m practitioners."""

    case: CaseColumns
    practitioner: PractitionerColumns
    lookups: Lookups
    policy: Policy

    def per_area(self, table: Truths) -> Truths:
        """Return the rows of a table by the area of each case."""
        return table[self.case.area[:, 0]]

    def distance_km(self) -> NDArray[np.float32]:
        """Return the distance of each pair, NaN where unknown."""
        return self.lookups.distance_km[self.case.area[:, 0]]

    def per_organ(self, table: Truths) -> Truths:
        """Return the rows of a table by the organ of each case."""
        return table[self.case.organ[:, 0]]

    def domiciled(self) -> Truths:
        """Return whether a party lives in an area the practitioner serves."""
        return self.lookups.domiciled[self.case.domiciles[:, 0]]

    def heard_near(self) -> Truths:
        """Return whether the basic court of the case is in an area the practitioner serves."""
        return self.lookups.heard_near[self.case.court_area[:, 0]]

    def follows(self) -> Truths:
        """Return whether the practitioner acted at first instance and follows the case upwards."""
        key = self.practitioner.key
        return truth((self.case.lead_before == key) | (self.case.second_before == key))

    def speaks(self) -> Truths:
        """Return whether the practitioner speaks all languages of the case."""
        return self.lookups.speaks[self.case.languages[:, 0]]

    def specialty(self) -> Levels:
        """Return the practitioner's level in the cause of the case."""
        return self.lookups.specialty[self.case.cause[:, 0]]


Verdict = Callable[[View], Truths]


@dataclass(frozen=True, slots=True)
class Rule:
    """
    A hard rule: a row of the table.

    Parameters
    ----------
    code : str
        Its name, in refusals and tests.
    basis : str
        The line of the domain research it comes from, such as H2; ``policy`` for a centre's own.
    source : Citations
        What it rests on; the centre's own choice where a centre may ask for it.
    zh, en : str
        The refusal, with what would make the pair pass.
    reads : tuple of str
        Case columns the verdict depends on; none for a rule on the practitioner alone.
    verdict : callable
        Yes passes; no and unknown refuse. For a rule on pairs: what lets a recorded pair pass.
    pair : PairKind, optional
        The recorded fact that refuses a pair, unless the verdict is yes.
    firm : callable, optional
        Where a soft rule never yields, though it is relaxed.
    """

    code: str
    basis: str
    source: Citations
    zh: str
    en: str
    reads: tuple[str, ...]
    verdict: Verdict
    pair: PairKind | None = None
    firm: Verdict | None = None

    def allowed(self, view: View) -> Mask:
        """Return where the rule surely holds."""
        passed: Mask = self.verdict(view) == YES
        return passed

    def known(self, view: View) -> Mask:
        """Return where the facts suffice for a verdict."""
        known: Mask = self.verdict(view) != UNKNOWN
        return known

    def refusal(self, language: str) -> str:
        """Return the refusal in ``language``: Chinese for ``zh``, else English."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule that refuses a pair; ``unknown`` tells that a fact is missing, not that it is bad.

    ``missing`` names the facts of the case of which any one would settle it; none where the practitioner's is missing.
    """

    code: str
    unknown: bool
    organs: tuple[str, ...] = ()
    """The names, of the case or the practitioner, that keep it unknown: the catalogue of organs knows none of them."""
    missing: tuple[str, ...] = ()


def as_facts(refusals: Iterable[Refusal]) -> dict[str, list[str]]:
    """Return what a problem says of refusals: the rules, and the blanks of the case where there are some to fill in."""
    told = list(refusals)
    missing = list(dict.fromkeys(fact for refusal in told for fact in refusal.missing))
    return {"rules": [refusal.code for refusal in told]} | ({"missing": missing} if missing else {})
