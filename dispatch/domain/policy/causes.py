"""The catalogue of causes: a tree from chapters and groups to official names, and every name a cause goes by.

A name is looked up as it is, then among the aliases, then without what offices add or leave out
(涉嫌, 罪, 纠纷, 一案). What could mean two causes means none: it is refused with the nearest names.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache, cached_property
from importlib.resources import files
from itertools import chain, combinations, product
from math import prod
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from dispatch.domain.errors import UnknownReferenceError, stated
from dispatch.domain.policy.document import Document, Text
from dispatch.domain.validation import UnfitError
from dispatch.domain.vocabulary import Matter, Term, word_key

SHIPPED = ("criminal", "civil", "administrative")
MAX_CAUSES = 5_000
MAX_DEPTH = 8
MAX_SPELLINGS = 1_000
"""An alias with alternatives stands for no more names than this."""

NEAREST, CHAPTERS = 5, 12
MIN_SIMILARITY, MIN_SIMILARITY_IN_LETTERS = 0.35, 0.6
"""Of two names, by the ratio of ``difflib``; less alike are no help in a search. Any words of letters share a third."""

MAX_KEPT = 1_000
"""Names whose nearest are kept, since a file repeats its mistakes."""

ALTERNATIVES = re.compile(r"\{([^{}]*)\}")
AROUND = re.compile(r"^(?:涉嫌|犯)?(?:申请)?(.+?)(?:一案|案件|案|之诉|诉讼)?$")
AFTER = re.compile(r"(?<=.)(?:罪|争议纠纷|纠纷|争议)$")
BEFORE_DISPUTE = re.compile(r"(?<=.{4})(?:责任|合同)$")
"""Left out of long names only: 劳务 may be of a contract or of an injury, 劳务派遣 may not."""

SHORT = 2
"""Characters; what is left of an alias is no name if it is so short: 医疗纠纷 is one, 医疗 may be many things."""

Links = Mapping[str, frozenset[str]]


class Cause(Document):
    """A cause of action, or a chapter or group of them."""

    code: str = Field(pattern=r"^[a-z0-9_]{1,40}$")
    zh: Text = Field(min_length=1)
    en: Text
    matter: Matter
    also: tuple[Matter, ...] = ()
    """Further branches of law a case of this cause may belong to."""
    parent: str | None = Field(default=None, pattern=r"^[a-z0-9_]{1,40}$")
    aliases: tuple[Text, ...] = ()
    """Other names; ``{甲、乙}`` stands for any of the words, in this order."""

    @model_validator(mode="before")
    @classmethod
    def translated(cls, tables: Any) -> Any:
        """Let a cause without an English name go by its Chinese one."""
        return tables | {"en": tables.get("en") or tables.get("zh")} if isinstance(tables, dict) else tables

    @model_validator(mode="after")
    def spelt(self) -> "Cause":
        """Refuse an alias with an unclosed or endless choice of words."""
        for alias in self.aliases:
            if {"{", "}"} & set(ALTERNATIVES.sub("", alias)):
                raise UnfitError(f"{alias}：花括号应成对", f"{alias}: every {{ needs its }}")
            if prod(2 ** len(_options(part)) - 1 for part in ALTERNATIVES.findall(alias)) > MAX_SPELLINGS:
                raise UnfitError(
                    f"{alias}：表示的写法应不多于{MAX_SPELLINGS}种",
                    f"{alias}: this stands for more than {MAX_SPELLINGS} names",
                )
        return self

    @model_serializer(mode="wrap")
    def brief(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what says nothing: a policy from before there were trees keeps its digest."""
        return {name: value for name, value in whole(self).items() if value not in (None, (), [])}

    @property
    def matters(self) -> tuple[Matter, ...]:
        """Return the branches of law a case of this cause may belong to."""
        return (self.matter, *self.also)


class Catalogue:
    """The causes of a policy by code, by name and by line of descent."""

    def __init__(self, causes: Sequence[Cause]) -> None:
        self.by_code = {cause.code: cause for cause in causes}
        self.lineage = {code: tuple(line_of(self.by_code, code)) for code in self.by_code}
        """From each cause up to its chapter, itself first."""
        self._near: dict[tuple[str, Matter | None], tuple[Cause, ...]] = {}

    @cached_property
    def _names(self) -> list[Links]:
        """The ways to name a cause, in the order they are tried: most policies are never asked for a name."""
        ranks = _ranks(tuple(self.by_code.values()))
        names = [_links((word_key(name), cause.code) for name, cause in rank) for rank in ranks]
        bare = ((stem(name), name, code) for links in names for name, codes in links.items() for code in codes)
        official = names[1]
        return [*names, _links((core, code) for core, name, code in bare if name in official or core == name
                               or len(core) > SHORT)]  # fmt: skip

    def meant(self, text: str) -> tuple[Cause, ...]:
        """Return the causes a text may mean: none if it is unknown, several if it is not clear which."""
        key = word_key(text)
        *names, stems = self._names
        ways = [*((links, key) for links in names), (stems, stem(key))]
        found = next((links[way] for links, way in ways if way in links), frozenset[str]())
        return tuple(cause for code, cause in self.by_code.items() if code in found and may_be(key, cause))

    def find(self, text: str) -> Cause | None:
        """Return the one cause a text means, or None."""
        found = self.meant(text)
        return found[0] if len(found) == 1 else None

    def require(self, text: str, matter: Matter | None = None) -> Cause:
        """Return the one cause a text means, or refuse it with the nearest of the branch of law."""
        found = self.find(text)
        if found is None:
            near = self.nearest(text, matter)
            known, words = [cause.code for cause in near], near_words(near)
            zh, en = (f"{matter.zh}类", f"{matter.en} ") if matter else ("", "")
            expected = stated(
                f"应为案由目录中的{zh}案由，如{words['zh']}", f"a {en}cause of the catalogue, such as {words['en']}"
            )
            raise UnknownReferenceError(field="cause", value=text, known=known, expected=expected)
        return found

    def nearest(self, text: str, matter: Matter | None = None) -> tuple[Cause, ...]:
        """Return the causes someone may have meant: all that it can mean, else the most alike, else chapters."""
        key = (text, matter)
        if key not in self._near:
            if len(self._near) >= MAX_KEPT:
                self._near.clear()
            near = self.meant(text) or self._alike(stem(word_key(text)), matter)
            fit = tuple(cause for cause in near if matter is None or matter in cause.matters)
            self._near[key] = fit or self._groups(matter) or self.chapters[:CHAPTERS]
        return self._near[key]

    def level(self, levels: Mapping[str, int], cause: str, matter: Matter) -> int:
        """Return someone's level in a cause: its own, else of the nearest group above, last of its branch, else 0."""
        line = (*self.lineage.get(cause, (cause,)), matter.value)
        return next((levels[group] for group in line if group in levels), 0)

    @property
    def chapters(self) -> tuple[Cause, ...]:
        """Return the causes without a parent."""
        return tuple(cause for cause in self.by_code.values() if cause.parent is None)

    def _groups(self, matter: Matter | None) -> tuple[Cause, ...]:
        """Return chapters of a branch of law, or the first few of each."""
        wanted = (matter,) if matter else tuple(Matter)
        branches = ([cause for cause in self.chapters if cause.matter is each] for each in wanted)
        return tuple(cause for branch in branches for cause in branch[: CHAPTERS // len(wanted)])

    def _alike(self, key: str, matter: Matter | None) -> tuple[Cause, ...]:
        stems = {
            name: fit for name, codes in self._names[-1].items()
            if (fit := [code for code in sorted(codes) if matter is None or matter in self.by_code[code].matters])
        }  # fmt: skip
        within = (name for name in stems if len(key) > 1 and len(name) > 1 and (key in name or name in key))
        near = sorted(within, key=lambda name: abs(len(name) - len(key)))
        near += get_close_matches(key, stems, NEAREST, MIN_SIMILARITY_IN_LETTERS if key.isascii() else MIN_SIMILARITY)
        codes = dict.fromkeys(code for name in near for code in stems[name])
        return tuple(self.by_code[code] for code in [*codes][:NEAREST])


def spellings(alias: str) -> Iterator[str]:
    """Yield every name an alias stands for."""
    parts = ALTERNATIVES.split(alias)
    for words in product(*([part] if k % 2 == 0 else [*_choices(part)] for k, part in enumerate(parts))):
        yield "".join(words)


def stem(key: str) -> str:
    """Return a name without what offices add to it or leave out of it."""
    core = AFTER.sub("", AROUND.sub(r"\1", key))
    return BEFORE_DISPUTE.sub("", core)


def may_be(key: str, cause: Cause) -> bool:
    """Tell whether a name is of the branch its form says: 涉嫌 and 罪 are of crimes, 纠纷 and 争议 never are."""
    core, criminal = AROUND.sub(r"\1", key), cause.matter is Matter.CRIMINAL
    if core.endswith("罪") or key.startswith("涉嫌"):
        return criminal
    return not (criminal and core.endswith(("纠纷", "争议")))


def line_of(causes: Mapping[str, Cause], code: str) -> Iterator[str]:
    """Yield a cause and those above it, the nearest first."""
    at: str | None = code
    for _ in range(MAX_DEPTH):
        if at is None or at not in causes:
            return
        yield at
        at = causes[at].parent


def inherited(tables: Any) -> Any:
    """Return a list of causes, each that names no branch of law with the branches of its parent."""
    if not isinstance(tables, list | tuple) or not all(isinstance(each, dict) for each in tables):
        return tables
    known = {each.get("code"): each for each in tables}

    def branches(each: dict[str, Any], depth: int = MAX_DEPTH) -> dict[str, Any]:
        own = {name: each[name] for name in ("matter", "also") if each.get(name)}
        above = known.get(each.get("parent"))
        return own if "matter" in own or above is None or not depth else branches(above, depth - 1) | own

    return [each | branches(each) for each in tables]


def require_tree(causes: Sequence[Cause]) -> None:
    """Refuse causes that are no tree, or of which two have one code or one name."""
    by_code = {cause.code: cause for cause in causes}
    if len(by_code) < len(causes):
        raise UnfitError("同一案由列出两次", "a cause is named twice")
    names: dict[str, Cause] = {}
    for cause in causes:
        if (other := names.setdefault(word_key(cause.zh), cause)) is not cause:
            raise UnfitError(
                f"{cause.code} 和 {other.code} 名称相同：{cause.zh}",
                f"{cause.code} and {other.code} have the same name: {cause.zh}",
            )
        above = by_code.get(cause.parent or "")
        if cause.parent and above is None:
            raise UnfitError(
                f"{cause.code}：没有上级案由 {cause.parent}",
                f"{cause.code}: there is no cause {cause.parent} for it to be under",
            )
        if by_code[[*line_of(by_code, cause.code)][-1]].parent:
            raise UnfitError(
                f"{cause.code}：上级不能是自身或者自身的下级，层级不超过{MAX_DEPTH}级",
                f"{cause.code}: it is under itself, or more than {MAX_DEPTH} deep",
            )
        if above and cause.matter not in above.matters:
            raise UnfitError(
                f"{cause.code}：{cause.matter.zh}案由不能列在{above.matter.zh}案由之下",
                f"{cause.code}: {cause.matter.value} cannot be under {above.matter.value}",
            )


def either(terms: Iterable[Term]) -> dict[str, str]:
    """Return words of the vocabulary as what was expected."""
    known = tuple(terms)
    return stated("或者".join(term.zh for term in known), " or ".join(known))


def near_words(causes: Iterable[Cause]) -> dict[str, str]:
    """Return causes as what was expected."""
    return stated("、".join(cause.zh for cause in causes), ", ".join(cause.code for cause in causes))


@cache
def shipped() -> tuple[Cause, ...]:
    """Return the catalogue of this package: what legal aid meets, by official name."""
    texts = (files("dispatch.domain.policy").joinpath(f"catalogue/{name}.toml") for name in SHIPPED)
    tables = [cause for text in texts for cause in tomllib.loads(text.read_text(encoding="utf-8"))["causes"]]
    return tuple(Cause.model_validate(cause) for cause in inherited(tables))


def _ranks(causes: Sequence[Cause]) -> Iterator[Iterable[tuple[str, Cause]]]:
    yield ((cause.code, cause) for cause in causes)
    yield ((name, cause) for cause in causes for name in (cause.zh, cause.en))
    yield ((name, cause) for cause in causes for alias in cause.aliases for name in spellings(alias))


def _links(pairs: Iterable[tuple[str, str]]) -> Links:
    found: dict[str, set[str]] = defaultdict(set)
    for name, code in pairs:
        if name:
            found[name].add(code)
    return {name: frozenset(codes) for name, codes in found.items()}


def _options(part: str) -> list[str]:
    return re.split("[、,，]", part)


def _choices(part: str) -> Iterator[str]:
    words = _options(part)
    for some in chain.from_iterable(combinations(words, count) for count in range(1, len(words) + 1)):
        yield "".join(some)
