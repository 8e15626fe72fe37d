"""The life of a case: one table of transitions; what is not in it is refused.

The way is received, granted, offered or posted, assigned, accepted, agreement signed,
undertaken, closed, evaluated. The exits are named: refused, withdrawn, terminated,
retained (own counsel) and transferred. Declining, expiry and replacement lead back to
the queue, where the case keeps its age. Nothing reopens automatically: a correction says who
undid what and why, and leads back to the state before.
"""

from dispatch.domain.errors import IllegalTransitionError
from dispatch.domain.vocabulary import Status, Term


# fmt: off
class Event(Term):
    """What can happen to a case."""

    GRANT     = "grant",     "决定给予法律援助", "aid granted"
    NOTICE    = "notice",    "收到通知辩护、代理", "notice received"
    REFUSE    = "refuse",    "决定不予法律援助", "aid refused"
    OVERTURN  = "overturn",  "司法行政部门责令改正", "objection upheld"
    POST      = "post",      "发布抢单",   "posted on the board"
    UNPOST    = "unpost",    "撤下抢单",   "taken off the board"
    GRAB      = "grab",      "抢单成功",   "grabbed"
    OFFER     = "offer",     "征询",       "offered"
    RECALL    = "recall",    "撤回征询",   "offer recalled"
    EXPIRE    = "expire",    "逾期未答复", "expired"
    ASSIGN    = "assign",    "指派",       "assigned"
    ENTRUST   = "entrust",   "指派承办机构", "assigned to an institution"
    ARRANGE   = "arrange",   "安排承办人员", "the institution arranged its person"
    ACCEPT    = "accept",    "接受指派",   "accepted"
    DECLINE   = "decline",   "不接受征询、申请变更指派", "declined"
    SIGN      = "sign",      "签订委托协议", "agreement signed"
    UNDERTAKE = "undertake", "开始办理",   "work begun"
    REPLACE   = "replace",   "更换承办人员", "practitioner replaced"
    RESEAT    = "reseat",    "变更承办人数", "number of practitioners changed"
    CLOSE     = "close",     "结案",       "closed"
    EVALUATE  = "evaluate",  "案件质量评估", "evaluated"
    TERMINATE = "terminate", "决定终止法律援助", "aid terminated"
    WITHDRAW  = "withdraw",  "撤回申请",   "withdrawn"
    RESCIND   = "rescind",   "办案机关撤回通知", "notice taken back by the case organ"
    RETAIN    = "retain",    "因受援人自行委托终止", "own counsel retained"
    TRANSFER  = "transfer",  "转交、移送", "transferred"
    CORRECT   = "correct",   "更正",       "corrected: the act before it is undone"


TRANSITIONS: dict[tuple[Status, Event], Status] = {
    # from               event             to
    (Status.RECEIVED,   Event.GRANT):     Status.PENDING,
    (Status.RECEIVED,   Event.NOTICE):    Status.PENDING,      # nothing is left to decide: 《法律援助法》第三十六条
    (Status.RECEIVED,   Event.REFUSE):    Status.REFUSED,
    (Status.RECEIVED,   Event.WITHDRAW):  Status.WITHDRAWN,    # later, aid is terminated: 《法律援助法》第四十八条
    (Status.RECEIVED,   Event.TRANSFER):  Status.TRANSFERRED,
    (Status.REFUSED,    Event.OVERTURN):  Status.PENDING,      # 《法律援助法》第四十九条

    (Status.PENDING,    Event.ASSIGN):    Status.ASSIGNED,
    (Status.PENDING,    Event.OFFER):     Status.OFFERED,
    (Status.PENDING,    Event.POST):      Status.POSTED,
    (Status.PENDING,    Event.ENTRUST):   Status.ENTRUSTED,
    (Status.PENDING,    Event.RESCIND):   Status.WITHDRAWN,    # an application was decided: aid is terminated instead
    (Status.PENDING,    Event.TRANSFER):  Status.TRANSFERRED,
    (Status.PENDING,    Event.TERMINATE): Status.TERMINATED,
    (Status.PENDING,    Event.RETAIN):    Status.RETAINED,

    (Status.POSTED,     Event.GRAB):      Status.ASSIGNED,
    (Status.POSTED,     Event.UNPOST):    Status.PENDING,
    (Status.POSTED,     Event.EXPIRE):    Status.PENDING,      # nobody grabbed it in time
    (Status.POSTED,     Event.RESCIND):   Status.WITHDRAWN,
    (Status.POSTED,     Event.TRANSFER):  Status.TRANSFERRED,
    (Status.POSTED,     Event.TERMINATE): Status.TERMINATED,
    (Status.POSTED,     Event.RETAIN):    Status.RETAINED,

    (Status.OFFERED,    Event.ACCEPT):    Status.ACCEPTED,
    (Status.OFFERED,    Event.DECLINE):   Status.PENDING,
    (Status.OFFERED,    Event.EXPIRE):    Status.PENDING,
    (Status.OFFERED,    Event.RECALL):    Status.PENDING,
    (Status.OFFERED,    Event.RESCIND):   Status.WITHDRAWN,
    (Status.OFFERED,    Event.TRANSFER):  Status.TRANSFERRED,
    (Status.OFFERED,    Event.TERMINATE): Status.TERMINATED,
    (Status.OFFERED,    Event.RETAIN):    Status.RETAINED,

    (Status.ENTRUSTED,  Event.ARRANGE):   Status.ASSIGNED,
    (Status.ENTRUSTED,  Event.EXPIRE):    Status.PENDING,      # nobody was arranged in time
    (Status.ENTRUSTED,  Event.RECALL):    Status.PENDING,
    (Status.ENTRUSTED,  Event.TRANSFER):  Status.TRANSFERRED,
    (Status.ENTRUSTED,  Event.TERMINATE): Status.TERMINATED,
    (Status.ENTRUSTED,  Event.RETAIN):    Status.RETAINED,

    (Status.ASSIGNED,   Event.ACCEPT):    Status.ACCEPTED,
    (Status.ASSIGNED,   Event.DECLINE):   Status.PENDING,
    (Status.ASSIGNED,   Event.EXPIRE):    Status.PENDING,
    (Status.ASSIGNED,   Event.REPLACE):   Status.PENDING,
    (Status.ASSIGNED,   Event.RESEAT):    Status.PENDING,      # another seat is to be filled
    (Status.ASSIGNED,   Event.TERMINATE): Status.TERMINATED,
    (Status.ASSIGNED,   Event.RETAIN):    Status.RETAINED,     # 《法律援助法》第二十七条

    (Status.ACCEPTED,   Event.SIGN):      Status.SIGNED,
    (Status.ACCEPTED,   Event.UNDERTAKE): Status.UNDERTAKEN,   # 《办理法律援助案件程序规定》第二十七条
    (Status.ACCEPTED,   Event.REPLACE):   Status.PENDING,
    (Status.ACCEPTED,   Event.RESEAT):    Status.PENDING,
    (Status.ACCEPTED,   Event.TERMINATE): Status.TERMINATED,
    (Status.ACCEPTED,   Event.RETAIN):    Status.RETAINED,

    (Status.SIGNED,     Event.UNDERTAKE): Status.UNDERTAKEN,
    (Status.SIGNED,     Event.REPLACE):   Status.PENDING,
    (Status.SIGNED,     Event.RESEAT):    Status.PENDING,
    (Status.SIGNED,     Event.TERMINATE): Status.TERMINATED,
    (Status.SIGNED,     Event.RETAIN):    Status.RETAINED,

    (Status.UNDERTAKEN, Event.REPLACE):   Status.PENDING,      # 《法律援助法》第五十五条
    (Status.UNDERTAKEN, Event.RESEAT):    Status.PENDING,
    (Status.UNDERTAKEN, Event.CLOSE):     Status.CLOSED,
    (Status.UNDERTAKEN, Event.TERMINATE): Status.TERMINATED,   # 《法律援助法》第四十八条
    (Status.UNDERTAKEN, Event.RETAIN):    Status.RETAINED,

    (Status.CLOSED,     Event.EVALUATE):  Status.EVALUATED,
}

LEADS_BACK = frozenset({
    # from an end that was wrong to the state before it, from a seat given up to that of who is in the case
    (Status.PENDING,     Event.RESEAT),
    (Status.PENDING,     Event.CORRECT),                       # of a replacement that nobody has answered yet
    (Status.TERMINATED,  Event.OVERTURN),                      # 《法律援助法》第四十九条
    (Status.REFUSED,     Event.CORRECT),
    (Status.SIGNED,      Event.CORRECT),
    (Status.UNDERTAKEN,  Event.CORRECT),
    (Status.CLOSED,      Event.CORRECT),
    (Status.EVALUATED,   Event.CORRECT),
    (Status.TERMINATED,  Event.CORRECT),
    (Status.WITHDRAWN,   Event.CORRECT),
    (Status.RETAINED,    Event.CORRECT),
    (Status.TRANSFERRED, Event.CORRECT),
})

CORRECTABLE = frozenset({
    Event.REFUSE, Event.SIGN, Event.UNDERTAKE, Event.CLOSE, Event.EVALUATE,
    Event.TERMINATE, Event.WITHDRAW, Event.RESCIND, Event.RETAIN, Event.TRANSFER, Event.REPLACE,
})
"""What a correction may undo, the newest first: acts that end a case or its work, or say that it has begun.

Of replacements only those that were decided, by a manager: what a practitioner gave back stays given back.
"""
# fmt: on

UNDECIDED = (Status.PENDING, Status.POSTED, Status.OFFERED, Status.ENTRUSTED)
"""States in which a granted case is on its way to a practitioner."""

LEFT_EARLY = (Status.WITHDRAWN, Status.TERMINATED, Status.RETAINED, Status.TRANSFERRED)
"""States of a case that left before its work was done."""

UNNAMED = (Status.RECEIVED, *UNDECIDED)
"""States in which nobody has been named yet while the clock runs."""

OPEN = (*UNNAMED, Status.ASSIGNED, Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN)
"""States of a case that is not over: what is known of it may still be changed."""


def advance(status: Status, event: Event, before: Status | None = None) -> Status:
    """Return the status after `event`; a pair that is not in the tables is refused.

    An event that leads back needs the status ``before`` what it undoes: a case that was on its way to a
    practitioner waits in the queue again, because anyone being asked is no longer asked.
    """
    if before is not None and (status, event) in LEADS_BACK:
        return Status.PENDING if before in UNDECIDED else before
    try:
        return TRANSITIONS[status, event]
    except KeyError:
        raise IllegalTransitionError(status=status.value, event=event.value) from None
