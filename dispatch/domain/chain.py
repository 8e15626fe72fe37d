"""The chain of modes: which one fits a case, and when each step must end so that the rest still fits.

Windows are computed backwards. The last step keeps the office hours the policy reserves for it before
the legal deadline; the steps before it keep theirs; what is left bounds the step at hand. Practitioners
have office hours. A recipient chooses around the clock and over the hours in which the office is closed,
and keeps that time even from the steps between; how the wishes are asked is in ``casework``.
"""

from collections.abc import Container
from datetime import datetime, timedelta
from typing import Protocol

from dispatch.domain.office import OfficeHours
from dispatch.domain.policy.chain_schema import Chain, Step
from dispatch.domain.policy.schema import Policy
from dispatch.domain.vocabulary import Category, Matter, ModeName, Term

DIRECT = Chain(code="direct", zh="直接指派", en="direct", steps=(Step(mode=ModeName.OPTIMIZED),))
"""Taken where no chain of the policy fits."""

MAX_WISHES = 3
"""Wishes beyond the third are not heard: their extra would leave the range of exact scores."""


class Classified(Protocol):
    """What decides the class of a case."""

    @property
    def matter(self) -> Matter: ...
    @property
    def categories(self) -> Container[str]: ...
    @property
    def secret(self) -> bool | None: ...
    @property
    def detained(self) -> bool | None: ...
    @property
    def grave(self) -> bool | None: ...
    @property
    def recipient_is_minor(self) -> bool | None: ...
    @property
    def sexual_assault(self) -> bool | None: ...


# fmt: off
class Mark(Term):
    """Entries of a case's history that leave its state as it is."""

    PLAN     = "plan",     "进入指派流程", "put on its chain"
    STEP     = "step",     "进入环节",     "a step began"
    SKIP     = "skip",     "跳过环节",     "a step was skipped or ended"
    WISH     = "wish",     "点援意愿",     "wishes named"
    AWAIT    = "await",    "待上班后征询", "the wishes wait for office hours"
    REMIND   = "remind",   "提醒点援",     "the recipient was reminded"
    RELAX    = "relax",    "放宽条件",     "a soft rule was relaxed"
    ESCALATE = "escalate", "提请负责人处理", "the manager was called"
    DESIGNATE = "designate", "拟人工指派", "someone was named; a second officer must agree"
    PROPOSE  = "propose",  "拟修改案件信息，待复核", "a change that lowers a protection waits for a second person"
    RETRACT  = "retract",  "撤回拟作的修改", "who proposed a change took it back"
    OBJECT   = "object",   "复核人不同意", "the second officer did not agree"
    REVIEW   = "review",   "变更指派审核", "a case given back was reviewed"
    DOUBT    = "doubt",    "承办人员条件待复核", "a rule excludes who has the case: to be reviewed"
    REPORT   = "report",   "报告案件办理情况", "progress was reported"
    MAJOR    = "major",    "报告重大、疑难案件", "the case was reported as major"
    RATE     = "rate",     "受援人满意度评价", "the recipient rated the work"
    CONFLICT = "conflict", "申报利益冲突", "a conflict of interest was declared"
    CONFLICT_UNDONE = "conflict_undone", "更正利益冲突申报", "a declaration of a conflict was corrected"
    ASK_REPLACEMENT = "ask_replacement", "申请更换", "a replacement was asked for"
    KEEP     = "keep",     "不同意更换",   "the replacement was not agreed to"
    CONTEST  = "contest",  "提出异议",     "an objection was raised"
    DISMISS  = "dismiss",  "维持原决定",   "the objection was dismissed"
    COMPLAIN = "complain", "收到投诉",     "a complaint was received"
    DECIDE_COMPLAINT = "decide_complaint", "处理投诉", "a complaint was decided or answered"
    CORRECT_COMPLAINT = "correct_complaint", "更正投诉处理", "a step of a complaint was corrected"
    SETTLE   = "settle",   "核算补贴",     "the subsidy was settled"
    PAY      = "pay",      "支付补贴",     "the subsidy was paid"
    CORRECT_SETTLEMENT = "correct_settlement", "更正补贴核算", "a settlement or its payment was corrected"
    APPLY_FUND   = "apply_fund",   "申报项目资金", "a fund was applied for"
    DECIDE_FUND  = "decide_fund",  "项目资金审批结果", "the result on a fund was recorded"
    CORRECT_FUND = "correct_fund", "更正项目资金登记", "an application for a fund was corrected"
    MILESTONE = "milestone", "登记办案节点", "what a time limit hangs on was recorded"
    RECKON   = "reckon",   "重新计算期限", "a time limit was reckoned anew"
    SUPERVISE = "supervise", "监督案件质量", "the work was supervised: a hearing, an inquiry, a call-back"
    STRIKE   = "strike",   "更正质量监督记录", "a record of supervision was struck out"
    ARCHIVE   = "archive",   "归档",         "the file was archived"
    UNARCHIVE = "unarchive", "更正归档",     "the file was taken out of the archive again"
    UNSEAL   = "unseal",   "不公开抢单时段结束", "a sealed window ended and nobody had won"


class Because(Term):
    """Why a step is skipped or ended, or the manager is called."""

    SHORT_OF_TIME   = "short_of_time",   "距指派期限时间不足", "too little time is left for anything but the last step"
    NO_TIME         = "no_time",         "须为后续环节留出时间", "the time is needed by the steps that follow"
    NOBODY_ELIGIBLE = "nobody_eligible", "没有符合条件的人员", "nobody is eligible"
    TOO_FEW         = "too_few",         "可承办人员不足", "there are not enough free people for all cases due"
    NO_TIME_TO_ASK  = "no_time_to_ask",  "已无时间征询点援的人员", "no time is left to ask who was wished for"
    OUT_OF_HOURS    = "out_of_hours",    "征询时限内，符合条件的人员均不在岗", "who may take it is away all that time"
    NOBODY_NAMED    = "nobody_named",    "没有可征询的人员", "nobody who is named may take the case"
    OTHER_NAMED     = "other_named",     "受援人已点选其他人员", "the recipient has named somebody else"
    LEFT_TO_CENTRE  = "left_to_centre",  "受援人请法律援助机构安排", "the recipient leaves the choice to the centre"
    NOT_OPEN        = "not_open",        "本系统不公开抢单的案件", "the case never enters the board"
    TAKEN_OFF       = "taken_off",       "已撤下抢单", "an officer took the case off the board"
    WINDOW_OVER     = "window_over",     "本环节时限已到", "the window is over"
    DEADLINE_NEAR   = "deadline_near",   "期限临近",   "the deadline is near"
    NOT_ARRANGED    = "not_arranged", "承办机构未按时安排", "the institution arranged nobody in time"
    NO_OFFICE_TIME  = "no_office_time",  "期限前已无工作时间", "no office hour is left before the deadline"
# fmt: on


def guarded(case: Classified) -> bool:
    """Tell whether the case must stay out of the board; what is not known guards it too."""
    minor = case.recipient_is_minor is not False or Category.MINOR in case.categories
    return minor or case.secret is not False or case.sexual_assault is not False


def unknown_guards(case: Classified) -> tuple[str, ...]:
    """Return the facts for which alone, since nobody knows them, the case must stay out of the board."""
    guards = {
        "recipient_minor": case.recipient_is_minor, "sexual_assault": case.sexual_assault, "secret": case.secret,
    }  # fmt: skip
    if Category.MINOR in case.categories or any(guards.values()):
        return ()
    return tuple(name for name, known in guards.items() if known is None)


def may_be_grave(case: Classified) -> bool:
    """Tell whether life or death may be the sentence; where nobody said so, in criminal cases alone."""
    return case.grave is True or (case.grave is None and case.matter is Matter.CRIMINAL)


def chain_for(case: Classified, policy: Policy) -> Chain:
    """Return the first chain of the policy that fits the case."""
    return next((chain for chain in policy.chains if fits(chain, case)), DIRECT)


def chain_named(policy: Policy, code: str) -> Chain:
    """Return the chain of the policy with this code."""
    return next((chain for chain in policy.chains if chain.code == code), DIRECT)


def fits(chain: Chain, case: Classified) -> bool:
    """Tell whether the chain is meant for the case; a guarded case never fits one with the board."""
    open_board = any(step.mode is ModeName.GRAB for step in chain.steps)
    return (
        case.matter in chain.matters
        and (not chain.closed or guarded(case))
        and (not chain.detained or case.detained is not False)
        and not (open_board and guarded(case))
    )


def end_of_step(
    chain: Chain, step: int, now: datetime, due_at: datetime, policy: Policy, office: OfficeHours
) -> datetime | Because:
    """Return when a step that begins now must end, or why it cannot begin; the last one can always."""
    if is_last(chain, step):
        return max(limit_of(chain, step, due_at, policy, office), now)
    if due_at - now < timedelta(hours=policy.walk.direct_below_hours):
        return Because.SHORT_OF_TIME
    if chain.steps[step].mode is ModeName.POINT_SELECTION:
        end = _end_of_choosing(chain, step, now, due_at, policy, office)
    else:
        asked_until = office.after(now, chain.steps[step].hours or 0)
        end = min(asked_until, kept_for_others(chain, step, due_at, policy, office))
    return end if end > now else Because.NO_TIME


def is_last(chain: Chain, step: int) -> bool:
    """Tell whether no step follows."""
    return step == len(chain.steps) - 1


def limit_of(chain: Chain, step: int, due_at: datetime, policy: Policy, office: OfficeHours) -> datetime:
    """Return until when a step may last at most: the last one until the manager is called."""
    walk = policy.walk
    return office.before(due_at, walk.escalate_hours if is_last(chain, step) else walk.reserve_hours)


def kept_for_others(chain: Chain, step: int, due_at: datetime, policy: Policy, office: OfficeHours) -> datetime:
    """Return until when a step may last if the steps after it are to have all of their time."""
    latest = limit_of(chain, step, due_at, policy, office)
    for following in reversed(chain.steps[step + 1 : -1]):
        hours = following.hours or 0
        choosing = following.mode is ModeName.POINT_SELECTION
        latest = latest - timedelta(hours=hours) if choosing else office.before(latest, hours)
    return latest


def _end_of_choosing(
    chain: Chain, step: int, now: datetime, due_at: datetime, policy: Policy, office: OfficeHours
) -> datetime:
    # While the office is closed nobody loses what the recipient gains; the last moment still leaves time to ask one.
    chosen_by = office.open_from(now + timedelta(hours=chain.steps[step].hours or 0))
    return min(chosen_by, office.before(limit_of(chain, step, due_at, policy, office), policy.walk.wish_hours))
