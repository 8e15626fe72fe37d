"""Statutory time limits: one row a limit, with its unit, its roll rule and its source.

The start day is not counted. Where the last day is not worked it rolls to the next working
day if the row allows it, but never for a detained person: a custody period is not lengthened
by a holiday (《刑事诉讼法》第一百零五条). The law says days, not working days; a centre's own,
shorter limit is in its policy, and the earlier of the two is the deadline.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from dispatch.domain.calendar import WorkingDays
from dispatch.domain.errors import InvalidFieldError, UnknownReferenceError, stated
from dispatch.domain.law.citations import OWN, Citations, Trust, cite
from dispatch.domain.policy.document import MAX_HOURS
from dispatch.domain.states import ClockEnd, ClockState
from dispatch.domain.vocabulary import ON_NOTICE, CaseSource, ReviewCourt, Term

LAST_SECOND = time(23, 59, 59)
CHINA = "Asia/Shanghai"


# fmt: off
class TimeUnit(Term):
    """What a limit is counted in."""

    HOUR        = "hour",        "小时",   "hour"
    DAY         = "day",         "日",     "calendar day"
    WORKING_DAY = "working_day", "工作日", "working day"


class Obliged(Term):
    """Who must act before a limit ends."""

    CENTRE       = "centre",       "法律援助机构", "legal aid institution"
    INSTITUTION  = "institution",  "承办机构",     "undertaking institution"
    PRACTITIONER = "practitioner", "承办人员",     "practitioner"
    BUREAU       = "bureau",       "司法行政部门", "justice bureau"
    RECIPIENT    = "recipient",    "受援人",       "aid recipient"
    ORGAN        = "organ",        "办案机关",     "case organ"
# fmt: on

MATERIALS_BY = "T9b"
"""From aid that came first to its papers (《法律援助法》第四十四条第二款): at its end the centre has to decide."""

NOT_OURS = frozenset({Obliged.RECIPIENT, Obliged.ORGAN})
"""Whose limits are read, and not held against the centre."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A length of time; ``before`` counts back from the event, ``roll`` moves a free last day."""

    value: Annotated[int, Field(ge=0, le=MAX_HOURS)]
    unit: TimeUnit
    roll: bool = True
    before: bool = False
    source: Citations = ()


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A row of the table: from an event to what must be done, and who says so."""

    code: str
    whose: Obliged
    limit: Limit | None
    source: Citations
    zh: str
    en: str

    @property
    def statutory(self) -> Limit | None:
        """Return its limit, with what it rests on."""
        return self.limit and replace(self.limit, source=self.source)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last instant, whether a calendar estimate went into it, and the source that binds."""

    at: datetime
    estimated: bool
    source: Citations


def days(value: int, *, roll: bool = True, before: bool = False) -> Limit:
    """Return a limit in calendar days."""
    return Limit(value=value, unit=TimeUnit.DAY, roll=roll, before=before)


def working_days(value: int, source: Citations = ()) -> Limit:
    """Return a limit in working days."""
    return Limit(value=value, unit=TimeUnit.WORKING_DAY, source=source)


def hours(value: int, source: Citations = ()) -> Limit:
    """Return a limit in hours, which never rolls."""
    return Limit(value=value, unit=TimeUnit.HOUR, source=source, roll=False)


# fmt: off
DEADLINES: dict[str, TimeLimit] = {row.code: row for row in (
    TimeLimit("T1", Obliged.ORGAN, days(3), cite("legal_aid_law", 36),
              "办案机关发现应当通知辩护、代理的情形至通知法律援助机构指派律师",
              "organ finds that aid is mandatory, notifies the centre"),
    TimeLimit("T2", Obliged.CENTRE, days(3), cite("legal_aid_law", 36) + cite("case_procedures", 24, paragraph=2),
              "法律援助机构收到通知至指派律师并通知办案机关",
              "centre receives the notice, assigns and informs the organ"),
    TimeLimit("T2b", Obliged.CENTRE, days(3), cite("legal_aid_law", 36) + cite("case_procedures", 24, paragraph=2),
              "法律援助机构收到通知至将承办律师函告办案机关",
              "centre receives the notice, tells the organ which lawyer acts"),
    TimeLimit("T3", Obliged.CENTRE, days(7), cite("legal_aid_law", 43, paragraph=1),
              "收到申请至作出是否给予法律援助的决定", "application received, decided"),
    TimeLimit("T4", Obliged.CENTRE, days(3),
              cite("legal_aid_law", 43, paragraph=1) + cite("case_procedures", 24, paragraph=1),
              "作出给予法律援助决定至指派", "aid granted, assigned"),
    TimeLimit("T5", Obliged.INSTITUTION, hours(24),
              cite("case_procedures", 25, paragraph=2) + cite("practice_measures_2004", 5),
              "承办机构收到指派至安排承办人员（应当及时，24小时为参考期限）",
              "institution receives the assignment, arranges a person promptly; 24 hours are a guide"),
    TimeLimit("T6", Obliged.PRACTITIONER, days(5), cite("case_procedures", 27),
              "安排或者收到指派至签订委托协议和授权委托书", "assignment received, agreement signed"),
    TimeLimit("T7", Obliged.ORGAN, hours(24), cite("legal_aid_law", 39, paragraph=1),
              "办案机关、监管场所收到申请至转交法律援助机构", "application of a detained person forwarded"),
    TimeLimit("T8", Obliged.RECIPIENT, None,
              cite("legal_aid_law", 43, paragraph=2) + cite("case_procedures", trust=Trust.UNREAD),
              "材料不齐全的，一次性告知；补充材料的时间不计入审查期限",
              "incomplete material: one notice, the clock stops"),
    TimeLimit("T9", Obliged.CENTRE, hours(0), cite("legal_aid_law", 44, paragraph=1),
              "先行提供法律援助", "aid first, papers later: at once"),
    TimeLimit("T9b", Obliged.RECIPIENT, None,
              cite("legal_aid_law", 44, paragraph=2) + cite("case_procedures", trust=Trust.UNREAD),
              "先行提供法律援助至补办有关手续、补充有关材料（在法律援助机构确定的期限内）",
              "aid came first: papers handed in by the day the institution has set"),
    TimeLimit("T10", Obliged.BUREAU, days(5), cite("legal_aid_law", 49, paragraph=2),
              "司法行政部门对不予、终止法律援助决定的异议作出处理", "objection to refusal or termination decided"),
    TimeLimit("T11", Obliged.CENTRE, working_days(5),
              cite("case_procedures", 37, trust=Trust.UNREAD) + cite("hangzhou_regulation", 33),
              "对更换法律援助人员申请作出决定", "request for another practitioner decided"),
    TimeLimit("T12", Obliged.ORGAN, days(15, roll=False, before=True), cite("criminal_procedure_interpretation", 49),
              "人民法院开庭前送达法律援助通知书、起诉书副本（简易程序、速裁程序除外）",
              "court sends notice and indictment before the hearing, unless it is summary or fast-track"),
    TimeLimit("T13", Obliged.PRACTITIONER, days(3), cite("criminal_procedure_interpretation", 52, 66),
              "接受委托或者指派后向人民法院提交手续", "defender or agent files papers with the court"),
    TimeLimit("T14", Obliged.RECIPIENT, days(5), cite("criminal_procedure_interpretation", 50),
              "被告人有正当理由拒绝指派律师的，另行委托辩护人",
              "defendant who refused with good reason retains another"),
    TimeLimit("T15", Obliged.ORGAN, days(3), cite("criminal_procedure_interpretation", 50),
              "未另行委托的，人民法院通知另行指派律师", "failing that, the court notifies the centre again"),
    TimeLimit("T16", Obliged.ORGAN, days(15), cite("criminal_procedure_interpretation", 313),
              "另行指派、委托后重新开庭前，辩护人准备辩护的时间", "new defender prepares after adjournment"),
    TimeLimit("T17a", Obliged.RECIPIENT, days(10), cite("death_review_aid", 2),
              "最高人民法院复核阶段，被告人申请法律援助", "death-penalty review: defendant applies"),
    TimeLimit("T17b", Obliged.CENTRE, days(3), cite("death_review_aid", 4),
              "司法部法律援助中心收到通知至指派律师", "death-penalty review: the ministry's centre assigns"),
    # Service guides of other places give thirty days each; the articles themselves could not be read.
    TimeLimit("T18a", Obliged.PRACTITIONER, days(30), cite("case_procedures", trust=Trust.SECONDARY),
              "案件办结至提交立卷材料", "case finished, file handed in"),
    TimeLimit("T18b", Obliged.CENTRE, days(30), cite("case_procedures", trust=Trust.SECONDARY),
              "收到立卷材料至审查并支付法律援助补贴", "file handed in, reviewed and paid"),
    # The order in force replaced the measures of 2013, whose lengths these are; its own could not be read.
    TimeLimit("T19a", Obliged.BUREAU, working_days(5), cite("complaints", trust=Trust.UNREAD),
              "投诉受理", "complaint accepted or not"),
    TimeLimit("T19b", Obliged.BUREAU, days(45), cite("complaints", trust=Trust.UNREAD),
              "投诉办结", "complaint concluded"),
    TimeLimit("T19c", Obliged.BUREAU, working_days(5), cite("complaints", trust=Trust.UNREAD),
              "投诉答复", "complaint answered"),
    TimeLimit("T20a", Obliged.CENTRE, days(3), cite("case_procedures", 39, trust=Trust.UNREAD),
              "决定终止法律援助至将决定书发送受援人", "aid terminated, the recipient told"),
    TimeLimit("T20b", Obliged.CENTRE, days(3), cite("case_procedures", 39, trust=Trust.UNREAD),
              "决定终止法律援助至通知承办人员所属单位", "aid terminated, the practitioner's unit told"),
    TimeLimit("T20c", Obliged.CENTRE, days(3), cite("case_procedures", 39, trust=Trust.UNREAD),
              "决定终止法律援助至函告办案机关", "aid terminated, the case organ told"),
    TimeLimit("T21", Obliged.PRACTITIONER, None, OWN,
              "指派至本阶段办结（本中心按阶段确定，或者按本案确定的日期）",
              "assigned, the stage is closed: a closing day of the centre's own, or of the case"),
)}
# fmt: on


def next_duty(source: CaseSource, *, granted: bool, review_court: ReviewCourt | None = None) -> str:
    """Return the limit of what a centre owes a case first: to assign, or before that to decide."""
    if source in ON_NOTICE:
        return "T17b" if review_court is ReviewCourt.SUPREME else "T2"
    return "T4" if granted else "T3"


def state_of(due_at: datetime, stopped_at: datetime | None, became: ClockEnd | None, now: datetime) -> ClockState:
    """Return the state of a limit that ends at ``due_at``; one that ran past it was not kept, whatever ended it."""
    if stopped_at is None:
        return ClockState.RUNNING if now <= due_at else ClockState.OVERDUE
    if became is ClockEnd.EXCUSED or (became is not ClockEnd.MET and stopped_at <= due_at):
        return ClockState.LAPSED
    return ClockState.MET if stopped_at <= due_at else ClockState.LATE


def due_at(
    code: str,
    since: datetime,
    *,
    detained: bool | None,
    calendar: WorkingDays,
    limits: Mapping[str, Limit] | None = None,
    time_zone: str = CHINA,
) -> Deadline:
    """
    Return when the limit `code` ends that began with `since`.

    Parameters
    ----------
    detained : bool or None
        True or None (unknown) forbids rolling over a holiday.
    limits : mapping of code to Limit, optional
        The centre's own limits; the earlier of law and centre binds.

    Raises
    ------
    UnknownReferenceError
        If there is no such limit.
    InvalidFieldError
        If the limit has no fixed length.
    """
    if code not in DEADLINES:
        raise UnknownReferenceError(field="deadline", value=code, known=list(DEADLINES))
    own = (limits or {}).get(code)
    bounds = [limit for limit in (DEADLINES[code].statutory, own and replace(own, source=own.source or OWN)) if limit]
    if not bounds:
        raise InvalidFieldError(
            field="deadline", value=code, expected=stated("有固定长度的期限", "a limit of fixed length")
        )
    zone = ZoneInfo(time_zone)
    ends = [end_of(limit, since, zone, calendar, may_roll=detained is False) for limit in bounds]
    return min(ends, key=lambda end: end.at)


def end_of(limit: Limit, since: datetime, zone: ZoneInfo, calendar: WorkingDays, *, may_roll: bool) -> Deadline:
    """Return when one limit ends: to the minute for hours, else with the last second of the last day."""
    if limit.unit is TimeUnit.HOUR:
        return Deadline((since + timedelta(hours=limit.value)).astimezone(UTC), estimated=False, source=limit.source)
    start = since.astimezone(zone).date()
    last, looked_up = last_day(limit, start, calendar, may_roll=may_roll)
    at = datetime.combine(last, LAST_SECOND, zone).astimezone(UTC)
    estimated = looked_up and (calendar.is_estimated(start) or calendar.is_estimated(last))
    return Deadline(at, estimated, limit.source)


def last_day(limit: Limit, start: date, calendar: WorkingDays, *, may_roll: bool) -> tuple[date, bool]:
    """Return the last day, and whether the calendar was asked for it."""
    if limit.unit is TimeUnit.WORKING_DAY:
        return calendar.after(start, limit.value), True
    last = start + timedelta(days=-limit.value if limit.before else limit.value)
    if limit.roll and may_roll:
        return calendar.roll(last), True
    return last, False
