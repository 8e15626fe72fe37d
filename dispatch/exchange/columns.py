"""What a column is, and the check of a whole row. The tables of columns are one kind to a file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

from dispatch.domain.texts.organs import is_court
from dispatch.domain.vocabulary import Term
from dispatch.exchange.cells import Converter
from dispatch.exchange.faults import NOTHING, CellFault, RowRefusal, Words
from dispatch.exchange.wording import header_key


# fmt: off
class Kind(Term):
    """Kinds of records that come in a file."""

    AREAS         = "areas",         "地区",     "areas"
    INSTITUTIONS  = "institutions",  "承办机构", "institutions"
    PRACTITIONERS = "practitioners", "承办人员", "practitioners"
    CASES         = "cases",         "案件",     "cases"
    CAUSES        = "causes",        "案由（罪名）", "causes"
    ORGANS        = "organs",        "办案机关", "organs"
    ASSESSMENTS   = "assessments",   "年度考核", "annual assessments"
    SPECIALTIES   = "specialties",   "专业特长依据", "evidence of specialties"
    ABSENCES      = "absences",      "休假和暂停指派", "leaves and suspensions"
    TIES          = "ties",          "利害关系申报", "declared ties"
# fmt: on


class Need(Enum):
    """Whether a row may leave a cell blank, and which cell tells records apart."""

    OPTIONAL = 0
    REQUIRED = 1
    KEY = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file: its headers, what its cells hold, and how to explain it."""

    field: str
    zh: str
    en: str
    converter: Converter
    example: Any = None
    help: Words = NOTHING
    need: Need = Need.OPTIONAL
    aliases: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Return whether every row must fill it."""
        return self.need is not Need.OPTIONAL

    @property
    def names(self) -> frozenset[str]:
        """Return every header the column goes by, as header keys."""
        return frozenset(header_key(name) for name in (self.field, self.zh, self.en, *self.aliases))


class RowCheck(NamedTuple):
    """What must hold between the cells of one row; ``field`` is blamed when it does not."""

    field: str
    holds: Callable[[Mapping[str, Any]], bool]
    expected: Words


class Table(NamedTuple):
    """The columns of one kind of record and the checks of a row."""

    kind: Term
    columns: tuple[Column, ...]
    checks: tuple[RowCheck, ...] = ()
    apart_by: tuple[str, ...] = ()
    """Fields that tell records apart where the key alone does not: a person has many assessments."""

    @property
    def key_column(self) -> Column:
        """Return the column that says whom or what a record is about."""
        return next(column for column in self.columns if column.need is Need.KEY)

    def key_of(self, values: Mapping[str, Any]) -> Any:
        """Return what tells a record apart, or nothing if its row does not say."""
        column = self.key_column
        if values.get(column.field) is None:
            return None
        fields = self.apart_by or (column.field,)
        keys = {each.field: each.converter.key for each in self.columns}
        return tuple(None if values.get(name) is None else keys[name](values[name]) for name in fields)

    def contradictions(self, row: int, values: Mapping[str, Any]) -> list[RowRefusal]:
        """Return the checks that the values of a row fail."""
        return [
            RowRefusal(row, check.field, CellFault.CONTRADICTION, check.expected)
            for check in self.checks
            if not check.holds(values)
        ]


def courts_only(field: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return the check that a list names courts and procuratorates, whose staff alone keep their relatives out."""

    def holds(values: Mapping[str, Any]) -> bool:
        return all(is_court(name) for name in values.get(field) or ())

    return holds


def in_order(earlier: str, later: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return the check that two days, where both are given, are in order."""

    def holds(values: Mapping[str, Any]) -> bool:
        first: date | None = values.get(earlier)
        second: date | None = values.get(later)
        return first is None or second is None or first <= second

    return holds


def both_or_neither(one: str, other: str) -> Callable[[Mapping[str, Any]], bool]:
    """Return the check that two cells are filled together."""
    return lambda values: (values.get(one) is None) == (values.get(other) is None)


POINT = RowCheck(
    "longitude", both_or_neither("latitude", "longitude"), Words("经纬度须同时填写", "latitude and longitude together")
)
