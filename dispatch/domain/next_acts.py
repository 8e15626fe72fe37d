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


class Act(Term):
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
    RATE              = "rate",              "评价",           "rate the work"


VERBS: dict[Act, Verb] = {
    Act.ANSWER_OFFER:      Verb.ANSWER_OFFER,
    Act.ARRANGE:           Verb.ARRANGE,
    Act.ANSWER_ASSIGNMENT: Verb.ANSWER_OFFER,
    Act.SIGN:              Verb.REPORT_PROGRESS,
    Act.BEGIN:             Verb.REPORT_PROGRESS,
    Act.REPORT:            Verb.REPORT_PROGRESS,
    Act.CLOSE:             Verb.CLOSE,
    Act.ASK_REPLACEMENT:   Verb.ASK_REPLACEMENT,
    Act.GIVE_BACK:         Verb.ANSWER_OFFER,
    Act.WISH:              Verb.WISH,
    Act.WITHDRAW:          Verb.WITHDRAW,
    Act.CONTEST:           Verb.CONTEST,
    Act.RATE:              Verb.RATE,
}

LATER = (Act.ASK_REPLACEMENT, Act.GIVE_BACK)

ACTS: dict[Situation, tuple[Act, ...]] = {
    # where it stands for them    what may be done, the next first
    Situation.OFFERED:   (Act.ANSWER_OFFER,),
    Situation.ENTRUSTED: (Act.ARRANGE,),
    Situation.ASSIGNED:  (Act.ANSWER_ASSIGNMENT, Act.ASK_REPLACEMENT),
    Situation.ACCEPTED:  (Act.SIGN, Act.BEGIN, Act.REPORT, *LATER),
    Situation.SIGNED:    (Act.BEGIN, Act.REPORT, *LATER),
    Situation.BEGUN:     (Act.CLOSE, Act.REPORT, *LATER),
}

NAMED = dict.fromkeys((Status.ASSIGNED, Status.ACCEPTED, Status.SIGNED, Status.UNDERTAKEN), (Act.ASK_REPLACEMENT,))

OF_RECIPIENT: dict[Status, tuple[Act, ...]] = {
    # state of the case    what its recipient may do
    Status.RECEIVED:   (Act.WISH, Act.WITHDRAW),
    Status.PENDING:    (Act.WISH,),
    **NAMED,
    Status.CLOSED:     (Act.RATE,),
    Status.EVALUATED:  (Act.RATE,),
    Status.REFUSED:    (Act.CONTEST,),
    Status.TERMINATED: (Act.CONTEST,),
}
# fmt: on


class Worked(Protocol):
    """How far someone has come with a case they were assigned."""

    @property
    def accepted_at(self) -> datetime | None: ...
    @property
    def signed_at(self) -> datetime | None: ...
    @property
    def begun_at(self) -> datetime | None: ...


def situation_of(assignment: Worked) -> Situation:
    """Return where an assignment stands; work may begin without an agreement."""
    if assignment.begun_at:
        return Situation.BEGUN
    if assignment.signed_at:
        return Situation.SIGNED
    return Situation.ACCEPTED if assignment.accepted_at else Situation.ASSIGNED


def acts_of(situation: Situation, role: Role) -> tuple[Act, ...]:
    """Return what the role may do, the next first; nothing means that somebody else is due."""
    return tuple(act for act in ACTS[situation] if VERBS[act] in PERMISSIONS[role])
