"""What someone may do next with a case that is theirs: by where it stands for them, and by their role."""

from datetime import datetime
from typing import Protocol

from dispatch.domain.permissions import PERMISSIONS, Verb
from dispatch.domain.vocabulary import Role, Status, Term


# fmt: off
class Situation(Term):
    """Where a case stands for its practitioner or institution."""

    OFFERED   = "offered",   "待答复征询",     "offered: to be answered"
    ENTRUSTED = "entrusted", "待安排承办人员", "a person is to be arranged"
    ASSIGNED  = "assigned",  "已指派，待接受", "assigned: to be accepted"
    ACCEPTED  = "accepted",  "已接受，待签订委托协议", "accepted: the agreement is to be signed"
    SIGNED    = "signed",    "已签订委托协议，待开始办理", "signed: work is to begin"
    BEGUN     = "begun",     "办理中",         "work is under way"


class NextAct(Term):
    """What someone may do with a case of theirs."""

    ANSWER_OFFER      = "answer_offer",      "答复征询",       "accept or decline the offer"
    ARRANGE           = "arrange",           "安排承办人员",   "arrange a person"
    ANSWER_ASSIGNMENT = "answer_assignment", "接受指派，或者申请变更指派", "accept the assignment, or decline it"
    SIGN              = "sign",              "登记委托协议和授权委托书", "record the signed agreement"
    BEGIN             = "begin",             "开始办理",       "begin the work"
    REPORT            = "report",            "报告案件办理情况", "report progress"
    CLOSE             = "close",             "提交结案报告",   "hand in the closing report"
    ASK_REPLACEMENT   = "ask_replacement",   "申请更换承办人员", "ask for another practitioner"
    GIVE_BACK         = "give_back",         "申请变更指派",   "give the case back"
    WISH              = "wish",              "点援",           "choose a practitioner"
    WITHDRAW          = "withdraw",          "撤回申请",       "withdraw the application"
    CONTEST           = "contest",           "提出异议",       "object to the decision"
    RATE              = "rate",              "满意度评价",     "rate the work"
    COMPLAIN          = "complain",          "投诉",           "complain"


VERBS: dict[NextAct, Verb] = {
    NextAct.ANSWER_OFFER:      Verb.ANSWER_OFFER,
    NextAct.ARRANGE:           Verb.ARRANGE,
    NextAct.ANSWER_ASSIGNMENT: Verb.ANSWER_OFFER,
    NextAct.SIGN:              Verb.REPORT_PROGRESS,
    NextAct.BEGIN:             Verb.REPORT_PROGRESS,
    NextAct.REPORT:            Verb.REPORT_PROGRESS,
    NextAct.CLOSE:             Verb.CLOSE,
    NextAct.ASK_REPLACEMENT:   Verb.ASK_REPLACEMENT,
    NextAct.GIVE_BACK:         Verb.ANSWER_OFFER,
    NextAct.WISH:              Verb.WISH,
    NextAct.WITHDRAW:          Verb.WITHDRAW,
    NextAct.CONTEST:           Verb.CONTEST,
    NextAct.RATE:              Verb.RATE,
    NextAct.COMPLAIN:          Verb.COMPLAIN,
}

LATER = (NextAct.ASK_REPLACEMENT, NextAct.GIVE_BACK)

ACTS: dict[Situation, tuple[NextAct, ...]] = {
    # where it stands for them    what may be done, the next first
    Situation.OFFERED:   (NextAct.ANSWER_OFFER,),
    Situation.ENTRUSTED: (NextAct.ARRANGE,),
    Situation.ASSIGNED:  (NextAct.ANSWER_ASSIGNMENT, NextAct.ASK_REPLACEMENT),
    Situation.ACCEPTED:  (NextAct.SIGN, NextAct.BEGIN, NextAct.REPORT, *LATER),
    Situation.SIGNED:    (NextAct.BEGIN, NextAct.REPORT, *LATER),
    Situation.BEGUN:     (NextAct.CLOSE, NextAct.REPORT, *LATER),
}

NAMED = dict.fromkeys(
    (Status.ASSIGNED, Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN), (NextAct.ASK_REPLACEMENT, NextAct.COMPLAIN)
)

OF_RECIPIENT: dict[Status, tuple[NextAct, ...]] = {
    # state of the case    what its recipient may do
    Status.RECEIVED:   (NextAct.WISH, NextAct.WITHDRAW),
    Status.PENDING:    (NextAct.WISH,),
    **NAMED,
    Status.CLOSED:     (NextAct.RATE, NextAct.COMPLAIN),
    Status.EVALUATED:  (NextAct.RATE, NextAct.COMPLAIN),
    Status.REFUSED:    (NextAct.CONTEST, NextAct.COMPLAIN),
    Status.TERMINATED: (NextAct.CONTEST, NextAct.COMPLAIN),
}
# fmt: on


class WorkProgress(Protocol):
    """How far someone has come with a case they were assigned."""

    @property
    def accepted_at(self) -> datetime | None: ...
    @property
    def signed_at(self) -> datetime | None: ...
    @property
    def begun_at(self) -> datetime | None: ...


def situation_of(assignment: WorkProgress) -> Situation:
    """Return where an assignment stands; work may begin without an agreement."""
    if assignment.begun_at:
        return Situation.BEGUN
    if assignment.signed_at:
        return Situation.SIGNED
    return Situation.ACCEPTED if assignment.accepted_at else Situation.ASSIGNED


def acts_of(situation: Situation, role: Role) -> tuple[NextAct, ...]:
    """Return what the role may do, the next first; nothing means that somebody else is due."""
    return tuple(act for act in ACTS[situation] if VERBS[act] in PERMISSIONS[role])
