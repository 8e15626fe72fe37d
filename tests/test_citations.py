"""No rule, limit, bound, policy or report rests on what is not in the table of instruments, or no longer in force."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from dispatch.domain.eligibility.table import RULES
from dispatch.domain.law.bases import PAPERS
from dispatch.domain.law.citations import Citation, Citations, cite, cited
from dispatch.domain.law.deadlines import DEADLINES
from dispatch.domain.law.instruments import INSTRUMENTS
from dispatch.domain.policy.fields import TABLE, source_of
from dispatch.domain.policy.legal_bounds import LEGAL_BOUNDS
from dispatch.domain.policy.schema import PRESETS, load_preset
from dispatch.reports import REPORTS

HOUSE = Path(__file__).parent.parent
NAMED = re.compile("《([^》]+)》")
SHORT = re.compile(r"\b(?:LAL|O1\d\d|CPL|LL)\b|centre policy")
"""Names of instruments that only their author understood."""


def sources() -> Iterator[tuple[str, Citations]]:
    """Everything that rests on a citation, by its name."""
    yield from ((f"rule {row.code}", row.source) for row in RULES)
    yield from ((f"limit {row.code}", row.source) for row in DEADLINES.values())
    yield from ((f"bound of {row.field}", row.source) for row in LEGAL_BOUNDS.values())
    yield from ((f"field {row.path}", source_of(row.path)) for row in TABLE)
    yield from ((f"paper {kind}", source) for kind, source in PAPERS.items())
    yield from ((f"report {row.code}", row.source) for row in REPORTS.values() if row.source)
    for name in PRESETS:
        preset = load_preset(name)
        yield from ((f"{name}: {path}", source) for path, source in preset.sources.items())
        yield from ((f"{name}: {code}", limit.source) for code, limit in preset.deadlines.items())


def breaches(found: Iterable[tuple[str, Citations]]) -> list[str]:
    """What rests on nothing, on a document the table lacks, or on an instrument that was replaced."""
    return [f"{where}: {fault}" for where, source in found for fault in faults(source)]


def faults(source: Citations) -> Iterator[str]:
    if not source:
        yield "no source"
    for each in source:
        row = INSTRUMENTS.get(each.instrument)
        if row is None:
            yield f"{each.document} is not in the table"
        elif each.successor:
            yield f"{cited((each,), 'zh')} was replaced by {each.successor.title('zh')}"


def texts() -> Iterator[tuple[str, str]]:
    """Every file that people or programs read names from, but the table itself."""
    files = [HOUSE / "README.md", *(HOUSE / "docs").rglob("*.md"), *(HOUSE / "examples").rglob("*.md")]
    for suffix in ("*.py", "*.toml"):
        files += (HOUSE / "dispatch").rglob(suffix)
    for file in files:
        if "domain/law" not in file.as_posix():
            yield file.relative_to(HOUSE).as_posix(), file.read_text(encoding="utf-8")


def misnamed(text: str) -> list[str]:
    """Names between 《》 that no instrument in force has, and short names."""
    known = {row.title("zh").split("》")[0][1:] for row in INSTRUMENTS.values() if row.in_force}
    return [name for name in NAMED.findall(text) if name not in known] + SHORT.findall(text)


def test_everything_rests_on_instruments_in_force():
    assert breaches(sources()) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (cite("complaints_2013", 5), "was replaced by 《法律援助投诉处理办法》（司法部令第149号）"),
        (cite("case_procedures") + cite("case_procedures_2012", 24), "（司法部令第124号）第二十四条 was replaced by"),
        ((Citation(document="《某市办法》"),), "《某市办法》 is not in the table"),
        ((), "no source"),
    ],
)
def test_planted_source_that_is_replaced_or_unknown_is_found(source, fault):
    [found] = breaches([("rule planted", source)])

    assert found.startswith("rule planted: ")
    assert fault in found


def test_planted_code_that_the_table_lacks_cannot_be_cited():
    with pytest.raises(ValueError, match="no such instrument: legal_aid_act"):
        cite("legal_aid_act", 25)


def test_every_law_is_named_in_full_and_as_the_table_has_it():
    assert {name: found for name, text in texts() if (found := misnamed(text))} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("依据《法律援助暂行条例》第三条", ["法律援助暂行条例"]),
        ("（LAL art. 26; O148 art. 26(1)）", ["LAL", "O148"]),
        ("source: centre policy", ["centre policy"]),
        ("依据《法律援助法》第二十六条", []),
    ],
)
def test_planted_name_is_found(text, found):
    assert misnamed(text) == found
