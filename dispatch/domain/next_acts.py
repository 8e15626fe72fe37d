"""What someone may do next with a case, their own or their centre's: by its state, and by their role."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, Protocol

from dispatch.domain.lifecycle import TRANSITIONS, UNDECIDED, Event
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
    """Return the state of an assignment; work may begin without an agreement."""
    if assignment.begun_at:
        return Situation.BEGUN
    if assignment.signed_at:
        return Situation.SIGNED
    return Situation.ACCEPTED if assignment.accepted_at else Situation.ASSIGNED


def acts_of(situation: Situation, role: Role) -> tuple[NextAct, ...]:
    """Return what the role may do, the next first; nothing means that somebody else is due."""
    return tuple(act for act in ACTS[situation] if VERBS[act] in PERMISSIONS[role])


# fmt: off
class CaseAct(Term):
    """What an officer may do with a case of the centre."""

    GRANT       = "grant",       "决定给予法律援助", "grant legal aid"
    REFUSE      = "refuse",      "决定不予法律援助", "refuse legal aid"
    START_PLAN  = "start_plan",  "进入指派流程",     "start its chain"
    OFFER       = "offer",       "征询承办人员",     "offer it to somebody"
    DESIGNATE   = "designate",   "人工指派承办人员", "designate somebody"
    REVIEW      = "review",      "复核人工指派",     "review the designation"
    POST        = "post",        "发布到抢单大厅",   "post it on the board"
    TAKE_OFF    = "take_off",    "撤下抢单",         "take it off the board"
    WITHDRAW    = "withdraw",    "登记撤回申请、通知", "record that it was withdrawn"
    TERMINATE   = "terminate",   "决定终止法律援助", "terminate the aid"
    OWN_COUNSEL = "own_counsel", "登记受援人自行委托", "record own counsel"
    TRANSFER    = "transfer",    "转交、移送",       "transfer it"
    ARCHIVE     = "archive",     "归档",             "archive its file"


class CaseState(NamedTuple):
    """What decides which acts are open in a case."""

    status: Status
    on_notice: bool
    guarded: bool
    """Whether it must stay out of the board."""
    by_two: bool
    """Whether a second officer must agree to who is named."""
    planned: bool
    """Whether it is on its chain."""
    named_by: str | None
    """Who designated somebody, while that waits for a second officer."""
    file_awaited: bool
    """Whether a practitioner is still to hand in the file."""
    archived: bool

    def takes(self, event: Event) -> bool:
        """Return whether the event may happen now."""
        return (self.status, event) in TRANSITIONS


WITHDRAWN_BY = {False: Event.WITHDRAW, True: Event.RESCIND}
"""An application is withdrawn before its decision; a notice by its organ while nobody has the case."""

OVER = frozenset({
    Status.CLOSED, Status.EVALUATED, Status.TERMINATED, Status.RETAINED, Status.WITHDRAWN, Status.REFUSED,
    Status.TRANSFERRED,
})
"""States in which nothing more is done for the recipient."""

ASKING = (Status.PENDING, Status.OFFERED)

CASE_ACTS: dict[CaseAct, tuple[Verb, Callable[[CaseState, str], bool]]] = {
    # act                who may            when, by the case and the id of who would
    CaseAct.GRANT:       (Verb.GRANT,       lambda case, _: case.takes(Event.GRANT) and not case.on_notice),
    CaseAct.REFUSE:      (Verb.GRANT,       lambda case, _: case.takes(Event.REFUSE) and not case.on_notice),
    CaseAct.REVIEW:      (Verb.DESIGNATE,   lambda case, who: case.named_by not in (None, who)),
    CaseAct.OFFER:       (Verb.OFFER,       lambda case, _: case.status in ASKING and not case.by_two),
    CaseAct.DESIGNATE:   (Verb.DESIGNATE,   lambda case, _: case.status in UNDECIDED and case.named_by is None),
    CaseAct.START_PLAN:  (Verb.OFFER,       lambda case, _: case.status in ASKING and not case.planned),
    CaseAct.POST:        (Verb.POST_CASE,   lambda case, _: case.takes(Event.POST) and not case.guarded),
    CaseAct.TAKE_OFF:    (Verb.POST_CASE,   lambda case, _: case.takes(Event.UNPOST)),
    CaseAct.ARCHIVE:     (Verb.ARCHIVE,
                          lambda case, _: case.status in OVER and not case.file_awaited and not case.archived),
    CaseAct.WITHDRAW:    (Verb.WITHDRAW,    lambda case, _: case.takes(WITHDRAWN_BY[case.on_notice])),
    CaseAct.TERMINATE:   (Verb.TERMINATE,   lambda case, _: case.takes(Event.TERMINATE)),
    CaseAct.OWN_COUNSEL: (Verb.TERMINATE,   lambda case, _: case.takes(Event.RETAIN)),
    CaseAct.TRANSFER:    (Verb.TRANSFER,    lambda case, _: case.takes(Event.TRANSFER)),
}
"""Those that lead on come first, those that end the case last."""
# fmt: on


def case_acts(case: CaseState, role: Role, user_id: str) -> tuple[CaseAct, ...]:
    """Return what an officer may do with a case as it is; the commands refuse everything else."""
    may = PERMISSIONS[role]
    return tuple(act for act, (verb, open_now) in CASE_ACTS.items() if verb in may and open_now(case, user_id))


def seat_acts(assignment: WorkProgress, role: Role) -> tuple[NextAct, ...]:
    """Return what an officer may write down of a practitioner who has a seat, the next first."""
    mine, told = acts_of(situation_of(assignment), role), Verb.OFFER in PERMISSIONS[role]
    if not assignment.accepted_at:
        return (NextAct.ANSWER_ASSIGNMENT, *mine) if told else mine
    return (*mine, NextAct.GIVE_BACK) if told else mine
