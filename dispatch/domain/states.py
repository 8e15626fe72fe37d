"""States of what leads a case to its practitioner, and words for what follows: papers, time limits, ends."""

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

    POSTED    = "posted",    "新发布案件",           "posted"
    OPENED    = "opened",    "不公开抢单时段结束，先到先得", "the sealed window is over: first come"
    TAKEN     = "taken",     "已被抢单",           "taken"
    EXPIRED   = "expired",   "逾期撤下",           "nobody claimed it in time"
    WITHDRAWN = "withdrawn", "已撤下",             "taken off the board"


class GivingBack(Term):
    """Why someone declines a case or gives it back."""

    CONFLICT  = "conflict",  "利益冲突",     "conflict of interest"
    BUSY      = "busy",      "在办案件较多", "too busy"
    AWAY      = "away",      "休假、外出",   "on leave or away"
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
    REPLACED  = "replaced",  "已更换",   "replaced by another practitioner"
    TERMINATED = "terminated", "终止法律援助", "aid terminated"
    RETAINED  = "retained",  "受援人自行委托", "recipient retained own counsel"
    TRANSFERRED = "transferred", "移送", "case transferred"


class ArrangementState(Term):
    """What became of a case given to an institution that arranges its person."""

    OPEN      = "open",      "待安排",     "open"
    ARRANGED  = "arranged",  "已安排",     "a person was arranged"
    EXPIRED   = "expired",   "逾期未安排", "nobody was arranged in time"
    DECLINED  = "declined",  "申请变更指派", "given back by the institution"
    WITHDRAWN = "withdrawn", "已撤回",     "taken back"


class Asker(Term):
    """Who asks that a practitioner be replaced."""

    RECIPIENT    = "recipient",    "受援人",       "aid recipient"
    PRACTITIONER = "practitioner", "承办人员",     "practitioner"
    INSTITUTION  = "institution",  "承办机构",     "undertaking institution"
    CENTRE       = "centre",       "法律援助机构", "centre"


class ReplacementGround(Term):
    """Why a practitioner is to be replaced (《法律援助法》第五十五条; formats 16 and 17)."""

    NEGLECT    = "neglect",    "未依法履行职责",   "duties not performed according to law"
    DISTRUST   = "distrust",   "受援人有正当理由拒绝该人员", "the recipient has good reason to refuse this person"
    CONFLICT   = "conflict",   "利益冲突、应当回避", "conflict of interest"
    HEALTH     = "health",     "健康原因",         "health"
    UNLICENSED = "unlicensed", "不能继续执业",     "may not practise any more"
    LEFT       = "left",       "调离或者离职",     "left the institution"
    OBSTACLE   = "obstacle",   "其他客观障碍",     "another objective obstacle"


UNABLE = frozenset({
    ReplacementGround.HEALTH, ReplacementGround.UNLICENSED, ReplacementGround.LEFT, ReplacementGround.OBSTACLE,
})  # fmt: skip
"""Grounds that say that someone cannot go on, not that they did wrong."""


class Review(Term):
    """The decision of a second officer."""

    WAITING  = "waiting",  "待审核", "waiting for review"
    APPROVED = "approved", "同意",   "approved"
    REJECTED = "rejected", "不同意", "rejected"
    LAPSED   = "lapsed",   "不再需要审核", "no longer needed: what it was about is over"


class AmendmentState(Term):
    """What became of a change of a case's facts."""

    MADE     = "made",     "已修改",   "made"
    WAITING  = "waiting",  "待负责人复核", "waiting for a second person"
    REJECTED = "rejected", "复核不同意", "rejected"
    LAPSED   = "lapsed",   "不再需要复核", "no longer needed: another change replaced it, or the case is over"
    WITHDRAWN = "withdrawn", "提出人已撤回", "taken back by who proposed it"


class ClockEnd(Term):
    """How a time limit of a case came to its end."""

    MET     = "met",     "已完成",     "what it asked for was done"
    VOID    = "void",    "不再适用",   "what it asked for is no longer due"
    EXCUSED = "excused", "因受援人原因等除外", "an obstacle on the recipient's side"
    PAUSED  = "paused",  "补充材料，中止计算", "it does not run while material is missing"


class ClockState(Term):
    """The state of a time limit of a case."""

    RUNNING = "running", "计算中",   "running, in time"
    OVERDUE = "overdue", "已逾期",   "running, past its end"
    MET     = "met",     "按期完成", "met in time"
    LATE    = "late",    "逾期完成", "done late, or still open when it lapsed"
    LAPSED  = "lapsed",  "不再适用", "no longer due, before its end"


class Milestone(Term):
    """What time limits hang on beside the acts that move a case, each with its day."""

    MATERIAL_ASKED   = "material_asked",   "一次性告知补充材料", "missing material was asked for, in one notice"
    MATERIAL_IN      = "material_in",      "材料补充齐全",     "the material is complete"
    HEARING          = "hearing",          "确定开庭日期",     "a hearing is fixed"
    SERVED           = "served",           "收到开庭前送达的文书", "notice and indictment were received"
    PAPERS           = "papers",           "向人民法院提交手续", "papers were filed with the court"
    COUNSEL_REFUSED  = "counsel_refused",  "被告人有正当理由不接受指派的律师", "counsel was refused, with good reason"
    NOTIFIED_AGAIN   = "notified_again",   "人民法院通知另行指派", "the court notified the centre again"
    ADJOURNED        = "adjourned",        "因更换辩护人休庭", "adjourned for a new defender"
    RESUMED          = "resumed",          "重新开庭",         "the hearing was resumed"
    CLOSE_BY         = "close_by",         "确定预计办结日期", "a closing day was fixed"
    TOLD_COUNSEL     = "told_counsel",     "已函告办案机关承办人员", "the case organ was told who acts"
    FILE_IN          = "file_in",          "收到立卷材料",     "the file was handed in"
    PAID             = "paid",             "审查立卷材料并支付补贴", "the file was reviewed and the subsidy paid"
    TOLD_RECIPIENT   = "told_recipient",   "终止决定已发送受援人", "the recipient was told of the termination"
    TOLD_INSTITUTION = "told_institution", "终止决定已通知承办人员所属单位", "the unit was told of the termination"
    TOLD_ORGAN       = "told_organ",       "终止决定已函告办案机关", "the case organ was told of the termination"


class PaperKind(Term):
    """What is put into the file of a case."""

    AGREEMENT = "agreement", "委托协议和授权委托书", "agreement and power of attorney"
    OBSTACLE  = "obstacle",  "未签订委托协议的说明",   "why no agreement could be signed"
    PROGRESS  = "progress",  "办理情况报告",       "progress report"
    MAJOR     = "major",     "重大、疑难案件报告", "report of a major case"
    CLOSING   = "closing",   "结案报告",           "closing report"
    REFUSAL   = "refusal",   "不予法律援助决定书", "decision to refuse aid"
    OBJECTION = "objection", "异议申请",           "objection to a refusal or a termination"
    RULING    = "ruling",    "异议审查决定书",     "decision on an objection"
    TERMINATION = "termination", "终止法律援助决定书", "decision to terminate aid"
    WITHDRAWAL  = "withdrawal",  "撤回申请书、撤回通知函", "withdrawal of the application or the notice"
    OWN_COUNSEL = "own_counsel", "自行委托的说明", "note that own counsel was retained"
    TRANSFER    = "transfer",    "移送函",         "letter of transfer"
    CONFLICT    = "conflict",    "利益冲突申报表", "declaration of a conflict of interest"
    REPLACEMENT_REQUEST  = "replacement_request",  "更换法律援助人员申请", "request for a replacement"
    REPLACEMENT_DECISION = "replacement_decision", "更换法律援助人员通知书", "decision on a replacement"
    ASSESSMENT  = "assessment",  "案件质量评估表", "quality assessment"
    RATING      = "rating",      "受援人满意度评价", "the recipient's rating"
    COMPLAINT   = "complaint",   "投诉登记",       "complaint"
    COMPLAINT_DECISION = "complaint_decision", "投诉受理决定、处理答复", "decision on a complaint, or the answer to it"
    HEARING     = "hearing",     "庭审旁听情况记录表", "record of a hearing attended"
    INQUIRY     = "inquiry",     "征询办案机关意见函", "inquiry to the case organ"
    INQUIRY_ANSWER = "inquiry_answer", "办案机关答复意见", "answer of the case organ"
    CALL_BACK   = "call_back",   "受援人回访记录表", "record of a call-back"
    CORRECTION  = "correction",  "更正说明",       "note of a correction"


class MajorGround(Term):
    """Why a practitioner must report a case as major (《办理法律援助案件程序规定》)."""

    DOUBTFUL = "doubtful", "主要证据认定、适用法律等方面有重大疑义", "major doubts about evidence or law"
    GROUP    = "group",    "涉及群体性事件", "a group incident"
    IMPACT   = "impact",   "有重大社会影响", "great social impact"
    COMPLEX  = "complex",  "其他复杂、疑难情形", "otherwise complex or difficult"


class RefusalGround(Term):
    """Why aid is refused (《法律援助法》第三十一条、第三十四条、第四十三条)."""

    SCOPE        = "scope",        "不属于法律援助范围",     "outside the scope of legal aid"
    MEANS        = "means",        "不符合经济困难标准",     "the means test is not met"
    JURISDICTION = "jurisdiction", "不属于本机构受理",       "another institution is to decide"
    OTHER        = "other",        "其他不符合法律援助条件的情形", "another condition is not met"


class TerminationGround(Term):
    """Why aid is terminated (《法律援助法》第四十八条第一款, by item; item 6, own counsel, is an event of its own)."""

    FRAUD       = "fraud",       "以欺骗或者其他不正当手段获得法律援助", "aid obtained by deceit (item 1)"
    CONCEALMENT = "concealment", "故意隐瞒与案件有关的重要事实或者提供虚假证据", "facts hidden, false evidence (item 2)"
    UNLAWFUL    = "unlawful",    "利用法律援助从事违法活动", "aid used for unlawful acts (item 3)"
    MEANS       = "means",       "经济状况发生变化，不再符合法律援助条件", "the means test is no longer met (item 4)"
    CASE_OVER   = "case_over",   "案件终止审理或者已经被撤销", "the case was ended or withdrawn (item 5)"
    ASKED       = "asked",       "受援人有正当理由要求终止法律援助", "the recipient asks, with good reason (item 7)"
    MATERIALS   = "materials",   "先行提供法律援助，逾期未补交材料", "aid came first, its papers never (item 8)"
    OTHER       = "other",       "法律法规规定应当终止的其他情形", "another ground of law (item 8)"


class TransferGround(Term):
    """Why a case goes to another institution."""

    JURISDICTION = "jurisdiction", "不属于本机构管辖",   "not of this institution's jurisdiction"
    DESIGNATED   = "designated",   "集中管辖、指定管辖", "centralised or designated jurisdiction"
    RAISED       = "raised",       "提级办理法律援助",           "aid by a superior institution"
    RECUSAL      = "recusal",      "本机构应当回避",     "the institution must recuse itself"
    OTHER        = "other",        "其他",               "other"


class CaseOutcome(Term):
    """How the work on a stage came to its end."""

    JUDGMENT       = "judgment",       "判决、裁定",     "judgment or ruling"
    AWARD          = "award",          "仲裁裁决",       "arbitral award"
    MEDIATED       = "mediated",       "调解结案",       "closed by mediation"
    SETTLED        = "settled",        "和解",           "settled"
    ACTION_DROPPED = "action_dropped", "撤诉",           "action withdrawn"
    SENT_ON        = "sent_on",        "移送下一诉讼阶段", "sent on to the next stage"
    NOT_PROSECUTED = "not_prosecuted", "不起诉",         "not prosecuted"
    DISMISSED      = "dismissed",      "撤销案件",       "investigation dismissed"
    DECIDED        = "decided",        "行政决定、复议决定", "administrative or reconsideration decision"
    ADVISED        = "advised",        "法律咨询、代拟法律文书办结", "advice given or document drafted"
    OTHER          = "other",          "其他",           "other"


class QualityGrade(Term):
    """Quality grades of the work on a case."""

    EXCELLENT = "excellent", "优秀",   "excellent"
    GOOD      = "good",      "良好",   "good"
    PASS      = "pass",      "合格",   "pass"
    FAIL      = "fail",      "不合格", "fail"


class ComplaintGround(Term):
    """What is complained of, by what persons and institutions are liable for (《法律援助法》第六十一条、第六十三条)."""

    NEGLECT     = "neglect",     "无正当理由不履行或者怠于履行法律援助义务", "duties neglected without good reason"
    ABANDONED   = "abandoned",   "擅自终止提供法律援助", "aid ended without authority"
    CHARGED     = "charged",     "收取受援人财物", "money or property taken from the recipient"
    DISCLOSED   = "disclosed",   "泄露在法律援助过程中知悉的秘密和个人隐私", "secrets or private matters disclosed"
    REFUSED_AID = "refused_aid", "对符合条件的人员不提供法律援助", "aid refused to somebody entitled to it"
    UNQUALIFIED = "unqualified", "指派不符合规定的人员", "an unqualified person assigned"
    OTHER       = "other",       "其他违反法律援助管理规定的行为", "another breach of the rules on legal aid"


class ComplaintChannel(Term):
    """How a complaint was made."""

    WRITTEN = "written", "书面", "in writing"
    ORAL    = "oral",    "口头", "orally"
    OTHER   = "other",   "其他", "in another form"


class Complainant(Term):
    """Who complains."""

    APPLICANT  = "applicant",  "申请人",     "applicant"
    RECIPIENT  = "recipient",  "受援人",     "aid recipient"
    INTERESTED = "interested", "利害关系人", "interested person"


class ComplaintState(Term):
    """How far a complaint has come; whether it was answered is a date of its own."""

    RECEIVED   = "received",   "已收到投诉", "received"
    ACCEPTED   = "accepted",   "已受理",     "accepted"
    REJECTED   = "rejected",   "不予受理",   "not accepted"
    UPHELD     = "upheld",     "投诉属实",   "upheld"
    NOT_UPHELD = "not_upheld", "投诉不属实", "not upheld"
    VOID       = "void",       "登记有误，已更正", "registered in error"


class Satisfaction(Term):
    """How satisfied a case organ or a recipient is with the work."""

    SATISFIED = "satisfied", "满意",     "satisfied"
    FAIRLY    = "fairly",    "基本满意", "fairly satisfied"
    NOT       = "not",       "不满意",   "not satisfied"


class CallBackManner(Term):
    """How a recipient was called back."""

    TELEPHONE = "telephone", "电话", "by telephone"
    VISIT     = "visit",     "当面", "in person"
    WRITTEN   = "written",   "书面", "in writing"
    ONLINE    = "online",    "网络", "online"


class Effect(Term):
    """How far what was asked for, or the opinion of the defence, was followed."""

    WHOLLY = "wholly", "全部采纳或者支持", "wholly followed or granted"
    PARTLY = "partly", "部分采纳或者支持", "partly followed or granted"
    NOT    = "not",    "未采纳、未支持",   "not followed or granted"
# fmt: on

UNAVOIDABLE = frozenset({
    ReplacementGround.CONFLICT, ReplacementGround.HEALTH, ReplacementGround.UNLICENSED, ReplacementGround.LEFT,
    ReplacementGround.OBSTACLE,
})  # fmt: skip
"""Grounds on which nobody can go on; they are allowed however often a practitioner was changed before."""

MAX_CHANGES = 2
"""Changes of practitioner in one procedure for reasons that could be avoided.

Source: 《最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释》第三百一十一条.
"""

GIVEN_UP = (EndReason.DECLINED, EndReason.ABANDONED)
"""Reasons that are the practitioner's own."""

NEVER_TAKEN = (EndReason.DECLINED, EndReason.EXPIRED)
"""Reasons that end an assignment as if it had not been made: it fills no month and no load."""
