"""The few column shapes all tables share."""

from datetime import datetime
from inspect import Signature
from typing import Any
from uuid import uuid4

from sqlalchemy import JSON, Column, Enum, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from dispatch.domain.texts import code_key, name_key
from dispatch.domain.vocabulary import Term


def new_id() -> str:
    """Return a fresh row id: 32 hexadecimal digits, safe in URLs and job ids."""
    return uuid4().hex


# Pydantic asks for it with every row that is made, and would work it out anew each time: a fifth of all it does.
new_id.__signature__ = Signature()  # type: ignore[attr-defined]  # a function may have any


def one_of(words: type[Term], name: str, *, nullable: bool = False, index: bool = False) -> Column[Any]:
    """Return a column holding a word's value as text with a CHECK, the same on both databases."""
    return Column(
        Enum(
            words,
            name=name,
            native_enum=False,
            create_constraint=True,
            length=24,
            values_callable=lambda members: [member.value for member in members],
        ),
        nullable=nullable,
        index=index,
    )


def a_word(words: type[Term], *, nullable: bool = False, key: bool = False) -> Column[Any]:
    """Return a column for a vocabulary that grows from release to release: without a CHECK that had to grow too."""
    plain = Enum(
        words,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )
    return Column(plain, nullable=nullable, primary_key=key)


def document(*, nullable: bool = True, server_default: str | None = None) -> Column[Any]:
    """Return a JSON column (JSONB on PostgreSQL). Assign a new value; in-place changes are not saved."""
    return Column(
        JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql"),
        nullable=nullable,
        server_default=server_default,
    )


def a_key(length: int) -> String:
    """Return the type of a text that is looked for by how it begins: in the order of its letters on both databases."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def name_key_field() -> Any:
    """Return the column that a search by name looks at; code that writes rows need not fill it in."""
    return Field(default=None, sa_column=Column(Text, nullable=False, default=_key_of_the_name))


def _key_of_the_name(context: Any) -> str:
    return name_key(context.get_current_parameters()["name"])


def code_key_field(of: str = "code") -> Any:
    """Return the column by which a code, or what is named, is found and kept once; nobody need fill it in."""
    return Field(default=None, sa_column=Column(Text, nullable=False, default=_KeyOf(of)))


class _KeyOf:
    """Makes the key of a code from the parameters of an insert."""

    def __init__(self, column: str) -> None:
        self._column = column

    def __call__(self, context: Any) -> str:
        return code_key(context.get_current_parameters()[self._column])


def id_field() -> Any:
    """Return the primary key of an ordinary table."""
    return Field(default_factory=new_id, primary_key=True, max_length=32)


def centre_field() -> Any:
    """Return the column that says whose row it is."""
    return Field(foreign_key="centre.id", index=True, max_length=32)


Moment = datetime
"""An aware UTC instant; SQLModel's own column type keeps it so on both databases."""
