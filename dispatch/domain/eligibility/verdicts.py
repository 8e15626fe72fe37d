"""How rules are judged: once a combination of what they read and a practitioner, never once a pair.

A rule names the case columns it reads. Rules that read the same columns form a rule group; cases
that agree in them share a verdict. So a rule on languages is evaluated once a set of
languages, whatever the number of cases. Facts about single pairs stay sparse lists.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from dispatch.domain.docket.columns import CaseColumns, Integers
from dispatch.domain.docket.docket import Docket, PairList
from dispatch.domain.eligibility.blanks import CaseFact, blanks_of
from dispatch.domain.eligibility.kleene import NO, UNKNOWN, YES, Truths, all_of, any_of, negation, truth
from dispatch.domain.eligibility.rules import Mask, Refusal, Rule, View
from dispatch.domain.eligibility.soft_rules import YIELDING
from dispatch.domain.vocabulary import PairKind


@dataclass(frozen=True, eq=False)
class RuleGroup:
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
        """Where every rule of the group passes, (k, m)."""
        passed: Mask = (self.verdicts == YES).all(axis=0)
        return passed

    @cached_property
    def patterns(self) -> tuple[Mask, Integers]:
        """The different rows of ``allowed``, (p, m), and which of them each of its rows is, (k,)."""
        rows = [row.tobytes() for row in np.packbits(self.allowed, axis=1)]
        place = {row: at for at, row in enumerate(sorted(set(rows)))}
        pattern_of = np.array([place[row] for row in rows], np.int64)
        allowed = np.ones((len(place), self.allowed.shape[1]), bool)
        allowed[pattern_of] = self.allowed
        return allowed, pattern_of

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
    rule_groups : tuple of RuleGroup
        Verdicts by rule group.
    barred : tuple of (Rule, PairList)
        Recorded facts that refuse single pairs.
    needs_reason : (n,) bool
        Rows where the rule that a girl's case goes to a woman yields, since no woman is feasible.
    docket : Docket
        What was judged, with ``case``, its case columns; a refusal names what is missing in it.
    """

    n: int
    m: int
    rule_groups: tuple[RuleGroup, ...]
    barred: tuple[tuple[Rule, PairList], ...]
    needs_reason: Mask
    docket: Docket
    case: CaseColumns

    @cached_property
    def _classes(self) -> tuple[Integers, Integers]:
        keys = np.stack([rule_group.key for rule_group in self.rule_groups], axis=1)
        _, first, class_of = combinations(keys)
        return first, class_of

    @property
    def class_of(self) -> Integers:
        """The class of each row, (n,): rows of one class pass for the same practitioners but for pair facts."""
        return self._classes[1]

    @cached_property
    def allowed(self) -> Mask:
        """Who may take the cases of each class, (k, m), pair facts left out."""
        first = self._classes[0]
        out = np.ones((len(first), self.m), bool)
        for rule_group in self.rule_groups:
            out &= rule_group.allowed[rule_group.key[first]]
        return out

    @cached_property
    def barred_pairs(self) -> PairList:
        """Every barred pair once, (row, column, 0)."""
        rows = np.concatenate([pairs.rows for _, pairs in self.barred])
        cols = np.concatenate([pairs.cols for _, pairs in self.barred])
        flat = np.unique(rows * max(self.m, 1) + cols)
        return PairList(flat // max(self.m, 1), flat % max(self.m, 1), np.zeros_like(flat))

    def row(self, i: int) -> Mask:
        """Return who may take row `i`, (m,)."""
        if (known := self._last_row.get(i)) is not None:
            return known
        out = np.ones(self.m, bool)
        for rule_group in self.rule_groups:
            out &= rule_group.allowed[rule_group.key[i]]
        out[self.barred_pairs.of_row(i).cols] = False
        out.setflags(write=False)
        self._last_row.clear()
        self._last_row[i] = out
        return out

    def row_beside(self, i: int, codes: Collection[str]) -> Mask:
        """Return who could take row `i` if it were not for these rules, (m,), none of which is on single pairs."""
        out = np.ones(self.m, bool)
        for rule_group in self.rule_groups:
            counted = [rule.code not in codes for rule in rule_group.rules]
            if all(counted):
                out &= rule_group.allowed[rule_group.key[i]]
            else:
                out &= (rule_group.of_row(i)[counted] == YES).all(axis=0)
        out[self.barred_pairs.of_row(i).cols] = False
        return out

    @cached_property
    def _last_row(self) -> dict[int, Mask]:
        """The row asked for last: a step of a chain asks for that of its one case five times."""
        return {}

    def mask(self) -> Mask:
        """Return who may take what, (n, m)."""
        out = self.allowed[self.class_of]
        out[self.barred_pairs.rows, self.barred_pairs.cols] = False
        return out

    def allows(self, rows: Integers, cols: Integers) -> Mask:
        """Tell which of some pairs may be assigned, (q,)."""
        out = np.ones(len(rows), bool)
        for rule_group in self.rule_groups:
            out &= rule_group.allowed[rule_group.key[rows], cols]
        width = max(self.m, 1)
        return out & ~np.isin(rows * width + cols, self.barred_pairs.rows * width + self.barred_pairs.cols)

    def barring(self, rule: Rule, people: Mask) -> Self:
        """Return who may take what once a rule keeps these people, (m,), from every row."""
        rows, cols = (axis.astype(np.int64) for axis in np.nonzero(np.broadcast_to(people, (self.n, self.m))))
        return replace(self, barred=(*self.barred, (rule, PairList(rows, cols, np.full_like(rows, NO)))))

    @cached_property
    def assignable(self) -> Mask:
        """Who may be assigned at all, whatever the case, (m,)."""
        out = np.ones(self.m, bool)
        for rule_group in self.rule_groups:
            if not rule_group.reads and len(rule_group.allowed):
                out &= rule_group.allowed[0]
        return out

    def why_row(self, i: int, columns: Sequence[int] | None = None) -> list[tuple[Refusal, ...]]:
        """Return for every practitioner, or for these, the rules that refuse them for row `i`."""
        asked = range(self.m) if columns is None else columns
        found: dict[int, list[Refusal]] = {j: [] for j in asked}
        at = np.fromiter(found, np.int64, len(found))
        for rule_group in self.rule_groups:
            verdicts = rule_group.verdicts[:, rule_group.key[i]][:, at]
            for index, k in zip(*(axis.tolist() for axis in np.nonzero(verdicts != YES)), strict=True):
                j = int(at[k])
                found[j].append(self._refusal(rule_group, index, i, j))
        for rule, pairs in self.barred:
            mine = pairs.of_row(i)
            for j, verdict in zip(mine.cols.tolist(), mine.values.tolist(), strict=True):
                if j in found:
                    found[j].append(Refusal(rule.code, unknown=verdict == UNKNOWN))
        return [tuple(found[j]) for j in asked]

    def why(self, i: int, j: int) -> tuple[Refusal, ...]:
        """Return every rule that refuses the pair; none means it may be assigned."""
        return self.why_row(i, [j])[0]

    def _refusal(self, rule_group: RuleGroup, index: int, i: int, j: int) -> Refusal:
        rule = rule_group.rules[index]
        if rule_group.verdicts[index, rule_group.key[i], j] != UNKNOWN:
            return Refusal(rule.code, unknown=False)
        case = self.docket.case_at(i)
        organs: tuple[str, ...] = ()
        if "organ" in rule.reads:
            named = (case.unlisted_organ, *self.docket.practitioner_at(j).unlisted_organs)
            organs = tuple(dict.fromkeys(filter(None, named)))
        blanks = [fact for fact, blamed in self._blanks(rule_group, index, i) if blamed[j]]
        # An organ that nobody entered is no blank: the name is there, and told as such.
        missing = [fact.value for fact in blanks if not (fact is CaseFact.ORGAN and case.unlisted_organ)]
        return Refusal(rule.code, unknown=True, organs=organs, missing=tuple(missing))

    def _blanks(self, rule_group: RuleGroup, index: int, i: int) -> list[tuple[CaseFact, Mask]]:
        """Return the blanks of row `i` that leave a rule without a verdict, and for whom; equal rows are asked once."""
        rule, key = rule_group.rules[index], int(rule_group.key[i])
        if (rule.code, key) not in self._asked:
            case = self.case.take(np.array([i]))
            view = View(case, self.docket.practitioner, self.docket.lookups, self.docket.policy)
            self._asked[rule.code, key] = list(blanks_of(view, rule, rule_group.verdicts[index, key]))
        return self._asked[rule.code, key]

    @cached_property
    def _asked(self) -> dict[tuple[str, int], list[tuple[CaseFact, Mask]]]:
        return {}

    def refused_by(self, i: int) -> Iterator[tuple[str, Mask]]:
        """Yield each rule that refuses anybody for row `i`, and whom, (m,)."""
        for rule_group in self.rule_groups:
            for rule, verdict in zip(rule_group.rules, rule_group.of_row(i), strict=True):
                if (refused := verdict != YES).any():
                    yield rule.code, refused
        for rule, pairs in self.barred:
            if len(cols := pairs.of_row(i).cols):
                refused = np.zeros(self.m, bool)
                refused[cols] = True
                yield rule.code, refused

    def nearest_refusal(self, i: int) -> Refusal | None:
        """Return the rule that keeps the nearest out: those whom the fewest rules refuse for row `i`."""
        judged = [
            (rule_group, index, row)
            for rule_group in self.rule_groups
            for index, row in enumerate(rule_group.of_row(i))
        ]
        barred = [(rule, pairs.of_row(i)) for rule, pairs in self.barred]
        burden = np.zeros(self.m, np.int64)
        for *_, verdict in judged:
            burden += verdict != YES
        for _, pairs in barred:
            burden[pairs.cols] += 1
        nearest = burden == burden.min(initial=len(judged) + len(barred))
        counts: Counter[Refusal] = Counter()
        for rule, pairs in barred:
            for unknown in (False, True):
                cols = pairs.cols[(pairs.values == UNKNOWN) == unknown]
                counts[Refusal(rule.code, unknown=unknown)] = int(nearest[cols].sum())
        for rule_group, index, verdict in judged:
            code = rule_group.rules[index].code
            counts[Refusal(code, unknown=False)] += int(np.count_nonzero(nearest & (verdict == NO)))
            lacking = np.flatnonzero(nearest & (verdict == UNKNOWN)).tolist()
            counts.update(replace(self._refusal(rule_group, index, i, j), organs=()) for j in lacking)
        named, count = max(counts.items(), key=lambda item: (item[1], item[0].code, item[0].unknown, item[0].missing))
        return named if count else None

    def unknown_people(self) -> dict[str, int]:
        """Return how many practitioners each rule refuses, for one row at least, for want of a fact of theirs."""
        counts = {
            rule_group.rules[index].code: int(np.count_nonzero(self._lacking(rule_group, index)))
            for rule_group in self.rule_groups
            for index in range(len(rule_group.rules))
        }
        return {code: count for code, count in counts.items() if count}

    def _lacking(self, rule_group: RuleGroup, index: int) -> Mask:
        """Return of whom a rule misses a fact for one row at least, (m,); a blank of the case is none of theirs."""
        lacking = rule_group.verdicts[index] == UNKNOWN
        keys, rows = np.unique(rule_group.key, return_index=True)
        for key, i in zip(keys.tolist(), rows.tolist(), strict=True):
            for _, blamed in self._blanks(rule_group, index, i):
                lacking[key] &= ~blamed
        anybody: Mask = lacking.any(axis=0)
        return anybody

    def refusals(self, i: int) -> dict[str, int]:
        """Return how many practitioners each rule refuses for row `i`; rules that refuse nobody are left out."""
        counts = {
            rule.code: int(count)
            for rule_group in self.rule_groups
            for rule, count in zip(rule_group.rules, rule_group.refused[:, rule_group.key[i]], strict=True)
        }
        counts |= {rule.code: len(pairs.of_row(i).cols) for rule, pairs in self.barred}
        return {code: count for code, count in counts.items() if count}


Memory = dict[tuple[str, ...], dict[tuple[int, ...], Truths]]
"""Verdicts (rules, m) by what a group reads, its rules, and the values, while nobody on the roster changes in them.

Rules that read no case column look at load and leave, which change with every decision; they are never kept.
"""


def judge(
    docket: Docket, rules: Sequence[Rule], case: CaseColumns, needs_reason: Mask, memory: Memory | None = None
) -> Eligibility:
    """Return the verdicts of `rules` on a docket whose case columns are `case`."""
    rules = loosened(rules, case)
    return Eligibility(
        n=docket.n,
        m=docket.m,
        rule_groups=tuple(
            rule_group_of(docket, case, reads, group, memory) for reads, group in by_columns(rules).items()
        ),
        barred=tuple((rule, barred_pairs(docket, case, rule, rule.pair)) for rule in rules if rule.pair),
        needs_reason=needs_reason,
        docket=docket,
        case=case,
    )


def loosened(rules: Sequence[Rule], case: CaseColumns) -> Sequence[Rule]:
    """Return the rules, those that are relaxed for some case reading that as well; it costs nothing where none is."""
    bits = int(np.bitwise_or.reduce(case.relaxed[:, 0], initial=0))
    return [yielding(rule, YIELDING[rule.code]) if YIELDING.get(rule.code, 0) & bits else rule for rule in rules]


def yielding(rule: Rule, bit: int) -> Rule:
    """Return a soft rule that lets everybody pass where it is relaxed and not firm."""

    def verdict(d: View) -> Truths:
        eased = truth(d.case.relaxed & bit > 0)
        return any_of(all_of(eased, negation(rule.firm(d))) if rule.firm else eased, rule.verdict(d))

    return replace(rule, reads=(*rule.reads, "relaxed"), verdict=verdict)


def by_columns(rules: Sequence[Rule]) -> dict[tuple[str, ...], list[Rule]]:
    """Return the rules on facts of one side, grouped by the case columns they read."""
    groups: dict[tuple[str, ...], list[Rule]] = {}
    for rule in rules:
        if not rule.pair:
            groups.setdefault(rule.reads, []).append(rule)
    return groups


def rule_group_of(
    docket: Docket, case: CaseColumns, reads: tuple[str, ...], rules: Sequence[Rule], memory: Memory | None = None
) -> RuleGroup:
    """Return the verdicts of rules that read the same columns, once a combination that occurs."""
    columns = [getattr(case, name)[:, 0].astype(np.int64) for name in reads] or [np.zeros(docket.n, np.int64)]
    values, first, key = combinations(np.stack(columns, axis=1))
    if memory is None or not reads:
        verdicts = verdicts_of(docket, case, first, rules)
    else:
        known = memory.setdefault((*reads, *(rule.code for rule in rules)), {})
        asked = [tuple(row) for row in values.tolist()]
        fresh = [at for at, row in enumerate(asked) if row not in known]
        if fresh or not asked:
            judged = verdicts_of(docket, case, first[fresh], rules)
            known.update({asked[at]: judged[:, k] for k, at in enumerate(fresh)})
        found = [known[row] for row in asked]
        # A case alone, as the steps of a chain ask for it, needs nothing stacked.
        verdicts = judged if not found else np.stack(found, axis=1) if len(found) > 1 else found[0][:, None]
    return RuleGroup(reads, tuple(rules), key, verdicts)


def combinations(columns: Integers) -> tuple[Integers, Integers, Integers]:
    """Return each combination once, (k, columns), the first row it occurs in, and the one each row has."""
    if len(columns) <= 1:
        return columns, np.zeros(len(columns), np.int64), np.zeros(len(columns), np.int64)
    # numpy's own search for equal rows compares them one by one: several times as slow on a day's few cases.
    order = np.lexsort(columns.T[::-1])
    ranked = columns[order]
    new = np.append(True, (ranked[1:] != ranked[:-1]).any(axis=1))
    key = np.empty(len(columns), np.int64)
    key[order] = new.cumsum() - 1
    return ranked[new], order[new], key


def verdicts_of(docket: Docket, case: CaseColumns, rows: Integers, rules: Sequence[Rule]) -> Truths:
    """Return what each rule says of some rows, (rules, k, m)."""
    view = View(case.take(rows), docket.practitioner, docket.lookups, docket.policy)
    verdicts = np.empty((len(rules), len(rows), docket.m), np.uint8)
    for row, rule in zip(verdicts, rules, strict=True):
        row[:] = rule.verdict(view)
    return verdicts


def barred_pairs(docket: Docket, case: CaseColumns, rule: Rule, kind: PairKind) -> PairList:
    """Return the recorded pairs a rule refuses, (row, column, no or unknown)."""
    recorded = docket.pairs[kind]
    if not len(recorded.rows):
        return recorded
    view = View(case.take(recorded.rows), docket.practitioner, docket.lookups, docket.policy)
    verdicts = np.broadcast_to(rule.verdict(view), (len(recorded.rows), 1))[:, 0]
    refused = verdicts != YES
    return PairList(recorded.rows[refused], recorded.cols[refused], verdicts[refused].astype(np.int64))
