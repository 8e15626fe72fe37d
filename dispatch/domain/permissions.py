"""Who may do what: one table from role to verbs; what is not in it is refused.

A verb named ``own`` reaches only the rows of the actor's own person, institution, case or
organ; the row check is where the row is read. Every verb ends at the actor's centre.
"""

from dataclasses import dataclass

from dispatch.domain.errors import ForbiddenError, PasswordAgainError
from dispatch.domain.vocabulary import Role, Term


# fmt: off
class Verb(Term):
    """What someone may do."""

    SUBMIT_CASE       = "submit_case",       "登记案件",       "register a case"
    READ_CASE         = "read_case",         "查看案件",       "read cases"
    READ_OWN_CASE     = "read_own_case",     "查看本人案件",   "read one's own case"
    EDIT_CASE         = "edit_case",         "修改案件",       "edit a case"
    REVIEW_AMENDMENT  = "review_amendment",  "复核案件信息的修改", "confirm or reject a change that lowers a protection"
    GRANT             = "grant",             "作出是否给予法律援助的决定", "grant or refuse aid"
    CLOSE             = "close",             "结案",           "hand in a closing report"
    REPORT_PROGRESS   = "report_progress",   "报告案件办理情况", "report progress of one's own case"
    TERMINATE         = "terminate",         "终止法律援助",   "terminate aid, or record that own counsel was retained"
    WITHDRAW          = "withdraw",          "撤回申请",       "withdraw an application"
    CONTEST           = "contest",           "提出异议",       "object to a refusal or a termination"
    DECIDE_OBJECTION  = "decide_objection",  "登记异议审查决定", "record the bureau's decision on an objection"
    CORRECT           = "correct",           "更正",           "correct an act in the life of a case"
    EVALUATE          = "evaluate",          "案件质量评估",   "grade the work on a closed case"
    SUPERVISE         = "supervise",         "监督案件质量（旁听、征询、回访）", \
                                       "attend hearings, ask organs, call recipients back"
    RATE              = "rate",              "满意度评价",     "rate the work on a closed case"
    COMPLAIN          = "complain",          "投诉",           "complain of aid, or write a complaint down"
    DECIDE_COMPLAINT  = "decide_complaint",  "处理投诉",       "decide and answer complaints"
    ARCHIVE           = "archive",           "归档",           "archive the file of a case"
    FUND              = "fund",              "申报项目资金",   "apply for a fund and record the result"
    SETTLE            = "settle",            "核算补贴",       "settle subsidies and record payments"
    MANAGE_CALENDAR   = "manage_calendar",   "维护工作日历",   "load or undo a notice about working days"
    MANAGE_SUBSIDIES  = "manage_subsidies",  "制定补贴标准",   "set the subsidy table"
    TRANSFER          = "transfer",          "转交、移送案件", "transfer a case"
    ISSUE_DOCUMENT    = "issue_document",    "出具法律援助文书", "issue or void a document of a case"
    MANAGE_TEMPLATES  = "manage_templates",  "管理文书模板和落款", "manage templates and the letterhead"
    READ_CANDIDATES   = "read_candidates",   "查看备选人员",   "read ranked candidates"
    READ_WHY          = "read_why",          "查询指派理由",   "ask why a case was given to whom it was"
    READ_PUBLISHED    = "read_published",    "查看公开名册",   "read the published list"
    WISH              = "wish",              "点援",           "name wishes"
    MAKE_LINK         = "make_link",         "开通受援人链接", "make a link for a recipient"
    READ_ROSTER       = "read_roster",       "查看名册",       "read the roster"
    READ_OWN_ROSTER   = "read_own_roster",   "查看本人登记",   "read one's own roster entry"
    EDIT_ROSTER       = "edit_roster",       "维护名册",       "edit the roster"
    EDIT_OWN_ROSTER   = "edit_own_roster",   "维护本机构名册", "edit one's own roster entries"
    EDIT_ORGANS       = "edit_organs",       "维护办案机关目录", "keep the catalogue of organs"
    REPORT_LEAVE      = "report_leave",      "报备休假和可承办件数", "report leave and capacity"
    DECLARE_CONFLICT  = "declare_conflict",  "申报利益冲突",   "declare a conflict of interest"
    DECLARE_TIE       = "declare_tie",       "申报顾问单位和亲属", "declare clients advised and relatives"
    SUSPEND           = "suspend",           "暂停指派",       "suspend a practitioner or institution"
    IMPORT            = "import",            "导入",           "import a file"
    EXPORT            = "export",            "导出",           "export"
    REQUEST_RUN       = "request_run",       "发起匹配",       "request a run"
    READ_RUN          = "read_run",          "查看匹配批次",   "read runs"
    APPLY_RUN         = "apply_run",         "采纳匹配结果",   "apply a run"
    READ_JOB          = "read_job",          "查看任务",       "read jobs"
    CANCEL_JOB        = "cancel_job",        "取消任务",       "cancel a job"
    READ_ASSIGNMENTS  = "read_assignments",  "查看指派",       "read assignments"
    DESIGNATE         = "designate",         "人工指派承办人员", "designate a practitioner"
    ARRANGE           = "arrange",           "安排承办人员",   "arrange a person of one's institution"
    OFFER             = "offer",             "征询",           "offer a case"
    ANSWER_OFFER      = "answer_offer",      "答复征询",       "accept or decline"
    POST_CASE         = "post_case",         "发布到抢单大厅",   "post a case on the board"
    READ_BOARD        = "read_board",        "查看抢单大厅",   "read the board"
    CLAIM             = "claim",             "抢单",           "claim a posted case"
    UNCLAIM           = "unclaim",           "撤回抢单",       "take a claim back"
    ASK_REPLACEMENT   = "ask_replacement",   "申请更换承办人员", "ask for a replacement"
    HAND_OVER         = "hand_over",         "移交在办案件",   "hand over the open cases of who cannot go on"
    REPLACE           = "replace",           "批准更换承办人员", "approve a replacement"
    READ_ROTATION     = "read_rotation",     "查看轮流指派顺序", "read the rotation"
    OVERRIDE_ROTATION = "override_rotation", "调整轮流指派顺序", "override the rotation"
    READ_POLICY       = "read_policy",       "查看指派方案",   "read policies"
    EDIT_POLICY       = "edit_policy",       "编辑指派方案",   "edit a policy draft"
    SIMULATE          = "simulate",          "试算指派方案",   "back-test a policy"
    PUBLISH_POLICY    = "publish_policy",    "发布指派方案",   "publish a policy"
    READ_REPORTS      = "read_reports",      "查看报表",       "read reports"
    READ_NAMES        = "read_names",        "查看报表中的姓名", "read the names of practitioners in reports"
    READ_OWN_STATEMENT = "read_own_statement", "查看本人年度办案情况", "read one's own annual statement"
    PUBLISH_SCORES    = "publish_scores",    "决定公开含分值的最优性证明", "decide to publish proofs that hold scores"
    READ_AUDIT        = "read_audit",        "查看审计日志",   "read the audit log"
    VERIFY            = "verify",            "核验匹配批次和审计日志", "verify runs and the log"
    SEND_NOTICE       = "send_notice",       "发送法律援助通知（通知辩护、代理）", "send a notice"
    READ_LETTER       = "read_letter",       "查看法律援助公函", "read letters to case organs"
    CONFIRM_LETTER    = "confirm_letter",    "登记法律援助公函的收到日期", "record that a letter was received"
    SIGN_IN           = "sign_in",           "登录和管理本人令牌", "sign in, and keep one's own tokens and sessions"
    MANAGE_USERS      = "manage_users",      "管理用户",       "manage users and tokens"
    CONFIRM_ACCESS    = "confirm_access",    "确认其他负责人的账号", "confirm the account of another manager"
    MANAGE_CENTRES    = "manage_centres",    "管理法律援助中心", "manage centres"
    MANAGE_WEBHOOKS   = "manage_webhooks",   "管理回调地址",   "manage webhooks"
# fmt: on


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who acts: a user in a role of a centre, perhaps tied to a roster entry, a case organ or one case."""

    user_id: str
    role: Role
    centre_id: str
    practitioner_id: str | None = None
    institution_id: str | None = None
    organ: str | None = None
    case_id: str | None = None
    confirmed: bool = True
    """Whether grave acts are open: to a session for a while after its password was given, to a program always."""


CLERK = frozenset({
    Verb.SIGN_IN,
    Verb.SUBMIT_CASE, Verb.READ_CASE, Verb.EDIT_CASE, Verb.GRANT, Verb.REPORT_PROGRESS, Verb.CLOSE, Verb.TERMINATE,
    Verb.WITHDRAW, Verb.CONTEST, Verb.EVALUATE, Verb.RATE, Verb.COMPLAIN, Verb.FUND, Verb.ARCHIVE, Verb.TRANSFER,
    Verb.ISSUE_DOCUMENT, Verb.READ_CANDIDATES, Verb.READ_PUBLISHED, Verb.WISH, Verb.MAKE_LINK, Verb.READ_WHY,
    Verb.READ_ROSTER, Verb.EDIT_ROSTER, Verb.EDIT_ORGANS, Verb.DECLARE_CONFLICT, Verb.DECLARE_TIE, Verb.IMPORT,
    Verb.EXPORT, Verb.REQUEST_RUN, Verb.READ_RUN, Verb.APPLY_RUN, Verb.READ_JOB, Verb.CANCEL_JOB, Verb.READ_ASSIGNMENTS,
    Verb.DESIGNATE, Verb.OFFER,
    Verb.POST_CASE, Verb.READ_BOARD, Verb.ARRANGE, Verb.ASK_REPLACEMENT, Verb.HAND_OVER, Verb.READ_ROTATION,
    Verb.READ_POLICY, Verb.VERIFY, Verb.READ_LETTER, Verb.CONFIRM_LETTER, Verb.SUPERVISE,
})  # fmt: skip

PERMISSIONS: dict[Role, frozenset[Verb]] = {
    Role.CLERK: CLERK,
    Role.MANAGER: CLERK | {
        Verb.REVIEW_AMENDMENT, Verb.DECIDE_OBJECTION, Verb.DECIDE_COMPLAINT, Verb.SETTLE, Verb.MANAGE_SUBSIDIES,
        Verb.CORRECT, Verb.MANAGE_CALENDAR,
        Verb.SUSPEND, Verb.REPLACE, Verb.OVERRIDE_ROTATION, Verb.EDIT_POLICY, Verb.SIMULATE,
        Verb.PUBLISH_POLICY, Verb.READ_REPORTS, Verb.READ_NAMES, Verb.PUBLISH_SCORES, Verb.READ_AUDIT,
        Verb.MANAGE_TEMPLATES, Verb.MANAGE_WEBHOOKS, Verb.CONFIRM_ACCESS,
    },
    Role.PRACTITIONER: frozenset({
        Verb.SIGN_IN,
        Verb.READ_OWN_CASE, Verb.READ_OWN_ROSTER, Verb.REPORT_LEAVE, Verb.DECLARE_CONFLICT, Verb.DECLARE_TIE,
        Verb.REPORT_PROGRESS,
        Verb.CLOSE, Verb.ANSWER_OFFER, Verb.READ_BOARD, Verb.CLAIM, Verb.UNCLAIM, Verb.ASK_REPLACEMENT,
        Verb.READ_ROTATION, Verb.READ_OWN_STATEMENT, Verb.READ_WHY,
    }),
    Role.INSTITUTION: frozenset({
        Verb.SIGN_IN, Verb.READ_OWN_CASE, Verb.READ_OWN_ROSTER, Verb.EDIT_OWN_ROSTER, Verb.REPORT_LEAVE,
        Verb.DECLARE_TIE, Verb.ARRANGE, Verb.ASK_REPLACEMENT,
    }),
    Role.RECIPIENT: frozenset({
        Verb.SIGN_IN, Verb.READ_OWN_CASE, Verb.READ_PUBLISHED, Verb.WISH, Verb.ASK_REPLACEMENT, Verb.RATE,
        Verb.WITHDRAW, Verb.CONTEST, Verb.COMPLAIN, Verb.READ_WHY,
    }),
    Role.ORGAN: frozenset({Verb.SIGN_IN, Verb.SEND_NOTICE, Verb.READ_LETTER, Verb.CONFIRM_LETTER}),
    Role.AUDITOR: frozenset({
        Verb.SIGN_IN,
        Verb.READ_CASE, Verb.READ_CANDIDATES, Verb.READ_PUBLISHED, Verb.READ_ROSTER, Verb.READ_RUN, Verb.READ_JOB,
        Verb.READ_WHY, Verb.READ_ASSIGNMENTS, Verb.READ_BOARD, Verb.READ_ROTATION, Verb.READ_POLICY, Verb.READ_REPORTS,
        Verb.READ_AUDIT, Verb.READ_LETTER, Verb.EXPORT, Verb.VERIFY,
    }),
    Role.ADMIN: frozenset({
        Verb.SIGN_IN,
        Verb.MANAGE_USERS, Verb.MANAGE_CALENDAR, Verb.MANAGE_CENTRES, Verb.MANAGE_WEBHOOKS, Verb.READ_AUDIT,
        Verb.READ_JOB,
    }),
}  # fmt: skip


GRAVE = frozenset({
    Verb.PUBLISH_POLICY, Verb.OVERRIDE_ROTATION, Verb.MANAGE_USERS, Verb.MANAGE_CENTRES, Verb.MANAGE_WEBHOOKS,
    Verb.CONFIRM_ACCESS,
})  # fmt: skip
"""What is done in a session only shortly after its password was given; designations and disclosure ask for it too."""


def require(actor: Actor, verb: Verb) -> None:
    """Let `actor` pass if their role has `verb`; otherwise refuse. A grave one needs the password, given lately."""
    require_reader(actor, verb)
    if verb in GRAVE:
        require_confirmed(actor)


def require_reader(actor: Actor, verb: Verb) -> None:
    """Let `actor` pass if their role has `verb`, to look at what a grave one would change."""
    if verb not in PERMISSIONS[actor.role]:
        raise ForbiddenError(verb=verb.value, role=actor.role.value)


def require_confirmed(actor: Actor) -> None:
    """Let pass those who gave their password lately, or act by a token; recipients have none, and a short session."""
    if not actor.confirmed and actor.role is not Role.RECIPIENT:
        raise PasswordAgainError
