"""States of what leads a case to its practitioner: plans, offers, postings, claims and reviews."""

from dispatch.domain.vocabulary import Term


# fmt: off
class PlanState(Term):
    """What became of a case's way through its chain of modes."""

    OPEN    = "open",    "进行中",       "open"
    DONE    = "done",    "已指派",       "assigned"
    STOPPED = "stopped", "已不再等待指派", "stopped: the case left the queue"


class OfferState(Term):
    """States of an offer; every state but the first is final."""

    PENDING   = "pending",   "待答复", "pending"
    ACCEPTED  = "accepted",  "接受",   "accepted"
    DECLINED  = "declined",  "不接受", "declined"
    EXPIRED   = "expired",   "逾期未答复", "expired"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"


class PostingState(Term):
    """What became of a case on the board."""

    OPEN    = "open",    "待抢单",   "open"
    GRANTED = "granted", "已被抢单", "granted"
    EXPIRED = "expired", "无人抢单", "expired"
    CLOSED  = "closed",  "已撤下",   "taken off"


class ClaimState(Term):
    """States of a claim on a posted case."""

    OPEN      = "open",      "待确定", "open"
    WON       = "won",       "抢单成功", "won"
    LOST      = "lost",      "未抢到", "lost"
    WITHDRAWN = "withdrawn", "已撤回", "withdrawn"
    ABANDONED = "abandoned", "抢单后退回", "abandoned after it was won"


class Happening(Term):
    """Events of a case on the board that its watchers receive."""

    POSTED    = "posted",    "新案发布",           "posted"
    OPENED    = "opened",    "不公开抢单时段结束，现在先到先得", "the sealed window is over: first come"
    TAKEN     = "taken",     "已被抢单",           "taken"
    EXPIRED   = "expired",   "逾期撤下",           "nobody claimed it in time"
    WITHDRAWN = "withdrawn", "已撤下",             "taken off the board"


class GivingBack(Term):
    """Why someone declines a case or gives it back."""

    CONFLICT  = "conflict",  "利益冲突",     "conflict of interest"
    BUSY      = "busy",      "在办案件较多", "too busy"
    AWAY      = "away",      "休假或外出",   "on leave or away"
    SPECIALTY = "specialty", "不熟悉该领域", "not their field"
    DISTANCE  = "distance",  "路途过远",     "too far away"
    HEALTH    = "health",    "健康原因",     "health"
    OTHER     = "other",     "其他",         "other"


class EndReason(Term):
    """Why an assignment is over."""

    CLOSED    = "closed",    "案件办结", "carried through"
    DECLINED  = "declined",  "接受前申请变更指派", "declined"
    EXPIRED   = "expired",   "逾期未答复", "not answered in time"
    ABANDONED = "abandoned", "接受后申请变更指派", "given back after it was accepted"


class Review(Term):
    """The decision of a second officer."""

    WAITING  = "waiting",  "待审核", "waiting for review"
    APPROVED = "approved", "同意",   "approved"
    REJECTED = "rejected", "不同意", "rejected"
# fmt: on

NEVER_TAKEN = (EndReason.DECLINED, EndReason.EXPIRED)
"""Reasons that end an assignment as if it had not been made: it fills no month and no load."""
