"""What if today's cases were matched under other weights or prices, or somebody were away: answered at once."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from dispatch.commands.answers.days import one_at_a_time, today
from dispatch.commands.answers.names import Names, names_of
from dispatch.domain.docket.docket import NOBODY
from dispatch.domain.errors import NotFoundError
from dispatch.domain.permissions import Actor, Verb, require
from dispatch.domain.plain_words import PlainWords
from dispatch.domain.policy.criteria import MAX_SCORE
from dispatch.domain.policy.merge import apply_patch
from dispatch.domain.policy.schema import Policy
from dispatch.registry.policies import read_policy
from dispatch.registry.reads import get
from dispatch.registry.tables import PolicyRow
from dispatch.registry.transaction import Read
from dispatch.simulation.evidence.what_if import HandChange, WhatIf, compare

# fmt: off
HANDS = PlainWords("共{cases}件案件，其中{changed}件换由他人承办。", "Cases that change hands: {changed} of {cases}.")
NO_HANDS = PlainWords("共{cases}件案件，承办人员均不变。", "Cases that change hands: none of {cases}.")
OPEN = PlainWords("无人承办的名额由{before}个变为{after}个。", "Seats without anybody: {before} before, {after} after.")
MATCH = PlainWords("有人承办的名额，平均得分由{before:,.0f}分变为{after:,.0f}分"
                   "（按现行方案的权重计，一件满分为{full:,}分）。",
                   "Mean score of a filled seat by the weights in force: {before:,.0f} before, {after:,.0f} after "
                   "(a case is worth {full:,} at most).")
MAX_LOAD = PlainWords("一人一次最多分到的案件由{before}件变为{after}件。",
                  "Most cases given to one person at once: {before} before, {after} after.")
ONE_HAND = PlainWords("{number}号案件：由{before}改为{after}", "{number}: from {before} to {after}")
NOBODY_AT_ALL = PlainWords("无人", "nobody")
# fmt: on


class WhatIfAnswer(NamedTuple):
    """Today as it is and as it would be, with what people and cases are called."""

    at: datetime
    cases: int
    found: WhatIf
    names: Names


def what_if(
    read: Read,
    actor: Actor,
    now: datetime,
    changes: dict[str, Any],
    away: Collection[str] = (),
    policy_id: str | None = None,
) -> WhatIfAnswer:
    """
    Match today's cases under a version with these changes, and with these people away; nothing is written.

    The version is the one in force, unless another is named.

    Raises
    ------
    PolicyInvalidError
        If the changed policy is none.
    NotFoundError
        If there is no such version, or somebody who is to be away is not on today's roster.
    """
    require(actor, Verb.SIMULATE)
    with one_at_a_time(), read() as session:
        day = today(session, actor.centre_id, now)
        start = read_policy(get(session, PolicyRow, actor.centre_id, policy_id)) if policy_id else day.docket.policy
        policy = Policy.from_document(apply_patch(start.to_document(), changes))
        for id in away:
            if day.docket.column_of(id) == NOBODY:
                raise NotFoundError(what="practitioner", id=id)
        found = compare(day, policy, away)
        docket = day.docket
        named = {id for each in found.changed for id in (*each.before, *each.after)}
        people = [person for person in docket.facts.practitioners if person.id in named]
        names = names_of(session, actor, people, [each.case_id for each in found.changed])
    return WhatIfAnswer(docket.facts.now, len(docket.facts.cases), found, names)


def what_if_in_words(answer: WhatIfAnswer, language: str) -> list[str]:
    """Return what would change in sentences."""
    before, after = answer.found.before, answer.found.after
    hands = HANDS if answer.found.changed else NO_HANDS
    told = [hands.label(language).format(cases=answer.cases, changed=len(answer.found.changed))]
    if before.open != after.open:
        told.append(OPEN.label(language).format(before=before.open, after=after.open))
    if before.match is not None and after.match is not None and before.match != after.match:
        told.append(MATCH.label(language).format(before=before.match, after=after.match, full=MAX_SCORE))
    if before.most != after.most:
        told.append(MAX_LOAD.label(language).format(before=before.most, after=after.most))
    return told


def hand_in_words(change: HandChange, names: Names, language: str) -> str:
    """Return a case that changes hands, by its number."""
    sides = (
        [names.people[id].label for id in ids] or [NOBODY_AT_ALL.label(language)]
        for ids in (change.before, change.after)
    )
    before, after = (("、" if language == "zh" else ", ").join(side) for side in sides)
    return ONE_HAND.label(language).format(number=names.numbers[change.case_id], before=before, after=after)
