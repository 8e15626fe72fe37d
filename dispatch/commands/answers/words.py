"""An answer in sentences for somebody who knows no optimisation: officers, a practitioner, a recipient."""

from collections.abc import Callable, Iterator

from dispatch.commands.answers.names import Names
from dispatch.commands.answers.why import Basis, Reader, WhyAnswer
from dispatch.domain.eligibility.soft_rules import Soft
from dispatch.domain.eligibility.table import basis_text, refusal_text
from dispatch.domain.lifecycle import UNNAMED
from dispatch.domain.plain_words import HOW_CHOSEN, NEXT_STEP, PlainWords, missed_in_words
from dispatch.domain.policy.criteria import MAX_SCORE, Criterion
from dispatch.domain.vocabulary import ModeName
from dispatch.exchange.languages import LANGUAGES
from dispatch.modes.figures import beside
from dispatch.simulation.evidence.repair import CaseRepair, OpenCase, RepairKind
from dispatch.simulation.evidence.why import AskedAbout, CaseMove, CaseStanding, SeenPractitioner

MAX_NAMED = 3
"""Criteria named in a comparison, the largest differences first."""
GOOD_LEVEL = 60
"""From this level on a criterion is told to a recipient as a reason."""

# fmt: off
BASES = {
    # on what it rests
    Basis.TODAY:    PlainWords("按现在的登记测算：如现在发起匹配，共{cases}件待指派案件一并匹配。",
                               "As the register is now. Cases that would be matched together: {cases}."),
    Basis.RUN:      PlainWords("本案由匹配批次指派，当时共{cases}件案件一并匹配；以下按当时的数据。",
                               "Decided by matching; cases matched together: {cases}. "
                               "What follows is by the data of that moment."),
    Basis.REGISTER: PlainWords("本案未经批次匹配；以下按指派当时的登记。",
                               "Not decided by matching; what follows is by the register as it was when somebody "
                               "was named."),
}
MODES = {
    # mode                     how the case was given, as an officer is told
    ModeName.OPTIMIZED:       PlainWords("由批次匹配选定：这样指派，全部案件合计得分最高。",
                                         "Chosen because all cases together score highest this way."),
    ModeName.POINT_SELECTION: PlainWords("由受援人点援选定。", "The recipient chose them."),
    ModeName.GRAB:            PlainWords("由其抢单承接。", "They claimed the case on the board and won it."),
    ModeName.ROTATION:        PlainWords("按轮流指派顺序轮到。", "It was their turn."),
    ModeName.CONTINUITY:      PlainWords("本案前一阶段由其承办，继续承办。", "They acted at an earlier stage."),
    ModeName.DESIGNATION:     PlainWords("经人工指派。", "An officer named them."),
}
POOL = PlainWords("名册在册{listed}人，其中{eligible}人符合本案全部条件。",
                  "Of {listed} people on the list, {eligible} may take this case.")
POOL_NONE = PlainWords("名册在册{listed}人，没有人符合本案全部条件。",
                       "Of {listed} people on the list, nobody may take this case.")
NOBODY_YET = PlainWords("本案没有可以指派的人员。", "There is nobody to give this case to.")
PROPOSED = PlainWords("按测算将指派：{names}。", "It would go to: {names}.")
NAMED = PlainWords("选定：{names}。", "Chosen: {names}.")

STANDINGS = {
    # how somebody compares
    CaseStanding.CHOSEN:   PlainWords("{name}就是选定的承办人员。", "{name} is the one chosen."),
    CaseStanding.EQUAL:    PlainWords("改由{name}承办，全部案件合计得分相同：由抽签决定。",
                                      "With {name}, all cases together would score the same: the draw decides."),
    CaseStanding.WORSE:    PlainWords("改由{name}承办，全部案件合计得分减少{loss}分（一件满分为{most}分）。",
                                      "With {name}, all cases together would lose {loss} points "
                                      "(a case is worth {most} at most)."),
    CaseStanding.ELIGIBLE: PlainWords("{name}符合条件，未被选定。", "{name} is eligible and was not chosen."),
    CaseStanding.FULL:     PlainWords("{name}符合条件，但没有可用的承办名额。",
                                      "{name} is eligible but has no free place."),
    CaseStanding.REFUSED:  PlainWords("{name}不符合条件：", "{name} is refused:"),
}
LEFT_OPEN = PlainWords("改由{name}承办，将使{numbers}号案件无人承办。",
                       "With {name}, nobody would be left for {numbers}.")
BETWEEN = PlainWords("{least}至{most}", "between {least} and {most}")
MOVES = PlainWords("其他{count}件案件的承办人员须随之改变：{moves}。",
                   "Other cases that would change hands ({count}): {moves}.")
MOVE = PlainWords("{number}号案件由{origin}改为{target}", "{number} from {origin} to {target}")
NOBODY = PlainWords("无人承办", "nobody")
REFUSAL = PlainWords("{text}（依据：{source}）。", "{text} (source: {source}).")
COMPARED = PlainWords("与{chosen}相比：{parts}。", "Compared with {chosen}: {parts}.")
MORE = PlainWords("“{criterion}”多{points}分（{here}，对方{there}）",
                  "{criterion}: {points} points more ({here} against {there})")
LESS = PlainWords("“{criterion}”少{points}分（{here}，对方{there}）",
                  "{criterion}: {points} points fewer ({here} against {there})")
PRICE = {
    # whether more is taken off than from the other
    True:  PlainWords("因已派轮次和在办件数多扣{price}分", "{price} points more off for turns had and cases in hand"),
    False: PlainWords("因已派轮次和在办件数少扣{price}分", "{price} points fewer off for turns had and cases in hand"),
}

YOURS = {
    # how the reader compares
    CaseStanding.CHOSEN: PlainWords("本案由您承办。", "You have this case."),
    CaseStanding.EQUAL:  PlainWords("由您承办，全部案件合计得分相同：由抽签决定。",
                                    "With you, all cases together would have scored the same: the draw decided."),
    CaseStanding.WORSE:  PlainWords("如由您承办，一并匹配的全部案件合计得分减少{loss}分（一件满分为{most}分）。",
                                    "With you, all cases matched together would have lost {loss} points "
                                    "(a case is worth {most} at most)."),
    CaseStanding.FULL:   PlainWords("您当时没有可用的承办名额。", "You had no free place then."),
}
YOURS_OPEN = PlainWords("如由您承办，将有其他案件无人承办。", "With you, another case would have had nobody.")

SHUT_IN = {
    # whether other cases compete for the same places
    True:  PlainWords("争用同一批承办名额的案件共{cases}件（含本案），只能由{people}人承办，"
                      "合计{slots}个名额，缺{shortage}个。",
                      "Cases that compete for the same places: {cases}, this one among them. People who may take them: "
                      "{people}. Places they have: {slots}, too few by {shortage}."),
    False: PlainWords("本案只能由{people}人承办，合计{slots}个名额，缺{shortage}个。",
                      "People who may take this case: {people}. Places they have: {slots}, too few by {shortage}."),
}
KEPT_APART = PlainWords("另有{count}人符合本案全部条件，因对立各方的案件须分开承办，在本次匹配中不能承办本案。",
                        "{count} more meet every rule of this case, but the other side's case, which has to be kept "
                        "apart, leaves them none here.")
NOBODY_FREE = PlainWords("名册在册人员中，现在没有人符合本案全部条件。",
                         "Nobody on the list may take this case at present.")
ONLY_FULL = PlainWords("有{count}人仅因在办件数、本月指派数或者所在机构件数已满而不能承办本案。",
                       "People kept out only because they or their institutions have as many cases as they may: "
                       "{count}.")
REPAIRS = {
    # what would help
    RepairKind.PLACE:       PlainWords("给{name}增加1个承办名额，{so}", "With one more place for {name}, {so}"),
    RepairKind.HOUSE_PLACE: PlainWords("给{house}增加1个承办名额，{so}", "With one more place for {house}, {so}"),
    RepairKind.LANGUAGE:    PlainWords("如{name}也能使用{labels}（能使用的，请登记到名册），{so}",
                                       "If {name} also spoke {labels} (record it if they do), {so}"),
    RepairKind.AREA:        PlainWords("如{name}的服务区域也包括{labels}（服务该区域的，请登记到名册），{so}",
                                       "If {name} also served {labels} (record it if they do), {so}"),
    RepairKind.RULE:        PlainWords("对本案{rule}，{so}", "An exception for this case ({rule}): {so}"),
}
SOFT = {each.value: each for each in Soft}
HELPS = PlainWords("本案即可指派。", "this case could be assigned.")
HELPS_MORE = PlainWords("本案即可指派，连同其他案件共可多指派{served}个承办名额。",
                        "this case could be assigned; with others, {served} more seats would be filled.")
BY_WHOM = PlainWords("即可由{name}承办。", "{name} could take it.")
OTHERS_FIRST = PlainWords("可多指派{served}件，但更紧急的案件在先，本案仍无人承办。",
                          "more cases could be assigned ({served}), but more urgent ones come first: this one would "
                          "still have nobody.")
NO_REPAIR = PlainWords("没有一项单独的调整能使本案得到指派。", "No single change would be enough for this case.")

STRENGTHS = {
    # criterion                what a recipient is told of it
    Criterion.WISH:       PlainWords("是您点援的人员", "you wished for them"),
    Criterion.CONTINUITY: PlainWords("曾在前一阶段为您办理", "they acted for you before"),
    Criterion.SPECIALTY:  PlainWords("熟悉这类案件", "they know cases of this kind"),
    Criterion.LANGUAGE:   PlainWords("能够使用您所需的语言", "they speak the language you need"),
    Criterion.DISTANCE:   PlainWords("距您的案件所在地较近", "they are near the place of your case"),
    Criterion.EXPERIENCE: PlainWords("有为您这类受援人服务的经验", "they have served people in your situation"),
    Criterion.SENIORITY:  PlainWords("执业时间较长", "they have practised for long"),
}
BECAUSE = PlainWords("承办人员{reasons}。", "In particular, {reasons}.")
POOL_OF_ONE = PlainWords("符合条件的共{eligible}人。", "Practitioners who met the conditions: {eligible}.")
NOBODY_FITS = PlainWords("现在还没有符合全部条件的人员，法律援助机构正在协调。",
                         "Nobody meets every condition at present; the institution is looking for a way.")
# fmt: on


def in_words(answer: WhyAnswer, language: str) -> list[str]:
    """Return the answer in the sentences its reader is meant to read."""
    return list(SENTENCES[answer.reader](answer, language))


def _for_officer(answer: WhyAnswer, language: str) -> Iterator[str]:
    why = answer.why
    yield BASES[answer.basis].label(language).format(cases=answer.cases)
    if answer.mode:
        yield MODES[answer.mode].label(language)
    pool = POOL if why.counts.eligible else POOL_NONE
    yield pool.label(language).format(listed=why.counts.listed, eligible=why.counts.eligible)
    if why.chosen:
        names = _joined([answer.names.people[each.practitioner_id].label for each in why.chosen], language)
        yield (PROPOSED if answer.basis is Basis.TODAY else NAMED).label(language).format(names=names)
    elif why.counts.eligible:
        yield NOBODY_YET.label(language)
    if answer.open:
        # That there is nobody at all is said already.
        yield from shut_in_words(answer.open, language) if why.counts.eligible else ()
        yield from _about_open(answer.open, answer.names, language)
    if why.asked:
        yield from _about(answer, why.asked, language)


def shut_in_words(found: OpenCase, language: str) -> Iterator[str]:
    """Yield who might take an open case and why none of them can."""
    people = len(found.practitioner_ids)
    if people:
        figures = {"cases": len(found.case_ids), "people": people, "slots": found.slots, "shortage": found.shortage}
        yield SHUT_IN[len(found.case_ids) > 1].label(language).format(**figures)
    if found.kept_apart:
        yield KEPT_APART.label(language).format(count=found.kept_apart)
    if not people and not found.kept_apart:
        yield NOBODY_FREE.label(language)


def _about_open(found: OpenCase, names: Names, language: str) -> Iterator[str]:
    if found.only_full:
        yield ONLY_FULL.label(language).format(count=found.only_full)
    yield from (repair_in_words(each, names, language) for each in found.repairs)
    if not found.repairs:
        yield NO_REPAIR.label(language)


def repair_in_words(repair: CaseRepair, names: Names, language: str) -> str:
    """Return a change that would help, and what comes of it."""
    name = names.people[repair.practitioner_id].label if repair.practitioner_id else ""
    labels = (
        names.areas.get(each, each) if repair.kind is RepairKind.AREA else LANGUAGES.label(each, language)
        for each in repair.labels
    )
    return (
        REPAIRS[repair.kind]
        .label(language)
        .format(
            name=name,
            house=names.houses.get(repair.institution_id or "", ""),
            labels=_joined(list(labels), language),
            rule=SOFT[repair.rule].label(language) if repair.rule else "",
            so=_so(repair, name).label(language).format(name=name, served=repair.served),
        )
    )


def _so(repair: CaseRepair, name: str) -> PlainWords:
    if not repair.helps:
        return OTHERS_FIRST
    if repair.kind is RepairKind.RULE and name:
        return BY_WHOM
    return HELPS_MORE if repair.served > 1 else HELPS


def _about(answer: WhyAnswer, asked: AskedAbout, language: str) -> Iterator[str]:
    name = answer.names.people[asked.seen.practitioner_id].label
    yield _standing(asked, answer, name, language)
    for each in asked.refusals:
        text = refusal_text(each.code, language, unknown=each.unknown, organs=each.organs, missing=each.missing)
        source = basis_text(each.code, language)
        yield REFUSAL.label(language).format(text=text.rstrip("。."), source=source)
    if answer.why.chosen and asked.standing is not CaseStanding.CHOSEN:
        chosen = answer.why.chosen[0]
        if parts := list(compared(asked.seen, chosen, language)):
            other = answer.names.people[chosen.practitioner_id].label
            yield COMPARED.label(language).format(chosen=other, parts=_joined(parts, language, "；", "; "))
    if moves := asked.moves[1:]:
        moved = _joined([move_in_words(each, answer, language) for each in moves], language, "；", "; ")
        yield MOVES.label(language).format(count=len(moves), moves=moved)


def _standing(asked: AskedAbout, answer: WhyAnswer, name: str, language: str) -> str:
    if asked.left_open:
        numbers = _joined([answer.names.numbers[id] for id in asked.left_open], language)
        return LEFT_OPEN.label(language).format(name=name, numbers=numbers)
    words = STANDINGS[asked.standing].label(language)
    return words.format(name=name, loss=_loss(asked, language), most=f"{MAX_SCORE:,}")


def _loss(asked: AskedAbout, language: str) -> str:
    if asked.regret is None:
        return ""
    least, most = f"{asked.regret.least:,}", f"{asked.regret.most:,}"
    return least if least == most else BETWEEN.label(language).format(least=least, most=most)


def compared(one: SeenPractitioner, other: SeenPractitioner, language: str) -> Iterator[str]:
    """Yield the largest differences between two people for one case, and what their turns cost."""
    pairs = sorted(zip(one.figures, other.figures, strict=True), key=lambda pair: -abs(pair[0].points - pair[1].points))
    for here, there in pairs[:MAX_NAMED]:
        if here.points != there.points:
            words, points = MORE if here.points > there.points else LESS, abs(here.points - there.points)
            measures = dict(zip(("here", "there"), beside(here, there, language), strict=True))
            criterion = here.criterion.label(language)
            yield words.label(language).format(criterion=criterion, points=f"{points:,}", **measures)
    if dearer := one.slot_price - other.slot_price:
        yield PRICE[dearer > 0].label(language).format(price=f"{abs(dearer):,}")


def move_in_words(move: CaseMove, answer: WhyAnswer, language: str) -> str:
    """Return a case that changes hands, by its number."""
    people = answer.names.people
    origin = people[move.origin].label if move.origin else NOBODY.label(language)
    target = people[move.target].label if move.target else NOBODY.label(language)
    return MOVE.label(language).format(number=answer.names.numbers[move.case_id], origin=origin, target=target)


def _for_practitioner(answer: WhyAnswer, language: str) -> Iterator[str]:
    asked = answer.why.asked
    if asked is None or answer.mode is None:
        return
    if asked.standing is not CaseStanding.CHOSEN:
        figures = asked.seen.score, asked.rank or 0, answer.why.counts.eligible
        yield missed_in_words(answer.mode, *figures, language)
    if asked.left_open:
        yield YOURS_OPEN.label(language)
    elif asked.standing in YOURS:
        words = YOURS[asked.standing].label(language)
        yield words.format(loss=_loss(asked, language), most=f"{MAX_SCORE:,}")


def _for_recipient(answer: WhyAnswer, language: str) -> Iterator[str]:
    why = answer.why
    if answer.case.status in UNNAMED:
        yield NEXT_STEP[answer.case.status].label(language)
        if not why.counts.eligible:
            yield NOBODY_FITS.label(language)
        return
    if answer.mode:
        yield HOW_CHOSEN[answer.mode].label(language)
    yield POOL_OF_ONE.label(language).format(eligible=why.counts.eligible)
    if why.chosen and (reasons := list(_strengths(answer, language))):
        yield BECAUSE.label(language).format(reasons=_joined(reasons, language, "，", "; "))


def _strengths(answer: WhyAnswer, language: str) -> Iterator[str]:
    by_criterion = {each.criterion: each for each in answer.why.chosen[0].figures}
    asks = {Criterion.LANGUAGE: answer.case.languages, Criterion.EXPERIENCE: answer.case.categories}
    for criterion, words in STRENGTHS.items():
        figure = by_criterion[criterion]
        counts = figure.points and figure.level >= GOOD_LEVEL and figure.measure is not None
        if counts and asks.get(criterion, True):
            yield words.label(language)


def _joined(texts: list[str], language: str, zh: str = "、", en: str = ", ") -> str:
    return (zh if language == "zh" else en).join(texts)


SENTENCES: dict[Reader, Callable[[WhyAnswer, str], Iterator[str]]] = {
    Reader.OFFICER: _for_officer,
    Reader.PRACTITIONER: _for_practitioner,
    Reader.RECIPIENT: _for_recipient,
}
