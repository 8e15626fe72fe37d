"""The prices of a run: what each rule the centre chose costs, and what one more practitioner would be worth."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlmodel import Session

from dispatch.commands.answers.days import one_at_a_time, solved
from dispatch.domain.errors import RunNotReadyError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.plain_words import PlainWords
from dispatch.domain.policy.causes import Catalogue
from dispatch.domain.policy.criteria import MAX_SCORE
from dispatch.exchange.languages import LANGUAGES
from dispatch.registry.reads import areas, get
from dispatch.registry.tables import RunRow
from dispatch.registry.transaction import Read
from dispatch.simulation.evidence.prices import PersonValue, RulePrice, Sort, person_values, rule_prices

Kind = tuple[Sort, str]
Named = tuple[str, str]
"""In Chinese and in English."""

# fmt: off
RULE = {
    # whether a seat more would have somebody
    True:  PlainWords("若不设此条件，可多指派{served}个承办名额。",
                      "Without this rule {served} more seats would have somebody."),
    False: PlainWords("若不设此条件，全部案件合计得分可增加{gain:,}分（一件满分为{full:,}分）。",
                      "Without this rule all cases together would gain {gain:,} points (a case is worth {full:,} at "
                      "most)."),
}
FREE = PlainWords("此条件未影响当日结果。", "This rule cost the day nothing.")
PERSON = {
    # whether it matters whom of today's people the new one is like
    True:  PlainWords("同类人员再增加1人（1个名额），视其与现有哪位人员条件相同，全部案件合计得分"
                      "可增加{least:,}至{most:,}分，居中的为{median:,}分（一件满分为{full:,}分）。",
                      "One more such person with one place would add {least:,} to {most:,} points to all cases, "
                      "depending on whom of today's people they are like; {median:,} in the middle of them "
                      "(a case is worth {full:,} at most)."),
    False: PlainWords("同类人员再增加1人（1个名额），全部案件合计得分可增加{most:,}分（一件满分为{full:,}分）。",
                      "One more such person with one place would add {most:,} points to all cases "
                      "(a case is worth {full:,} at most)."),
}
FILLS = {
    # whether everybody like today's people would
    True:  PlainWords("再增加1名同类人员，可使1件无人承办的案件得到指派。",
                      "One more such person would let a case that has nobody be assigned."),
    False: PlainWords("再增加1名同类人员，条件合适的，可使1件无人承办的案件得到指派。",
                      "One more such person could let a case that has nobody be assigned, if they meet its rules."),
}
SPARE = PlainWords("同类人员已足够，再增加1人对当日结果没有影响。",
                   "There are enough such people: one more changes nothing.")
# fmt: on


class LabelledValue(NamedTuple):
    """What one more person is worth, and what the kind is called."""

    value: PersonValue
    zh: str
    en: str


class RunPrices(NamedTuple):
    """The prices of a run."""

    run_id: str
    rules: list[RulePrice]
    people: list[LabelledValue]


def prices_of_run(read: Read, actor: Actor, run_id: str) -> RunPrices:
    """
    Return what a run's day says of its rules and people; nothing is written.

    Raises
    ------
    RunNotReadyError
        If the run has no plan, or one that is not proven best.
    """
    require(actor, Verb.READ_RUN)
    with one_at_a_time():
        with read() as session:
            day = solved(get(session, RunRow, actor.centre_id, run_id))
            labels = labels_of(session, actor.centre_id, [day.docket.policy.catalogue])
        if not day.solution.optimal:
            raise RunNotReadyError(id=run_id)
        return RunPrices(run_id, rule_prices(day), list(_labelled(person_values(day), labels)))


def rule_in_words(price: RulePrice, language: str) -> str:
    """Return what a rule costs."""
    if not price.gain:
        return FREE.label(language)
    return RULE[price.served > 0].label(language).format(served=price.served, gain=price.gain, full=MAX_SCORE)


def value_in_words(value: PersonValue, language: str) -> str:
    """Return what one more person is worth."""
    if not value.most:
        return SPARE.label(language)
    words = FILLS[value.surely] if value.fills else PERSON[value.least < value.most]
    return words.label(language).format(least=value.least, median=value.median, most=value.most, full=MAX_SCORE)


def labels_of(session: Session, centre_id: str, catalogues: Iterable[Catalogue]) -> dict[Kind, Named]:
    """Return what causes, areas and languages are called; a cause as the last of the catalogues has it."""
    known = (cause for catalogue in catalogues for cause in catalogue.by_code.items())
    causes = {(Sort.CAUSE, code): (each.zh, each.en) for code, each in known}
    named = {(Sort.AREA, row.code): (row.name, row.name) for row in areas(session, centre_id)}
    return causes | named | {(Sort.LANGUAGE, code): (zh, en) for code, zh, en in LANGUAGES.labels}


def named(labels: Mapping[Kind, Named], sort: Sort, label: str) -> Named:
    """Return what a kind is called, or its code."""
    return labels.get((sort, label), (label, label))


def _labelled(values: list[PersonValue], labels: Mapping[Kind, Named]) -> Iterator[LabelledValue]:
    return (LabelledValue(each, *named(labels, each.sort, each.label)) for each in values)
