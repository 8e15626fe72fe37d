"""How rules are judged: once a facet of the cases and practitioner, never once a pair.

A rule names the case columns it reads. Rules that read the same columns form a facet; cases
that agree in them share a verdict. So a rule on languages is evaluated once a set of
languages, whatever the number of cases. Facts about single pairs stay sparse lists.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dispatch.domain.columns import CaseColumns, Integers, PractitionerColumns
from dispatch.domain.docket import Docket, PairList
from dispatch.domain.lookups import Levels, Lookups
from dispatch.domain.policy import Policy
from dispatch.domain.truth import NO, UNKNOWN, YES, Truths
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
    source : str
        Article, or ``centre policy``.
    trust : str
        C confirmed, C2 confirmed at second hand, R recalled, D our own consequence.
    zh, en : str
        The refusal, with what would make the pair pass.
    reads : tuple of str
        Case columns the verdict depends on; none for a rule on the practitioner alone.
    verdict : callable
        Yes passes; no and unknown refuse. For a rule on pairs: what lets a recorded pair pass.
    pair : PairKind, optional
        The recorded fact that refuses a pair, unless the verdict is yes.
    """

    code: str
    basis: str
    source: str
    trust: str
    zh: str
    en: str
    reads: tuple[str, ...]
    verdict: Verdict
    pair: PairKind | None = None

    def allowed(self, view: View) -> Mask:
        """Return where the rule surely holds."""
        passed: Mask = self.verdict(view) == YES
        return passed

    def known(self, view: View) -> Mask:
        """Return where the facts suffice for a verdict."""
        told: Mask = self.verdict(view) != UNKNOWN
        return told

    def refusal(self, language: str) -> str:
        """Return the refusal in ``language``: Chinese for ``zh``, else English."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule that refuses a pair; ``unknown`` tells that a fact is missing, not that it is bad."""

    code: str
    unknown: bool


@dataclass(frozen=True, eq=False)
class Facet:
    """Rules that read the same columns: verdicts (rules, k, m) and the key (n,) of each row."""

    reads: tuple[str, ...]
    rules: tuple[Rule, ...]
    key: Integers
    verdicts: Truths

    def of_row(self, i: int) -> Truths:
        """Return the verdicts for row `i`, (rules, m)."""
        verdicts: Truths = self.verdicts[:, self.key[i]]
        return verdicts

    @cached_property
    def allowed(self) -> Mask:
        """Where every rule of the facet passes, (k, m)."""
        passed: Mask = (self.verdicts == YES).all(axis=0)
        return passed

    @cached_property
    def refused(self) -> Integers:
        """How many practitioners each rule refuses, (rules, k)."""
        counts: Integers = np.count_nonzero(self.verdicts != YES, axis=2)
        return counts


@dataclass(frozen=True, eq=False)
class Eligibility:
    """
    Which practitioner may take which case, and why the others may not.

    Parameters
    ----------
    facets : tuple of Facet
        Verdicts by facet.
    barred : tuple of (Rule, PairList)
        Recorded facts that refuse single pairs.
    needs_reason : (n,) bool
        Rows where the rule that a girl's case goes to a woman yields, since no woman is feasible.
    """

    n: int
    m: int
    facets: tuple[Facet, ...]
    barred: tuple[tuple[Rule, PairList], ...]
    needs_reason: Mask

    @cached_property
    def _classes(self) -> tuple[Integers, Integers]:
        keys = np.stack([facet.key for facet in self.facets], axis=1)
        _, first, class_of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        return first, class_of.reshape(-1)

    @property
    def class_of(self) -> Integers:
        """The class of each row, (n,): rows of one class pass for the same practitioners but for pair facts."""
        return self._classes[1]

    @cached_property
    def allowed(self) -> Mask:
        """Who may take the cases of each class, (k, m), pair facts left out."""
        first = self._classes[0]
        out = np.ones((len(first), self.m), bool)
        for facet in self.facets:
            out &= facet.allowed[facet.key[first]]
        return out

    @cached_property
    def bars(self) -> PairList:
        """Every barred pair once, (row, column, 0)."""
        rows = np.concatenate([pairs.rows for _, pairs in self.barred])
        cols = np.concatenate([pairs.cols for _, pairs in self.barred])
        flat = np.unique(rows * max(self.m, 1) + cols)
        return PairList(flat // max(self.m, 1), flat % max(self.m, 1), np.zeros_like(flat))

    def row(self, i: int) -> Mask:
        """Return who may take row `i`, (m,)."""
        out = np.ones(self.m, bool)
        for facet in self.facets:
            out &= facet.allowed[facet.key[i]]
        out[self.bars.of_row(i).cols] = False
        return out

    def mask(self) -> Mask:
        """Return who may take what, (n, m)."""
        out = self.allowed[self.class_of]
        out[self.bars.rows, self.bars.cols] = False
        return out

    def allows(self, rows: Integers, cols: Integers) -> Mask:
        """Tell which of some pairs may be assigned, (q,)."""
        out = np.ones(len(rows), bool)
        for facet in self.facets:
            out &= facet.allowed[facet.key[rows], cols]
        width = max(self.m, 1)
        return out & ~np.isin(rows * width + cols, self.bars.rows * width + self.bars.cols)

    @cached_property
    def assignable(self) -> Mask:
        """Who may be assigned at all, whatever the case, (m,)."""
        out = np.ones(self.m, bool)
        for facet in self.facets:
            if not facet.reads and len(facet.allowed):
                out &= facet.allowed[0]
        return out

    def why_row(self, i: int) -> list[tuple[Refusal, ...]]:
        """Return for every practitioner the rules that refuse them for row `i`."""
        found: list[list[Refusal]] = [[] for _ in range(self.m)]
        for facet in self.facets:
            verdicts = facet.verdicts[:, facet.key[i]]
            for index, j in zip(*(axis.tolist() for axis in np.nonzero(verdicts != YES)), strict=True):
                found[j].append(Refusal(facet.rules[index].code, unknown=bool(verdicts[index, j] == UNKNOWN)))
        for rule, pairs in self.barred:
            for j in pairs.of_row(i).cols.tolist():
                found[j].append(Refusal(rule.code, unknown=False))
        return [tuple(refusals) for refusals in found]

    def why(self, i: int, j: int) -> tuple[Refusal, ...]:
        """Return every rule that refuses the pair; none means it may be assigned."""
        by_facet = (
            Refusal(rule.code, unknown=bool(verdict == UNKNOWN))
            for facet in self.facets
            for rule, verdict in zip(facet.rules, facet.verdicts[:, facet.key[i], j], strict=True)
            if verdict != YES
        )
        by_pair = (Refusal(rule.code, unknown=False) for rule, pairs in self.barred if j in pairs.of_row(i).cols)
        return (*by_facet, *by_pair)

    def nearest_refusal(self, i: int) -> Refusal | None:
        """Return the rule that keeps the nearest out: those whom the fewest rules refuse for row `i`."""
        judged = [(rule, row) for facet in self.facets for rule, row in zip(facet.rules, facet.of_row(i), strict=True)]
        barred = [(rule, pairs.of_row(i).cols) for rule, pairs in self.barred]
        burden = np.zeros(self.m, np.int64)
        for _, verdict in judged:
            burden += verdict != YES
        for _, cols in barred:
            burden[cols] += 1
        nearest = burden == burden.min(initial=len(judged) + len(barred))
        counts = Counter({Refusal(rule.code, unknown=False): int(nearest[cols].sum()) for rule, cols in barred})
        for rule, verdict in judged:
            counts[Refusal(rule.code, unknown=False)] += int(np.count_nonzero(nearest & (verdict == NO)))
            counts[Refusal(rule.code, unknown=True)] += int(np.count_nonzero(nearest & (verdict == UNKNOWN)))
        named, count = max(counts.items(), key=lambda item: (item[1], item[0].code, item[0].unknown))
        return named if count else None

    def unknown_people(self) -> dict[str, int]:
        """Return how many practitioners each rule refuses, for one row at least, because a fact is missing."""
        counts = {
            rule.code: int(np.count_nonzero((verdict == UNKNOWN).any(axis=0)))
            for facet in self.facets
            for rule, verdict in zip(facet.rules, facet.verdicts, strict=True)
        }
        return {code: count for code, count in counts.items() if count}

    def refusals(self, i: int) -> dict[str, int]:
        """Return how many practitioners each rule refuses for row `i`; rules that refuse nobody are left out."""
        counts = {
            rule.code: int(count)
            for facet in self.facets
            for rule, count in zip(facet.rules, facet.refused[:, facet.key[i]], strict=True)
        }
        counts |= {rule.code: len(pairs.of_row(i).cols) for rule, pairs in self.barred}
        return {code: count for code, count in counts.items() if count}

    def unknown_count(self, i: int) -> dict[str, int]:
        """Return how many practitioners each rule refuses for row `i` only because a fact is missing."""
        counts = {
            rule.code: int(np.count_nonzero(verdict == UNKNOWN))
            for facet in self.facets
            for rule, verdict in zip(facet.rules, facet.verdicts[:, facet.key[i]], strict=True)
        }
        return {code: count for code, count in counts.items() if count}


def judge(docket: Docket, rules: Sequence[Rule], case: CaseColumns, needs_reason: Mask) -> Eligibility:
    """Return the verdicts of `rules` on a docket whose case columns are `case`."""
    return Eligibility(
        n=docket.n,
        m=docket.m,
        facets=tuple(facet_of(docket, case, reads, group) for reads, group in by_columns(rules).items()),
        barred=tuple((rule, barred_pairs(docket, case, rule, rule.pair)) for rule in rules if rule.pair),
        needs_reason=needs_reason,
    )


def by_columns(rules: Sequence[Rule]) -> dict[tuple[str, ...], list[Rule]]:
    """Return the rules on facts of one side, grouped by the case columns they read."""
    groups: dict[tuple[str, ...], list[Rule]] = {}
    for rule in rules:
        if not rule.pair:
            groups.setdefault(rule.reads, []).append(rule)
    return groups


def facet_of(docket: Docket, case: CaseColumns, reads: tuple[str, ...], rules: Sequence[Rule]) -> Facet:
    """Return the verdicts of rules that read the same columns, once a combination that occurs."""
    columns = [getattr(case, name)[:, 0].astype(np.int64) for name in reads] or [np.zeros(docket.n, np.int64)]
    _, first, key = np.unique(np.stack(columns, axis=1), axis=0, return_index=True, return_inverse=True)
    view = View(case.take(first), docket.practitioner, docket.lookups, docket.policy)
    verdicts = np.empty((len(rules), len(first), docket.m), np.uint8)
    for row, rule in zip(verdicts, rules, strict=True):
        row[:] = rule.verdict(view)
    return Facet(reads, tuple(rules), key.reshape(-1), verdicts)


def barred_pairs(docket: Docket, case: CaseColumns, rule: Rule, kind: PairKind) -> PairList:
    """Return the recorded pairs a rule refuses."""
    recorded = docket.pairs[kind]
    view = View(case.take(recorded.rows), docket.practitioner, docket.lookups, docket.policy)
    refused = (np.broadcast_to(rule.verdict(view), (len(recorded.rows), 1)) != YES)[:, 0]
    return PairList(recorded.rows[refused], recorded.cols[refused], recorded.values[refused])
