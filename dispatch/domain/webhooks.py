"""Webhooks: what other systems receive, by which type, and how often it is sent again.

A message says what happened in ids and codes; names and stories are read through the API by who may.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from dispatch.domain.chain import Mark
from dispatch.domain.lifecycle import Event
from dispatch.domain.vocabulary import Status, Term

VERSION = 1
"""Of the payload. A change that a receiver could stumble over gets a new number."""

RECEIVE, AMEND = "receive", "amend"
"""Entries of a case's history that leave its state as it is."""


# fmt: off
class HookType(Term):
    """Event types an endpoint may subscribe to."""

    CASE_RECEIVED    = "case.received",    "案件已收到",     "a case was received"
    CASE_AMENDED     = "case.amended",     "案件已修改",     "a case was amended"
    CASE_GRANTED     = "case.granted",     "已决定给予法律援助", "aid was granted"
    CASE_NOTIFIED    = "case.notified",    "已收到通知辩护、代理", "a case organ gave notice: a practitioner is due"
    CASE_REFUSED     = "case.refused",     "已决定不予法律援助", "aid was refused"
    CASE_POSTED      = "case.posted",      "已发布抢单",     "a case was posted on the board"
    CASE_OFFERED     = "case.offered",     "已征询",         "practitioners were asked"
    CASE_DECLINED    = "case.declined",    "不接受征询、申请变更指派", "a practitioner declined"
    CASE_EXPIRED     = "case.expired",     "逾期未答复",     "nobody answered or claimed in time"
    CASE_RECALLED    = "case.recalled",    "已撤回征询或者抢单", "an offer or a posting was taken back"
    CASE_ASSIGNED    = "case.assigned",    "已指派",         "a practitioner was assigned"
    CASE_ENTRUSTED   = "case.entrusted",   "已指派承办机构", "an institution is to arrange its person"
    CASE_ACCEPTED    = "case.accepted",    "已接受指派",     "a practitioner accepted"
    CASE_GIVEN_BACK  = "case.given_back",  "已变更指派",     "a practitioner gave the case back or was replaced"
    CASE_SIGNED      = "case.signed",      "已签订委托协议", "the agreement and the power of attorney were signed"
    CASE_REPORTED    = "case.reported",    "已报告办理情况", "a practitioner reported progress or a major case"
    CASE_UNDERTAKEN  = "case.undertaken",  "已开始办理",     "work on the case began"
    CASE_CLOSED      = "case.closed",      "已结案",         "a case was closed"
    CASE_EVALUATED   = "case.evaluated",   "已评估或者评价", "the centre graded the work, or the recipient rated it"
    CASE_ENDED       = "case.ended",       "已终止、撤回或者移送", "a case ended otherwise: its status says how"
    CASE_RESTORED    = "case.restored",    "已恢复",         "an act was undone: the case is in the state before it"
    CASE_CONTESTED   = "case.contested",   "已提出异议、投诉、更换申请", "an objection, complaint, request to replace"
    CASE_TIMED       = "case.timed",       "办案节点或者期限有变化", "a milestone was recorded, a limit reckoned anew"
    CASE_REMINDED    = "case.reminded",    "已提醒受援人点援", "a recipient has not chosen yet"
    CASE_ESCALATED   = "case.escalated",   "已提请负责人",   "the manager was called"
    RUN_SOLVED       = "run.solved",       "匹配批次已完成", "a run has its proposals"
    RUN_FAILED       = "run.failed",       "匹配批次未完成", "a run failed or was cancelled"
    RUN_APPLIED      = "run.applied",      "匹配结果已采纳", "proposals of a run were applied"
    REGISTER_CHECKED = "register.checked", "名册夜间检查有变化", "the nightly check found something new or gone"
    LOG_HEAD         = "log.head",         "审计日志每日校验值", "the digest of the log at the end of a day"
    WEBHOOK_DISABLED = "webhook.disabled", "回调地址已停用", "another endpoint of the centre was disabled"
    WEBHOOK_TEST     = "webhook.test",     "回调测试",       "someone tries the endpoint out"


class HookState(Term):
    """Whether an endpoint receives events."""

    ACTIVE   = "active",   "启用",   "active"
    DISABLED = "disabled", "已停用", "disabled"
    RETIRED  = "retired",  "已注销", "retired for good"


class Disabled(Term):
    """Why an endpoint receives nothing."""

    BY_HAND = "by_hand", "人工停用",     "someone disabled it"
    GONE    = "gone",    "接收方已撤销", "it answered that it is gone"
    FAILING = "failing", "多日未能送达", "it failed for days"


class DeliveryState(Term):
    """What became of a message to one endpoint."""

    WAITING   = "waiting",   "待送达", "to be delivered"
    DELIVERED = "delivered", "已送达", "delivered"
    DEAD      = "dead",      "不再发送", "given up"


class Trouble(Term):
    """Why a delivery failed."""

    STATUS      = "status",      "对方答复异常",   "the endpoint answered with an error or a redirect"
    TIMEOUT     = "timeout",     "超时",           "the endpoint did not answer in time"
    UNREACHABLE = "unreachable", "无法连接",       "the endpoint cannot be reached"
    FORBIDDEN   = "forbidden",   "地址不被允许",   "the address leads into a private network"
    UNSIGNED    = "unsigned",    "签名密钥无法读取", "the signing secret cannot be read here; make a new one"
    BROKEN_OFF  = "broken_off",  "发送中断",       "the worker ended in the middle; it may have arrived"


TYPES: dict[tuple[str, Status | None], tuple[HookType, ...]] = {
    # entry of a case's history, state before it (None: any other): what is told
    (RECEIVE,         None):            (HookType.CASE_RECEIVED,),
    (AMEND,           None):            (HookType.CASE_AMENDED,),
    (Event.GRANT,     None):            (HookType.CASE_GRANTED,),
    (Event.NOTICE,    None):            (HookType.CASE_NOTIFIED,),
    (Event.OVERTURN,  Status.REFUSED):  (HookType.CASE_GRANTED,),
    (Event.OVERTURN,  None):            (HookType.CASE_RESTORED,),
    (Event.REFUSE,    None):            (HookType.CASE_REFUSED,),
    (Event.POST,      None):            (HookType.CASE_POSTED,),
    (Event.UNPOST,    None):            (HookType.CASE_RECALLED,),
    (Event.OFFER,     None):            (HookType.CASE_OFFERED,),
    (Event.RECALL,    None):            (HookType.CASE_RECALLED,),
    (Event.DECLINE,   None):            (HookType.CASE_DECLINED,),
    (Event.EXPIRE,    None):            (HookType.CASE_EXPIRED,),
    (Event.GRAB,      None):            (HookType.CASE_ASSIGNED,),
    (Event.ASSIGN,    None):            (HookType.CASE_ASSIGNED,),
    (Event.ACCEPT,    None):            (HookType.CASE_ACCEPTED,),
    (Event.ACCEPT,    Status.OFFERED):  (HookType.CASE_ASSIGNED, HookType.CASE_ACCEPTED),
    (Event.REPLACE,   None):            (HookType.CASE_GIVEN_BACK,),
    (Event.RESEAT,    None):            (HookType.CASE_AMENDED,),
    (Event.SIGN,      None):            (HookType.CASE_SIGNED,),
    (Event.UNDERTAKE, None):            (HookType.CASE_UNDERTAKEN,),
    (Event.CLOSE,     None):            (HookType.CASE_CLOSED,),
    (Event.EVALUATE,  None):            (HookType.CASE_EVALUATED,),
    (Event.TERMINATE, None):            (HookType.CASE_ENDED,),
    (Event.WITHDRAW,  None):            (HookType.CASE_ENDED,),
    (Event.RESCIND,   None):            (HookType.CASE_ENDED,),
    (Event.RETAIN,    None):            (HookType.CASE_ENDED,),
    (Event.TRANSFER,  None):            (HookType.CASE_ENDED,),
    (Event.CORRECT,   None):            (HookType.CASE_RESTORED,),
    (Mark.REMIND,     None):            (HookType.CASE_REMINDED,),
    (Mark.ESCALATE,   None):            (HookType.CASE_ESCALATED,),
    (Mark.DOUBT,      None):            (HookType.CASE_ESCALATED,),
    (Mark.RATE,       None):            (HookType.CASE_EVALUATED,),
    (Event.ENTRUST,   None):            (HookType.CASE_ENTRUSTED,),
    (Event.ARRANGE,   None):            (HookType.CASE_ASSIGNED,),
    (Mark.CONFLICT,   None):            (),
    (Mark.CONFLICT_UNDONE, None):       (),
    (Mark.ASK_REPLACEMENT, None):       (HookType.CASE_CONTESTED,),
    (Mark.KEEP,       None):            (HookType.CASE_CONTESTED,),
    (Mark.CONTEST,    None):            (HookType.CASE_CONTESTED,),
    (Mark.DISMISS,    None):            (HookType.CASE_CONTESTED,),
    (Mark.REPORT,     None):            (HookType.CASE_REPORTED,),
    (Mark.MAJOR,      None):            (HookType.CASE_REPORTED,),
    (Mark.COMPLAIN,   None):            (HookType.CASE_CONTESTED,),
    (Mark.DECIDE_COMPLAINT, None):      (HookType.CASE_CONTESTED,),
    (Mark.CORRECT_COMPLAINT, None):     (HookType.CASE_CONTESTED,),
    (Mark.MILESTONE,  None):            (HookType.CASE_TIMED,),
    (Mark.RECKON,     None):            (HookType.CASE_TIMED,),
    # money, supervision and the archive are the centre's own business
    (Mark.PROPOSE,    None):            (),
    (Mark.RETRACT,    None):            (),
    (Mark.SETTLE,     None):            (),
    (Mark.PAY,        None):            (),
    (Mark.CORRECT_SETTLEMENT, None):    (),
    (Mark.APPLY_FUND, None):            (),
    (Mark.DECIDE_FUND, None):           (),
    (Mark.CORRECT_FUND, None):          (),
    (Mark.SUPERVISE,  None):            (),
    (Mark.STRIKE,     None):            (),
    (Mark.ARCHIVE,    None):            (),
    (Mark.UNARCHIVE,  None):            (),
    # so is the way through a chain
    (Mark.PLAN,       None):            (),
    (Mark.STEP,       None):            (),
    (Mark.SKIP,       None):            (),
    (Mark.RELAX,      None):            (),
    (Mark.UNSEAL,     None):            (),
    (Mark.WISH,       None):            (),
    (Mark.AWAIT,      None):            (),
    (Mark.DESIGNATE,  None):            (),
    (Mark.OBJECT,     None):            (),
    (Mark.REVIEW,     None):            (),
}
# fmt: on

REPORTED = (
    "arrangement_id",
    "assignment_id",
    "because",
    "code",
    "corrects",
    "due_at",
    "ends_at",
    "expires_at",
    "finished_on",
    "grade",
    "ground",
    "institution_id",
    "milestone",
    "offer_id",
    "offer_ids",
    "on",
    "outcome",
    "paper_id",
    "posting_id",
    "practitioner_id",
    "practitioner_ids",
    "reason",
    "replacement_id",
    "rests_until",
    "seat",
    "stars",
    "was",
)  # fmt: skip
"""Facts of an entry that go out: ids, codes and moments. What is not named here stays inside."""

FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(days=1)
MAX_ATTEMPTS = 12
"""With the pauses between them these last about three days."""

FIRST_REST, LONGEST_REST = timedelta(seconds=1), timedelta(minutes=5)
"""How long an endpoint is left alone after a failure, doubled with each further one in a row."""

FAILING_FOR = timedelta(days=5)
"""An endpoint that took nothing for so long is disabled."""

JITTER = 0.2
"""Greatest part of a pause that is taken off, so that what failed together is not tried again together."""


def types_of(entry: str, before: Status | None) -> tuple[HookType, ...]:
    """Return the webhook type of an entry of a case's history; an entry not in the table is sent to nobody."""
    return TYPES.get((entry, before)) or TYPES.get((entry, None), ())


def message_of(case_id: str, status: Status, entry: str, facts: Mapping[str, object] | None) -> dict[str, Any]:
    """Return the payload of an entry: the status of the case, and the facts that may be sent."""
    public = {name: value for name, value in (facts or {}).items() if name in REPORTED}
    return {"case_id": case_id, "status": status.value, "event": str(entry), **public}


def pause_after(attempts: int, delivery_id: str) -> timedelta:
    """Return how long to wait after so many attempts: three times as long each time, less a share drawn from the id."""
    tripled = FIRST_PAUSE * 3 ** min(attempts - 1, 20)
    drawn = int.from_bytes(sha256(f"{delivery_id}:{attempts}".encode()).digest()[:4]) / 2**32
    pause: timedelta = min(tripled, LONGEST_PAUSE) * (1 - JITTER * drawn)
    return pause


def rest_after(failures: int) -> timedelta:
    """Return how long an endpoint is left alone after so many failures in a row."""
    doubled: timedelta = FIRST_REST * 2 ** min(failures - 1, 20)
    return min(doubled, LONGEST_REST)


def given_up(attempts: int) -> bool:
    """Tell whether a message has been tried often enough."""
    return attempts >= MAX_ATTEMPTS


def failing_too_long(since: datetime | None, now: datetime) -> bool:
    """Tell whether an endpoint has failed so long that it is disabled."""
    return since is not None and now - since >= FAILING_FOR
