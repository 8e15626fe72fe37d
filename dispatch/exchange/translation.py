"""Turns a foreign cell into one of ours by the words of a mapping."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dispatch.exchange.cells import as_text, is_unknown
from dispatch.exchange.faults import CellError, CellFault
from dispatch.exchange.mapping import Section
from dispatch.exchange.wording import escape, split_items, unescape, word_key


class Translation:
    """The translation of one field; what it has no word for is counted in ``dropped``."""

    def __init__(self, field: str, section: Section, dropped: Counter[str]) -> None:
        self._field = field
        self._rule = section.lists.get(field)
        self._otherwise = section.otherwise.get(field)
        self._dropped = dropped
        words = section.values.get(field)
        self._words = None if words is None else {word_key(said): meant for said, meant in words.items()}

    def applied_to(self, source: Callable[[Sequence[Any]], Any]) -> Callable[[Sequence[Any]], Any]:
        """Return a source that gives our words for the foreign ones."""
        if self._words is None and self._rule is None:
            return source
        translate = self._list if self._rule else self._single

        def translated(cells: Sequence[Any]) -> Any:
            cell = source(cells)
            return None if is_unknown(cell) else translate(cell)

        return translated

    def _single(self, cell: Any) -> Any:
        said = as_text(cell)
        meant = self._meant(said)
        if meant is None:
            return cell if self._otherwise == "keep" else None
        return "; ".join(meant)

    def _list(self, cell: Any) -> str | None:
        rule = self._rule
        items: dict[str, None] = {}
        for said in split_items(as_text(cell), rule.split if rule else ";"):
            items |= dict.fromkeys(self._items(unescape(said)))
        if not items:
            return None
        return "; ".join(self._with_level(item) for item in items)

    def _items(self, said: str) -> Iterator[str]:
        if self._words is None:
            yield escape(said)
            return
        meant = self._meant(said)
        if meant is not None:
            yield from meant
        elif self._otherwise == "keep":
            yield escape(said)

    def _with_level(self, item: str) -> str:
        level = self._rule.level if self._rule else None
        return item if level is None or ":" in item else f"{item}:{level}"

    def _meant(self, said: str) -> list[str] | None:
        meant = (self._words or {}).get(word_key(said))
        if meant is None:
            if self._otherwise == "refuse":
                raise CellError(CellFault.NOT_LISTED)
            if self._otherwise != "keep":
                self._dropped[self._field] += 1
            return None
        return [meant] if isinstance(meant, str) else meant
