"""What puts somebody at their place in the rotation, in words for everybody who reads the order."""

from collections.abc import Iterator

from dispatch.casework.reach import ON_LEAVE
from dispatch.commands.rotation.order import Turn
from dispatch.domain.eligibility.table import RULES_BY_CODE
from dispatch.domain.plain_words import LOCAL_TIME, PlainWords, more_in_words
from dispatch.domain.unfairness_bound import ExcessCause

# fmt: off
PASSED_OVER = PlainWords("跳过：{text}", "Skipped: {text}")
HAS_OFFER = PlainWords("正在征询意见{asked}件，答复之前排在其他人之后。",
                       "Offers to answer: {asked}; until then everyone else comes first.")
WAIVED = PlainWords("不接受征询或者逾期未答复{waived}件，{until}以前排在其他人之后，已派轮次不变。",
                    "Turns declined or not answered: {waived}; until {until} everyone else comes first, "
                    "and no turn is counted.")
OUT_OF_REACH = PlainWords("征询时限内不在岗，不予征询，位次保留。",
                          "Away for nearly all of the time to answer, so not asked; the place is kept.")
HOUSE_TURN = {
    # whether this person of the institution is next
    True:  PlainWords("按机构轮流，轮到{house}，{more}。", "It is the turn of {house}, {more} its share of all turns."),
    False: PlainWords("按机构轮流，{house}列第{place}位，{more}。",
                      "{house} is at place {place} of the institutions, {more} its share of all turns."),
}
NOT_THERE = PlainWords("此时段不在岗，在岗人员优先。", "Away for this part of the day; those who are there come first.")
SHORT = PlainWords("距年度最低办案件数差{owed}件，优先。",
                   "Cases short of the yearly minimum, which come first: {owed}.")
MOVED = {
    # whether turns were given
    True:  PlainWords("经负责人调整，计入{turns}轮，位次后移。",
                      "A manager's override added turns ({turns}): moved back."),
    False: PlainWords("经负责人调整，减去{turns}轮，位次前移。",
                      "A manager's override took turns off ({turns}): moved forward."),
}
BEYOND = PlainWords("按工作量计，比应得份额多{above}，超过一件最大的案件（{largest}）。原因：{cause}。",
                    "{above} of effort beyond the entitled share: more than the largest case ({largest}). "
                    "Cause: {cause}.")
# fmt: on


def excess_in_words(above: float, largest: int, cause: ExcessCause, language: str) -> str:
    """Return by how much somebody is above their share, and what explains it."""
    return BEYOND.label(language).format(above=f"{above:g}", largest=largest, cause=cause.label(language))


def place_in_words(turn: Turn, language: str) -> list[str]:
    """Return what puts somebody at their place besides the turns they have had; nothing if nothing does."""
    return list(_reasons(turn, language))


def skipped_in_words(turn: Turn, code: str, language: str) -> str:
    """Return why a rule passes somebody over; hours away are no leave, they only keep the question from its reader."""
    if turn.away_throughout and code == ON_LEAVE.code:
        return OUT_OF_REACH.label(language)
    return RULES_BY_CODE[code].refusal(language)


def _reasons(turn: Turn, language: str) -> Iterator[str]:
    if turn.institution_upcoming and turn.institution_ahead is not None:
        words, more = HOUSE_TURN[turn.next], more_in_words(turn.institution_ahead, language)
        yield words.label(language).format(house=turn.institution, place=turn.institution_upcoming, more=more)
    for code in turn.skipped:
        yield PASSED_OVER.label(language).format(text=skipped_in_words(turn, code, language))
    if turn.asked:
        yield HAS_OFFER.label(language).format(asked=turn.asked)
    if turn.waived_until:
        until = LOCAL_TIME.label(language).format(at=turn.waived_until)
        yield WAIVED.label(language).format(waived=turn.waived, until=until)
    if turn.away_now and not turn.away_throughout:
        yield NOT_THERE.label(language)
    if turn.owed:
        yield SHORT.label(language).format(owed=turn.owed)
    if turn.overridden:
        yield MOVED[turn.overridden > 0].label(language).format(turns=abs(turn.overridden))
