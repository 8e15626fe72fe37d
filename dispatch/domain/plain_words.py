"""What people are told in plain words: recipients what comes next and why this practitioner, others why not they."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from dispatch.domain.policy.criteria import MAX_SCORE
from dispatch.domain.vocabulary import ModeName, Status, Term


class PlainWords(NamedTuple):
    """A sentence in both languages."""

    zh: str
    en: str

    def label(self, language: str) -> str:
        """Return it in ``language``: Chinese for ``zh``, else English."""
        return self.zh if language == "zh" else self.en


# fmt: off
NEXT_STEP: Mapping[Status, PlainWords] = {
    # state of the case      what comes next for its recipient
    Status.RECEIVED:    PlainWords("您的申请正在审查，决定作出后会告知您。",
                                   "Your application is being examined; you will be told the decision."),
    Status.PENDING:     PlainWords("正在为您指派承办人员。", "A practitioner is being found for you."),
    Status.POSTED:      PlainWords("正在征集愿意承办的人员。", "Practitioners have been invited to take your case."),
    Status.OFFERED:     PlainWords("正在征询承办人员的意见，请等待答复。",
                                   "A practitioner has been asked to take your case; please wait for the answer."),
    Status.ENTRUSTED:   PlainWords("已指派承办机构，由其安排承办人员。",
                                   "Your case was assigned to an institution, which will name a practitioner."),
    Status.ASSIGNED:    PlainWords("已指派承办人员；待其接受指派后，请与其联系。",
                                   "A practitioner was assigned; once they accept, please get in touch with them."),
    Status.ACCEPTED:    PlainWords("请与承办人员联系，签订委托协议和授权委托书。",
                                   "Please contact the practitioner to sign the agreement and the power of attorney."),
    Status.SIGNED:      PlainWords("委托协议已签订，承办人员将开始办理。",
                                   "The agreement is signed; the practitioner will begin the work."),
    Status.UNDERTAKEN:  PlainWords("承办人员正在办理，您可以向其了解办理情况。",
                                   "The practitioner is at work; you may ask them how the case is going."),
    Status.CLOSED:      PlainWords("案件已办结，请您作出评价。", "The case is closed; please rate the work."),
    Status.EVALUATED:   PlainWords("案件已办结，并已评估办案质量。",
                                   "The case is closed, and the quality of the work was assessed."),
    Status.REFUSED:     PlainWords("决定不予法律援助；您有异议的，可以向设立该法律援助机构的司法行政部门提出。",
                                   "Aid was refused; you may object to the judicial administration in charge."),
    Status.TERMINATED:  PlainWords("法律援助已终止；您有异议的，可以向设立该法律援助机构的司法行政部门提出。",
                                   "Aid was terminated; you may object to the judicial administration in charge."),
    Status.WITHDRAWN:   PlainWords("申请（通知）已撤回。", "The application or notice was withdrawn."),
    Status.RETAINED:    PlainWords("您已自行委托，法律援助已终止。", "You retained your own counsel; aid has ended."),
    Status.TRANSFERRED: PlainWords("您的案件已移送其他法律援助机构。",
                                   "Your case was transferred to another legal aid institution."),
}

CHOOSE = PlainWords("请在{at}前选择承办人员，最多3名；到时未选的，由法律援助机构指派。",
                    "Please choose up to three practitioners by {at}; otherwise the institution assigns one.")
CHOSEN = PlainWords("您点援的人员将自{at}起依次征询，在此之前可以更改。",
                    "Those you chose are asked in turn from {at} on; until then you may change your choice.")
LOCAL_TIME = PlainWords("{at.month}月{at.day}日{at.hour}:{at:%M}", "{at:%Y-%m-%d %H:%M}")

OWED_BY = PlainWords("已先行为您提供法律援助，请在{on}（含当日）前向法律援助机构补交下列材料：{materials}。"
                     "逾期不补交的，法律援助可能终止。",
                     "Aid was given before your papers were in. Please hand these in to the legal aid institution by "
                     "the end of {on}: {materials}. Aid may end if they do not come.")
OVERDUE = PlainWords("补交材料的期限（{on}）已过，请尽快向法律援助机构补交下列材料：{materials}；"
                     "不能补交的，请与法律援助机构联系。",
                     "The day to hand in your papers ({on}) is past. Please hand these in to the legal aid institution "
                     "at once, or get in touch with it if you cannot: {materials}.")
DAY = PlainWords("{on.year}年{on.month}月{on.day}日", "{on:%Y-%m-%d}")

HOW_CHOSEN: Mapping[ModeName, PlainWords] = {
    # mode                     why this practitioner
    ModeName.OPTIMIZED:       PlainWords("综合案件类型、专业特长、便利程度、在办案件数等因素匹配。",
                                         "Matched by the kind of case, specialty, nearness and present workload."),
    ModeName.POINT_SELECTION: PlainWords("由您点援选定。", "You chose this practitioner."),
    ModeName.GRAB:            PlainWords("主动承接您的案件，并且符合条件。",
                                         "They came forward for your case and meet the requirements."),
    ModeName.ROTATION:        PlainWords("符合条件，按轮流指派顺序轮到。",
                                         "They meet the requirements, and it was their turn."),
    ModeName.CONTINUITY:      PlainWords("您案件的前一阶段由其承办，现由其继续承办。",
                                         "They acted for you at an earlier stage."),
    ModeName.DESIGNATION:     PlainWords("由法律援助机构工作人员指派，并且符合条件。",
                                         "An officer of the institution named them; they meet the requirements."),
}
# fmt: on

# fmt: off
SOMEBODY_ELSE: Mapping[ModeName, PlainWords] = {
    # mode                     why somebody else was chosen, as a colleague is told
    ModeName.OPTIMIZED:       PlainWords("与其他待指派案件一并匹配后，由他人承办总体最优。",
                                         "Matched with all waiting cases: the best plan gave it to another."),
    ModeName.POINT_SELECTION: PlainWords("受援人点援，选定他人。", "The recipient chose another practitioner."),
    ModeName.GRAB:            PlainWords("由他人抢单承办。", "Another practitioner's claim won."),
    ModeName.ROTATION:        PlainWords("按轮流指派顺序轮到他人。", "It was another practitioner's turn."),
    ModeName.CONTINUITY:      PlainWords("本案前一阶段由他人承办，由其继续承办。",
                                         "Another practitioner acted at the earlier stage."),
    ModeName.DESIGNATION:     PlainWords("经人工指派，由他人承办。", "An officer named another practitioner."),
}

MISSED = PlainWords(" 按指派当时的登记，您的匹配得分为{score:,}分（满分{most:,}分），"
                    "在符合条件的{people}人中列第{rank}位。",
                    " By the register as it was then your score was {score:,} of {most:,}: "
                    "place {rank} of {people} eligible people.")
PLACE = PlainWords("您在轮流指派中列第{place}位（共{people}人），{more}；应得份额为全部轮次的{share:.1%}。",
                   "You are at place {place} of {people} in the rotation, {more} your share of all turns "
                   "({share:.1%}).")
MORE = {
    # whether turns had are more than the share, as they are shown; 0 is neither
    1:  PlainWords("比应得份额多派{turns:.1f}轮", "{turns:.1f} turns beyond"),
    0:  PlainWords("与应得份额一致", "level with"),
    -1: PlainWords("比应得份额少派{turns:.1f}轮", "{turns:.1f} turns short of"),
}
HOUSE = PlainWords(" 按机构轮流，您所在机构列第{place}位，{more}。",
                   " Your institution is at place {place} of the institutions, {more} its share of all turns.")
OWED = PlainWords(" 距年度最低办案件数还差{owed}件，优先指派。",
                  " {owed} cases short of the yearly minimum, which come first.")
ASKED = PlainWords(" 正在征询您的意见，答复之前排在其他人之后。",
                   " You have an offer to answer; until you do, everyone else comes before you.")
WAIVED = PlainWords(" 您不接受征询或者逾期未答复{waived}件，{until}以前排在其他人之后，已派轮次不变。",
                    " You declined or did not answer turns ({waived}): until {until} everyone else comes before you, "
                    "and no turn is counted.")
AWAY_NOW = PlainWords(" 此时段您不在岗，排在其他人之后。",
                      " You are away for this part of the day; everyone else comes before you.")
NEXT = PlainWords(" 下一位轮到您。", " You are next.")
# fmt: on


# fmt: off
EXPERIENCE: tuple[tuple[int, PlainWords], ...] = (
    # level in the cause, from    what a recipient is told of it
    (70, PlainWords("办理此类案件很有经验", "very experienced in cases like yours")),
    (40, PlainWords("办理此类案件有经验", "experienced in cases like yours")),
    (1,  PlainWords("办理过此类案件", "has taken cases like yours")),
    (0,  PlainWords("可以办理您的案件", "may take your case")),
)
YEARS = PlainWords("执业{years}年；", "{years} years of practice; ")
ONE_YEAR = PlainWords("执业1年；", "one year of practice; ")
# fmt: on


class RotationPlace(Protocol):
    """A position in the rotation with the figures behind it."""

    @property
    def place(self) -> int: ...
    @property
    def entitled(self) -> float: ...
    @property
    def ahead(self) -> float: ...
    @property
    def institution_upcoming(self) -> int | None: ...
    @property
    def institution_ahead(self) -> float | None: ...
    @property
    def owed(self) -> int: ...
    @property
    def asked(self) -> int: ...
    @property
    def waived(self) -> int: ...
    @property
    def waived_until(self) -> datetime | None: ...
    @property
    def away_now(self) -> bool: ...
    @property
    def away_throughout(self) -> bool: ...
    @property
    def next(self) -> bool: ...


def experience_in_words(years: int | None, level: int, language: str) -> str:
    """Return how long somebody has practised and what they know of the cause, as a recipient is told."""
    known = next(words for least, words in EXPERIENCE if max(level, 0) >= least).label(language)
    practised = ONE_YEAR if years == 1 else YEARS
    text = (practised.label(language).format(years=years) if years else "") + known
    return text + ("。" if language == "zh" else ".")


def choosing_in_words(until: datetime, *, chosen: bool, language: str) -> str:
    """Return until when, in the time of the centre, a recipient may choose or change the choice."""
    at = LOCAL_TIME.label(language).format(at=until)
    return (CHOSEN if chosen else CHOOSE).label(language).format(at=at)


def owed_in_words(materials: Sequence[Term], by: date, *, overdue: bool, language: str) -> str:
    """Return which papers a recipient must still hand in, and by which day."""
    named = ("、" if language == "zh" else "; ").join(each.label(language) for each in materials)
    words = OVERDUE if overdue else OWED_BY
    return words.label(language).format(on=DAY.label(language).format(on=by), materials=named)


def missed_in_words(mode: ModeName, score: int, rank: int, people: int, language: str) -> str:
    """Return why somebody else was chosen, and how one compared."""
    figures = MISSED.label(language).format(score=score, most=MAX_SCORE, rank=rank, people=people)
    return SOMEBODY_ELSE[mode].label(language) + figures


def more_in_words(ahead: float, language: str) -> str:
    """Return by how many turns somebody, or an institution, has had more than its share."""
    turns = round(ahead, 1)
    return MORE[(turns > 0) - (turns < 0)].label(language).format(turns=abs(turns))


def turn_in_words(turn: RotationPlace, people: int, language: str) -> str:
    """Return someone's place in the rotation, and what puts it there."""
    more = more_in_words(turn.ahead, language)
    text = PLACE.label(language).format(place=turn.place, people=people, more=more, share=turn.entitled)
    if turn.institution_upcoming and turn.institution_ahead is not None:
        standing = more_in_words(turn.institution_ahead, language)
        text += HOUSE.label(language).format(place=turn.institution_upcoming, more=standing)
    text += OWED.label(language).format(owed=turn.owed) if turn.owed else ""
    text += ASKED.label(language) if turn.asked else ""
    if turn.waived_until:
        until = LOCAL_TIME.label(language).format(at=turn.waived_until)
        text += WAIVED.label(language).format(waived=turn.waived, until=until)
    text += AWAY_NOW.label(language) if turn.away_now and not turn.away_throughout else ""
    return text + (NEXT.label(language) if turn.next else "")
