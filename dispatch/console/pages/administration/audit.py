"""The audit log (审计日志): who did or read what, by person, act, thing and time; and whether it proves itself."""

from dispatch.api.routes.administration.audit import AuditQuery, list_audit
from dispatch.api.routes.administration.log import check_own_log, list_log_heads
from dispatch.console.frame.page import ConsolePage, Context, Menu
from dispatch.console.frame.visit import Visit
from dispatch.console.pages.administration.log_words import VERBS, render_entry
from dispatch.domain.log.words import ActOutcome
from dispatch.domain.permissions import Verb

HEADS = 31
"""Days on a page."""


def audit_page(visit: Visit) -> Context:
    """Return a page of the log as it is asked for, newest first, each entry in words."""
    found = list_audit(visit.actor, visit.read, visit.paging(), visit.search(AuditQuery))
    return {
        "lines": [render_entry(visit, each) for each in found.items],
        "next": found.next,
        "verbs": VERBS,
        "outcomes": list(ActOutcome),
        "unknown": visit.asked("unknown") == "true",
    }


def log_page(visit: Visit) -> Context:
    """Return what the log came to day by day, and what a check finds, where one is asked for."""
    found = list_log_heads(visit.actor, visit.read, visit.paging(HEADS))
    checked = check_own_log(visit.actor, visit.read) if visit.asked("check") else None
    return {"heads": found.items, "next": found.next, "checked": checked}


# fmt: off
PAGES = (
    ConsolePage(
        "/audit", "audit_page", (Verb.READ_AUDIT,), ("审计日志", "Audit log"),
        ("谁在何时、从哪里办理或者查阅了什么，或者为何未予办理；不含姓名和内容，只增不改。",
         "Who did or read what, when and from where, or was refused it and why; no names, no contents, never changed."),
        audit_page, "oversight/audit.html", Menu.WATCH,
    ),
    ConsolePage(
        "/log", "log_page", (Verb.VERIFY,), ("审计日志核验", "The log checked"),
        ("操作记录、承办件数台账和案件办理记录逐条封存，每日公布一个校验值；有人绕过系统更改的，核验时能够发现。",
         "Acts, turns and the history of cases are sealed one by one, and a digest is published a day: a check finds "
         "whatever was changed past the service."),
        log_page, "oversight/log.html", Menu.WATCH,
    ),
)
# fmt: on
