"""How the command line speaks: the user's language, plain refusals, and no traceback for them."""

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

REFUSED = 1
LANGUAGES = ("zh", "en")
SHOWN = 400

out = Console()
err = Console(stderr=True)
_spoken = ["en"]
_command = [""]


def require_language(wanted: str | None) -> None:
    """Refuse a language that is not spoken here."""
    if wanted not in (None, *LANGUAGES):
        raise typer.BadParameter(f"{wanted}: zh, en", param_hint="--language")


def choose_language(wanted: str | None) -> None:
    """Speak what was asked for, else what the terminal speaks, else English."""
    settings = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    terminal = next(filter(None, settings), "")
    _spoken[0] = wanted or ("zh" if terminal.startswith("zh") else "en")


def language() -> str:
    """Return the language spoken: ``zh`` or ``en``."""
    return _spoken[0]


def begin_command(name: str) -> None:
    """Remember which command runs."""
    _command[0] = name


def command() -> str:
    """Return the name of the command that runs, as ``user create``."""
    return _command[0]


def localize(zh: str, en: str) -> str:
    """Return the one of both that is spoken."""
    return zh if language() == "zh" else en


def refuse_politely(run: Callable[[], Any]) -> Any:
    """Run a verb; a refusal is printed and ends with 1."""
    from dispatch.domain.errors import DispatchError

    try:
        return run()
    except DispatchError as error:
        hint = {"": localize(*TROUBLES["OperationalError"])} if error.code == "unavailable" else {}
        refuse(error.title(language()), {**error.facts, **hint})
    except Exception as error:
        known = known_trouble(error)
        if known is None:
            raise
        refuse(known, {})


def refuse(title: str, facts: Mapping[str, Any]) -> None:
    """Print why not and end with 1."""
    err.print(f"[bold red]{escape(title)}[/]")
    for name, value in facts.items():
        # A reason that is a code is told by the detail that goes with it.
        if value not in (None, [], {}) and not (name == "reason" and "detail" in facts):
            label = localize(f"{name_of(name)}：", f"{name}: ") if name else ""
            err.print(f"  {label}{escape(rendered(KINDS.get(value, value) if name == 'what' else value))}")
    raise typer.Exit(REFUSED)


def name_of(fact: str) -> str:
    """Return what a fact is called in the reader's language."""
    return localize(FACTS.get(fact, fact), fact)


def rendered(value: Any) -> str:
    """Return a fact as a person reads it, in one language."""
    if isinstance(value, Mapping) and {"zh", "en"} <= set(value):
        wording = str(value[language()])
        return f"{wording} ({value['field']})" if "field" in value else wording
    if isinstance(value, list | tuple):
        return localize("、", ", ").join(rendered(item) for item in value)[:SHOWN]
    if isinstance(value, Mapping):
        parts = (localize(f"{name_of(name)}：", f"{name}: ") + rendered(item) for name, item in value.items())
        return localize("；", "; ").join(parts)[:SHOWN]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def known_trouble(error: Exception) -> str | None:
    """Return what to do about trouble with the surroundings, or None if the error is ours."""
    name = type(error).__name__
    zh, en = TROUBLES.get(name, ("", ""))
    if name in SPEAKING:
        return str(error)
    return localize(zh, en) or None


SPEAKING = ("NoRedisError", "BrokenPromiseError")
"""Errors whose own text tells what to do."""

# fmt: off
FACTS = {
    # fact of an error  what it is called in Chinese
    "actual":           "实际",
    "against_id":       "对照版本编号",
    "attempts":         "执行次数",
    "base_id":          "依据的版本编号",
    "bounds":           "法定范围",
    "case_id":          "案件编号",
    "centre_id":        "中心编号",
    "changes":          "改动",
    "columns":          "列",
    "at":               "现为",
    "error":            "错误",
    "newest":           "最新",
    "since":            "自",
    "constraint":       "规则",
    "days":             "天数",
    "designation_id":   "人工指派编号",
    "detail":           "说明",
    "do":               "怎么办",
    "edits":            "期间的改动",
    "event":            "操作",
    "expected":         "应为",
    "expired_at":       "期满时间",
    "field":            "字段",
    "found":            "已有",
    "header":           "请求头",
    "id":               "编号",
    "kind":             "种类",
    "known":            "可用的有",
    "most":             "最多",
    "nearest":          "最接近的是",
    "number":           "编号",
    "part":             "部分",
    "policy_id":        "指派方案编号",
    "practitioner_id":  "承办人员编号",
    "problems":         "问题",
    "reason":           "原因",
    "report":           "导入结果",
    "revision":         "版本",
    "role":             "角色",
    "row":              "行",
    "rules":            "规则",
    "state":            "状态",
    "status":           "状态",
    "value":            "所填内容",
    "year":             "年份",
    "verb":             "权限",
    "version":          "版本",
    "what":             "对象",
    "written_by":       "起草人",
}

KINDS = {
    # what is missing or stale, as the fact `what` names it
    "assignment":   {"zh": "指派",         "en": "assignment"},
    "bytes":        {"zh": "字节",         "en": "bytes"},
    "case":         {"zh": "案件",         "en": "case"},
    "centre":       {"zh": "法律援助中心", "en": "centre"},
    "claim":        {"zh": "抢单",         "en": "claim"},
    "delivery":     {"zh": "回调消息",     "en": "delivery"},
    "designation":  {"zh": "人工指派",     "en": "designation"},
    "institution":  {"zh": "承办机构",     "en": "institution"},
    "legal_case":   {"zh": "案件",         "en": "case"},
    "link":         {"zh": "受援人链接",   "en": "link"},
    "offer":        {"zh": "征询",         "en": "offer"},
    "override":     {"zh": "轮流指派顺序调整", "en": "override"},
    "plan":         {"zh": "指派流程",     "en": "plan"},
    "policy":       {"zh": "指派方案",     "en": "policy"},
    "practitioner": {"zh": "承办人员",     "en": "practitioner"},
    "proposal":     {"zh": "匹配结果",     "en": "proposal"},
    "report":       {"zh": "报表",         "en": "report"},
    "rows":         {"zh": "行",           "en": "rows"},
    "run":          {"zh": "匹配批次",     "en": "run"},
    "run_in_force": {"zh": "现行方案下的匹配批次", "en": "run of the policy in force"},
}

TROUBLES = {
    # error               what to do, in Chinese and in English
    "OperationalError":  ("数据库无法使用：请检查 DATABASE_URL，或者先运行 legal-dispatch migrate。",
                          "The database cannot be used: check DATABASE_URL, or run legal-dispatch migrate first."),
    "DatabaseError":     ("这不是数据库文件，或者已损坏：请检查 DATABASE_URL，必要时从备份恢复。",
                          "This is no database, or a damaged one: check DATABASE_URL, or restore a backup."),
    "ProgrammingError":  ("数据库结构不完整：请先运行 legal-dispatch migrate。",
                          "The database lacks its tables: run legal-dispatch migrate first."),
    "CommandError":      ("本版本没有该数据库版本：请使用建立该数据库的版本，或者新建数据库。",
                          "This version has no such revision of the database: use the version that made it, or a new"
                          " database."),
    "PermissionError":   ("没有读写该文件的权限，请联系系统管理员。", "This file may not be read or written."),
    "IsADirectoryError": ("这是一个文件夹，请写明文件。", "This is a folder."),
    "FileNotFoundError": ("没有该文件或者文件夹。", "There is no such file or folder."),
    "ModuleNotFoundError": ("缺少组件：作图需要安装 legal-aid-dispatch[reports]。",
                            "A library is missing: figures need legal-aid-dispatch[reports] installed."),
}
# fmt: on
