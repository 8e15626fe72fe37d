"""Citations as data: an instrument, the place in it, and how far we read it; told in full in both languages.

A citation is told as an official writes it: 《全称》（文号）第X条第X款第X项 with Chinese figures, and in
English with the full name. How far its text was read is in the data, never in a sentence for people.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Annotated, Any

from pydantic import Field

from dispatch.domain.law.instruments import CENTRE, INSTRUMENTS, Instrument, InstrumentKind
from dispatch.domain.policy.document import LEGIBLE, Seen
from dispatch.domain.vocabulary import Term

Ordinal = Annotated[int, Field(ge=1, le=9999)]
DIGITS = "零一二三四五六七八九"


# fmt: off
class Trust(Term):
    """How far the text was read by the one who cites it."""

    READ      = "read",      "已读原文",   "read in the text"
    SECONDARY = "secondary", "据二手材料", "known at second hand"
    UNREAD    = "unread",    "原文待核",   "not read yet"


FORMS = {
    #        what is said, by language
    "own":   {"zh": "本中心自定",                 "en": "the centre's own choice"},
    "rest":  {"zh": "其余由本中心自定",           "en": "the rest is the centre's own choice"},
    "away":  {"zh": "（地方规定，外地仅供参考）", "en": " (a local rule; elsewhere for reference only)"},
    "after": {"zh": "",                           "en": ", "},
    "parts": {"zh": "、",                         "en": ", "},
    "whole": {"zh": "；",                         "en": "; "},
}
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """
    A place in an instrument of the table, or in a document of the place that the table does not have.

    Parameters
    ----------
    instrument : str
        Code of a row of ``INSTRUMENTS``; ``centre`` for a centre's own choice.
    document : str
        Title and number of a document that is not in the table, as people there cite it.
    article, paragraph, item : int, optional
        条, 款 and 项, counted from 1.
    to : int, optional
        Last article of a range that begins with ``article``.
    trust : Trust
        How far the text was read.

    Raises
    ------
    ValueError
        If it names no instrument, an unknown one, two, or a place that cannot be.
    """

    instrument: Annotated[str, Field(max_length=80)] = ""
    document: Annotated[str, Field(max_length=200, pattern=LEGIBLE), Seen] = ""
    article: Ordinal | None = None
    to: Ordinal | None = None
    paragraph: Ordinal | None = None
    item: Ordinal | None = None
    trust: Trust = Trust.READ

    def __post_init__(self) -> None:
        """Refuse what cannot be looked up."""
        if bool(self.instrument) == bool(self.document):
            raise ValueError("name an instrument of the table, or a document that is not in it: one of the two")
        if self.instrument and self.instrument not in INSTRUMENTS:
            raise ValueError(f"no such instrument: {self.instrument}; there are {', '.join(INSTRUMENTS)}")
        if self.instrument == CENTRE and self.place("en"):
            raise ValueError("the centre's own choice has no articles")
        if self.to and (self.paragraph or self.item or (self.article or self.to) >= self.to):
            raise ValueError("a range goes from an article to a later one, without paragraph or item")

    @property
    def kind(self) -> InstrumentKind:
        """Return what sort of instrument it is."""
        return INSTRUMENTS[self.instrument].kind if self.instrument else InstrumentKind.PLACE

    @property
    def successor(self) -> Instrument | None:
        """Return what replaced the instrument; none while it is in force."""
        row = INSTRUMENTS.get(self.instrument)
        return INSTRUMENTS[row.replaced_by] if row and row.replaced_by else None

    def title(self, language: str) -> str:
        """Return the name of what is cited."""
        return INSTRUMENTS[self.instrument].title(language) if self.instrument else self.document

    def place(self, language: str) -> str:
        """Return the place in it: 第二十六条第一款, art. 26 para. 1; nothing where the whole is cited."""
        return "".join(_numbered(self)) if language == "zh" else " ".join(_counted(self))

    def shown(self) -> dict[str, Any]:
        """Return it as interfaces show it: the data, and the words in both languages."""
        return asdict(self) | {"kind": self.kind} | in_words((self,))


Citations = tuple[Citation, ...]
"""What something rests on: one citation or several."""


def cite(
    instrument: str,
    *articles: int,
    to: int | None = None,
    paragraph: int | None = None,
    item: int | None = None,
    trust: Trust = Trust.READ,
) -> Citations:
    """Return the citations of an instrument, one an article; without articles the whole of it, or an item."""
    places: Iterable[int | None] = articles or (None,)
    return tuple(
        Citation(instrument=instrument, article=article, to=to, paragraph=paragraph, item=item, trust=trust)
        for article in places
    )


def cited(source: Citations, language: str) -> str:
    """Return a source in words: every instrument in full, its places after it, the centre's own choice last."""
    laws = [each for each in dict.fromkeys(source) if each.kind is not InstrumentKind.CENTRE]
    parts = [_entry(group, language) for group in _by_instrument(laws).values()]
    if len(laws) < len(set(source)):
        parts.append(FORMS["rest" if parts else "own"][language])
    return FORMS["whole"][language].join(parts)


def in_words(source: Citations) -> dict[str, str]:
    """Return a source in both languages."""
    return {language: cited(source, language) for language in ("zh", "en")}


def as_data(source: Citations) -> list[dict[str, Any]]:
    """Return a source as JSON values, without what is left out."""
    return [{name: value for name, value in asdict(each).items() if value} for each in source]


def from_data(values: Iterable[Mapping[str, Any]]) -> Citations:
    """Return the source that JSON values tell."""
    return tuple(Citation(**each) for each in values)


def shown(source: Citations) -> dict[str, Any]:
    """Return a source as interfaces show it: the words in both languages, and the citations."""
    return {**in_words(source), "citations": [each.shown() for each in source]}


def _by_instrument(laws: Iterable[Citation]) -> dict[tuple[str, str], list[Citation]]:
    groups: dict[tuple[str, str], list[Citation]] = {}
    for each in laws:
        groups.setdefault((each.instrument, each.document), []).append(each)
    return groups


def _entry(group: list[Citation], language: str) -> str:
    """Return an instrument with the places cited in it."""
    places = FORMS["parts"][language].join(filter(None, _places(group, language)))
    away = FORMS["away"][language] if group[0].kind is InstrumentKind.PLACE else ""
    return group[0].title(language) + (FORMS["after"][language] + places if places else "") + away


def _places(group: list[Citation], language: str) -> Iterator[str]:
    """Yield the places in the order of the instrument, an article once for all its paragraphs."""
    last = None
    for each in sorted(group, key=lambda each: (each.article or 0, each.paragraph or 0, each.item or 0)):
        again = each.article == last and each.paragraph is not None
        yield (replace(each, article=None) if again else each).place(language)
        last = each.article


def _numbered(cited: Citation) -> Iterator[str]:
    for number, unit in ((cited.article, "条"), (cited.paragraph, "款"), (cited.item, "项")):
        if number:
            yield f"第{numeral(number)}{unit}"
    if cited.to:
        yield f"至第{numeral(cited.to)}条"


def _counted(cited: Citation) -> Iterator[str]:
    if cited.to:
        yield f"arts. {cited.article}–{cited.to}"
        return
    for number, unit in ((cited.article, "art."), (cited.paragraph, "para."), (cited.item, "item")):
        if number:
            yield f"{unit} {number}"


def numeral(number: int) -> str:
    """Return a whole number below 10,000 as laws number their articles: 十, 二十五, 一百零五, 一百一十."""
    wording, gap = "", False
    for weight, unit in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // weight % 10
        gap = gap or (bool(wording) and not digit)
        if digit:
            wording += ("零" if gap else "") + DIGITS[digit] + unit
            gap = False
    return wording.removeprefix("一") if 10 <= number < 20 else wording


OWN = cite(CENTRE)
"""The source of what no instrument fixes."""
