"""The words of the log."""

from dispatch.domain.vocabulary import Term


# fmt: off
class ActOutcome(Term):
    """What became of what somebody asked for."""

    DONE    = "done",    "已完成", "carried out"
    REFUSED = "refused", "未予办理", "refused"


class OwnVerb(Term):
    """What is written in the log beside the verbs of the permissions."""

    ENTER       = "enter",       "进入系统",   "come in"
    OPERATE     = "operate",     "命令行操作", "a command on the machine itself"
    COMMIT_DRAW = "commit_draw", "预先公布抽签校验值", "publish a draw beforehand"


class ActSubject(Term):
    """What acts that tell of themselves were done to; other entries are named by the request (``operation``)."""

    CASE_FACT           = "fact",                 "案件信息",       "facts of a case"
    PARTY               = "party",                "当事人信息",     "people of a case"
    NAMES               = "names",                "当事人姓名",     "names of a case's people"
    FILE                = "file",                 "案卷",           "the file of a case"
    PAPER               = "paper",                "报告和记录全文", "texts of reports and records"
    RECIPIENT_SEARCH    = "recipient_search",     "按受援人查找的案件", "a case found by its recipient"
    TIE_REVIEW          = "tie_review",           "利害关系核对",   "a tie that was settled"
    CONFLICT_REVIEW     = "conflict_review",      "利益冲突核对",   "a conflict that was settled"
    LINK                = "link",                 "受援人链接",     "a recipient's link"
    LINK_ENDED          = "link_ended",           "受援人链接（已停用）", "a recipient's link, ended"
    FINDING             = "finding",              "名册检查提醒",   "a finding of the nightly check"
    PRACTITIONER        = "practitioner",         "承办人员登记",   "an entry of the roster"
    INSTITUTION         = "institution",          "承办机构登记",   "an institution of the roster"
    ABSENCE             = "absence",              "休假（暂停指派）", "an absence"
    ORGAN               = "organ",                "办案机关",       "a case organ"
    DECLARED_TIE        = "declared_tie",         "申报的利害关系", "a declared tie"
    CENTRE              = "centre",               "法律援助中心",   "a centre"
    CALENDAR_NOTICE     = "calendar_notice",      "放假安排",       "a notice about working days"
    SUBSIDY_TABLE       = "subsidy_table",        "补贴标准",       "a subsidy table"
    LETTERHEAD          = "letterhead",           "文书落款",       "the letterhead"
    WEBHOOK             = "webhook",              "回调地址",       "a webhook"
    AUDIT_LOG           = "audit",                "审计日志",       "the audit log"
    TRANSPARENCY        = "transparency",         "月度公开数据包", "the public pack of a month"
    BACKUP              = "backup",               "数据备份",       "a backup"
    RESTORE             = "restore",              "恢复备份",       "a backup brought back"
    ASSIGNMENTS         = "assignments",          "指派列表",       "the list of assignments"
    USER                = "user",                 "账号",           "an account"
    USER_REFUSED        = "user_refused",         "账号（不予确认）", "an account that was not confirmed"
    USER_RETIRED        = "user_retired",         "账号（已停用）", "an account, retired"
    USER_RESTORED       = "user_restored",        "账号（已恢复）", "an account, brought back"
    CONFIRMATION        = "confirmation",         "负责人账号的确认", "a manager's account to be confirmed"
    INVITATION          = "invitation",           "邀请",           "an invitation"
    SESSION             = "session",              "登录",           "a session"
    SESSION_ENDED       = "session_ended",        "退出登录",       "a session, ended"
    SESSION_CONFIRMED   = "session_confirmed",    "再次输入密码",   "a password given again"
    SIGN_IN_REFUSED     = "sign_in_refused",      "登录未成功",     "a sign-in that failed"
    CONFIRMATION_REFUSED = "confirmation_refused", "再次验证未成功", "a password given again that was wrong"
    TOKEN               = "token",                "令牌",           "a token"
    TOKEN_ENDED         = "token_ended",          "令牌（登录）已结束", "a token or session, ended"
    TOKENS_ENDED        = "tokens_ended",         "其他令牌和登录已结束", "all other tokens and sessions, ended"
    TOKEN_RENEWED       = "token_renewed",        "令牌已更换",     "a token, renewed"
    PASSWORD_CHANGED    = "password_changed",     "密码",           "a password, changed"
    AUTHENTICATOR       = "authenticator",        "动态验证码",     "an authenticator"
    RECOVERY_CODES      = "recovery_codes",       "恢复码",         "recovery codes"
    IDENTITY_BOUND      = "identity_bound",       "统一身份（绑定）", "an identity, bound"
    IDENTITY_UNBOUND    = "identity_unbound",     "统一身份（解除绑定）", "an identity, unbound"
    DOOR                = "door",                 "不存在的地址",   "an address that is not there"


class LogSource(Term):
    """Tables whose rows are only ever added and are in the log of their centre."""

    AUDIT      = "audit",      "审计日志",         "audit log"
    LEDGER     = "ledger",     "承办件数台账",     "ledger of turns"
    CASE_EVENT = "case_event", "案件办理记录",     "history of cases"


class LogFault(Term):
    """What can be wrong with a log; each says that somebody changed it past the service."""

    ROW_GONE        = "row_gone",        "记录被删除",             "an entry was removed"
    ROW_CHANGED     = "row_changed",     "记录被更改",             "an entry was changed"
    ROW_LATE        = "row_late",        "记录未经封存，可能为事后补写", "an entry was slipped in, or was never sealed"
    LEAF_GONE       = "leaf_gone",       "封存记录被删除",         "a seal of an entry was removed"
    TREE_DIFFERS    = "tree_differs",    "封存记录与日志校验值不一致", "the seals do not add up to the log's digest"
    HEAD_DIFFERS    = "head_differs",    "日志与已公布的校验值不一致", \
                      "the log is not the one whose digest was published"
    HEADS_BROKEN    = "heads_broken",    "每日校验值前后不衔接",     "the published digests do not follow each other"
    TRIGGER_GONE    = "trigger_gone",    "防更改的数据库触发器被删除", "a trigger that keeps the history was dropped"
    TRIGGER_CHANGED = "trigger_changed", "防更改的数据库触发器被更改", "a trigger that keeps the history was changed"
# fmt: on
