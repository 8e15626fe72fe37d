"""Every text for people in the product, and the words the glossary of a legal aid centre bans from it.

A row is a banned word, the right one, and the contexts in which it is right after all. Tables that only read what
offices write (`spellings`, former headers) are no texts of ours.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
READ_ONLY = ("dispatch/exchange/spellings.py", "dispatch/simulation/sample/places.py")
TEMPLATES = ("dispatch/console/templates/**/*.html", "dispatch/console/static/*.js")
PAGES = ("README.zh.md", "docs/zh/*.md", "examples/*.md", "examples/monitoring/*")


class Text(NamedTuple):
    """A text and where it stands."""

    where: str
    wording: str


class Ban(NamedTuple):
    """A word that is not used, what is, and the contexts in which the word is right."""

    word: str
    right: str
    allowed: tuple[str, ...] = ()


# fmt: off
BANS = (
    # word (a pattern)     right word                          where it is right after all
    Ban("政策",            "指派方案"),
    Ban("援助",            "法律援助",                         ("法律援助", "先行提供法律援助")),
    Ban("席位",            "承办名额"),
    Ban("密封",            "不公开抢单时段"),
    Ban("冷却",            "暂停抢单期"),
    Ban("证书",            "最优性证明",                       ("执业证书", "资格证书")),
    Ban("角点",            "关键方案"),
    Ban("种子",            "随机数种子",                       ("随机数种子", "同一种子")),
    Ban("对账单",          "年度办案情况"),
    Ban("账本",            "轮流指派记录"),
    Ban("轮派",            "轮流指派"),
    Ban("代价|价格",       "扣分"),
    Ban("稀缺",            "紧缺程度"),
    Ban("样本",            "示例"),
    Ban("拒绝",            "不接受征询；申请变更指派",         ("受援人拒绝", "有正当理由拒绝", "拒绝执行")),
    Ban("放弃",            "申请变更指派"),
    Ban("弃单",            "退回"),
    Ban("指定",            "人工指派",                         ("指定监护人", "指定辩护", "指定管辖", "所指定的")),
    Ban("派单",            "征询",                             ("轮流指派单位",)),
    Ban("改派后|拟派",     "人工指派"),
    Ban("派均",            "均衡"),
    Ban("承办人(?!员|数)", "承办人员"),
    Ban("经办人(?!员)",    "经办人员"),
    Ban("审计",            "监督检查",                         ("审计日志", "（审计）")),
    Ban("(指派|法定|超)时限", "期限"),
    Ban("刑辩",            "刑事辩护"),
    Ban("嫌疑人",          "犯罪嫌疑人",                       ("犯罪嫌疑人",)),
    Ban("值班(法律)?帮助", "值班律师法律帮助"),
    Ban("对立双方",        "利益对立方"),
    Ban("(?<!法律)(援助|服务)形式", "法律援助形式",            ("法律援助形式",)),
    Ban("案件类别",        "案件类型"),
    Ban("事项",            "案件类型",                         ("非诉讼事项", "注意事项", "该事项")),
    Ban("劳动仲裁",        "劳动人事争议仲裁"),
    Ban("办案阶段",        "诉讼（办理）阶段"),
    Ban("公函",            "法律援助公函",                     ("法律援助公函",)),
    Ban("信息缺失",        "登记信息不全；基本信息未登记"),
    Ban("登记簿|登记库",   "名册"),
    Ban("择优匹配",        "精准指派"),
    Ban("匹配(质量|度|分)", "匹配得分"),
    Ban("饱和",            "在办案件较多"),
    Ban("回溯|重放",       "试算",),
    Ban("摘要",            "校验值"),
    Ban("停业",            "停业整顿",                         ("停业整顿",)),
    Ban("可能判处",        "可能被判处"),
    Ban("重罪",            "可能被判处无期徒刑、死刑"),
    Ban("销假",            "休假后返岗"),
    Ban("余量",            "可承办件数"),
    Ban("考核(须)?合格",     "年度考核称职"),
    Ban("代书",            "代拟法律文书"),
    Ban("中彩金",          "中央专项彩票公益金",               ("“中彩金”",)),
    Ban("案由方面",        "本案由上的"),
    Ban("(?<!或)或(?!者)", "或者"),
    Ban("令牌桶|幂等|负载|实例化|元数据|回滚", "（技术词，改用通行说法）"),
    Ban(r"[\u4e00-\u9fff] \d+(?![\d-])|(?<![-.\w])\d+ [\u4e00-\u9fff]", "汉字与数字之间不空格"),
)
# fmt: on


def banned(wording: str) -> list[tuple[str, str]]:
    """Return each banned word that the text says outside its allowed contexts, with the right one."""
    found = []
    for ban in BANS:
        spans = [match.span() for each in ban.allowed for match in re.finditer(re.escape(each), wording)]
        for match in re.finditer(ban.word, wording):
            if not any(begin <= match.start() and match.end() <= end for begin, end in spans):
                found.append((match[0], ban.right))
    return found


def texts() -> Iterator[Text]:
    """Return every Chinese text for people: of the sources, the presets and the pages."""
    yield from (text for name, module in modules().items() if name not in READ_ONLY for text in module.texts)
    for path in sorted((ROOT / "dispatch/domain/policy/presets").glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        yield from (Text(f"{path.name}: {where}", wording) for where, wording in of_document(document))
    for pattern in (*PAGES, *TEMPLATES):
        for path in sorted(ROOT.glob(pattern)):
            lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            yield from (Text(f"{path.relative_to(ROOT)}:{k}", line) for k, line in lines if CHINESE.search(line))


class Pair(NamedTuple):
    """A call by its name whose first two arguments are texts as they are written, and where it stands."""

    call: str
    where: str
    zh: str
    en: str


class Module(NamedTuple):
    """What a module says to people."""

    texts: tuple[Text, ...]
    pairs: tuple[Pair, ...]


@cache
def modules() -> dict[str, Module]:
    """Return what every module of the product says, read once."""
    found = {}
    for path in sorted((ROOT / "dispatch").rglob("*.py")):
        name, nodes = str(path.relative_to(ROOT)), nodes_of(path.read_text(encoding="utf-8"))
        found[name] = Module(tuple(in_nodes(name, nodes)), tuple(pairs_in(name, nodes)))
    return found


def nodes_of(source: str) -> list[ast.AST]:
    """Return all that a source is made of."""
    return list(ast.walk(ast.parse(source)))


def of_source(name: str, source: str) -> Iterator[Text]:
    """Return the Chinese strings of a module, but for the other names by which a header is read."""
    return in_nodes(name, nodes_of(source))


def in_nodes(name: str, nodes: list[ast.AST]) -> Iterator[Text]:
    """Return the same of a module that has been read."""
    read = {id(node) for call in nodes for names in aliases_of(call) for node in ast.walk(names)}
    for node in nodes:
        if isinstance(node, ast.Constant) and id(node) not in read and CHINESE.search(str(node.value)):
            yield Text(f"{name}:{node.lineno}", str(node.value))


def pairs_in(name: str, nodes: list[ast.AST]) -> Iterator[Pair]:
    """Return every call by name that begins with two texts."""
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            wording = [ast.unparse(part) for part in node.args[:2] if isinstance(part, ast.Constant | ast.JoinedStr)]
            if len(wording) == 2:
                yield Pair(node.func.id, f"{name}:{node.lineno}", *wording)


def aliases_of(node: ast.AST) -> Iterator[ast.expr]:
    """Return the former headers of a column: its keyword ``aliases``, or the last of its eight arguments."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Column":
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "aliases")
        yield from node.args[7:]


def of_document(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Return the Chinese strings of a document with their paths."""
    if isinstance(value, str) and CHINESE.search(value):
        yield where, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from of_document(part, f"{where}.{key}".lstrip("."))
