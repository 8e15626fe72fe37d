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


class LogSource(Term):
    """Tables whose rows are only ever added and stand in the log of their centre."""

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
