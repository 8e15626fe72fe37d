"""What the demo says, once, in both languages."""

from dispatch.domain.eligibility.table import refusal_text
from dispatch.domain.vocabulary import Term


# fmt: off
class Phase(Term):
    """The steps of a demo, timed one by one."""

    DRAW   = "draw",   "生成示例",     "draw the sample, write the files"
    START  = "start",  "启动服务",     "start Redis, database, API, worker, scheduler"
    IMPORT = "import", "导入表格",     "import the files"
    MATCH  = "match",  "匹配案件",     "match in the worker"
    APPLY  = "apply",  "采纳结果",     "apply the proposals"
    VERIFY = "verify", "独立核验最优性证明", "verify the certificate"
    COUNT  = "count",  "汇总",         "sum up"


class Line(Term):
    """The lines of the manager's table."""

    TITLE        = "title",        "指派汇总",         "The day, dispatched"
    CASES        = "cases",        "案件（承办名额）", "cases (seats)"
    ASSIGNED     = "assigned",     "已指派名额",       "seats assigned"
    OPEN         = "open",         "未指派名额",       "seats left open"
    BECAUSE      = "because",      "　其中",           "  because"
    WISHES       = "wishes",       "首选点援实现",     "first wishes honoured, of those the rules allow"
    BARRED_WISHES = "barred_wishes", "首选点援不符合指派条件", "first wishes the rules do not allow"
    SCORE        = "score",        "平均匹配得分",       "mean score"
    LOAD         = "load",         "承办件数：人均、最多", "load: mean / most"
    GINI         = "gini",         "件数基尼系数",         "Gini of load"
    TOOK         = "took",         "新承办人数、在册人数", "took a case / on the list"
    IN_TIME      = "in_time",      "期限内已指派",     "assigned in time"
    WAITING      = "waiting",      "未指派，期限尚远", "open, time left"
    AT_RISK      = "at_risk",      "未指派，24小时内到期", "open, due within 24 hours"
    MISSED       = "missed",       "已超过期限",       "past the deadline"
    OBJECTIVE    = "objective",    "与最优值的差距（已证明）", "points short of the proven best"
    PROOF        = "proof",        "最优性证明",       "certificate"
    VERIFIED     = "verified",     "独立核验通过，最优", "verified independently, optimal"
    PHASES       = "phases",       "各阶段用时",       "time per phase"
    TOTAL        = "total",        "合计",             "total"
    GAPS         = "gaps",         "名册缺项",         "gaps of the register"
    UNLOCATED    = "unlocated",    "缺少坐标的机构",   "offices without coordinates"
    UNSPECIFIED  = "unspecified",  "缺少业务类别的机构", "offices without categories"
    REFUSED      = "refused",      "　因登记信息不全没有指派", "  refused as unknown"
    TOUCHED      = "touched",      "因名册缺项而少了人选的案件", "cases such an office might have served"
    CHECK_AGAIN  = "check_again",  "可以再次核验：",       "check it again: "


class Invitation(Term):
    """What a running service tells the person who started it."""

    API   = "api",   "接口",     "API"
    DOCS  = "docs",  "接口文档", "docs"
    LOGS  = "logs",  "日志",     "logs"
    CONSOLE = "console", "工作页面，用下列账号登录", "The console, for a browser; sign in with one of these accounts"
    LOGIN = "login", "登录名",   "login"
    PASSWORD = "password", "各账号的密码", "password of each"
    CODES = "codes", "动态验证码（每个只能用一次）", "code, each good once"
    ROLE  = "role",  "角色",     "role"
    TOKEN = "token", "令牌",     "token"
    BOARD  = "board",  "抢单大厅：在另一终端观看第一行，再用后两行发布、抢单：", \
                     "The live board: watch it in another terminal (first line), then post a case and claim it:"
    EMPTY = "empty", "还没有数据：请先用 legal-dispatch centre create 和 user create 建立中心和用户。", \
                     "The register may be empty: make a centre and users with legal-dispatch centre|user create."
    STOP  = "stop",  "按 Ctrl-C 停止。", "Press Ctrl-C to stop."


class OpenReason(Term):
    """Why a seat is open where no hard rule alone tells."""

    NO_PLACE      = "no_place",      "符合条件的人员已达上限，或者已承办关联案件", \
                    "all who pass are full, or hold a tied case"
    NOBODY_LISTED = "nobody_listed", "名册中没有人员",                   "there is nobody on the roster"
# fmt: on


def reason_text(reason: str, language: str) -> str:
    """Return in plain words why a seat is open, from a run's summary."""
    if reason in set(OpenReason):
        return OpenReason(reason).label(language)
    code, _, blank = reason.partition(":")
    missing = blank.split(",") if blank not in ("", "unknown") else ()
    return refusal_text(code, language, unknown=bool(blank), missing=missing)
