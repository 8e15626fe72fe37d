"""Where a database's complaint becomes an error of the domain."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InternalError, NotSupportedError, ProgrammingError
from sqlmodel import SQLModel

from dispatch.domain.errors import (
    AnswerPendingError,
    ClaimRefusedError,
    ConstraintBrokenError,
    DiskFullError,
    DispatchError,
    DuplicateNumberError,
    SeatTakenError,
    UnavailableError,
)

SQLITE_FULL, POSTGRES_FULL = sqlite3.SQLITE_FULL, "53100"

# fmt: off
ERRORS: dict[str, type[DispatchError]] = {
    # constraint                    what breaking it means; all others are ConstraintBrokenError
    "case_number_once":             DuplicateNumberError,
    "institution_code_once":        DuplicateNumberError,
    "practitioner_code_once":       DuplicateNumberError,
    "user_login_once":              DuplicateNumberError,
    "institution_code_key_once":    DuplicateNumberError,
    "practitioner_code_key_once":   DuplicateNumberError,
    "user_login_key_once":          DuplicateNumberError,
    "assignment_one_live_per_seat": SeatTakenError,
    "assignment_one_seat_each":     SeatTakenError,
    "offer_one_accepted_per_seat":  SeatTakenError,
    "claim_one_open_each":          ClaimRefusedError,
    "idempotency_pkey":             AnswerPendingError,
}
# fmt: on


@contextmanager
def translated(*, writing: bool = False) -> Iterator[None]:
    """Turn a broken constraint into its error; the database's own text, which quotes values, goes no further.

    Who is ``writing`` and may only read has met a server that follows another and is not promoted yet.
    """
    try:
        yield
    except IntegrityError as complaint:
        name = constraint_of(complaint)
        raise ERRORS.get(name, ConstraintBrokenError)(constraint=name) from None
    except DataError:
        raise ConstraintBrokenError(constraint="value") from None
    except (ProgrammingError, InternalError, NotSupportedError) as complaint:
        # A fault of ours, or tables that are not there: no wait will mend it.
        if not (writing and isinstance(complaint.orig, ReadOnlySqlTransaction)):
            raise
        raise UnavailableError(part="database", kind=type(complaint.orig).__name__) from None
    except DatabaseError as complaint:
        if _is_full(complaint):
            raise DiskFullError(part="database") from None
        # Away, locked for long, or no database at all.
        raise UnavailableError(part="database", kind=type(complaint.orig).__name__) from None


def _is_full(complaint: DatabaseError) -> bool:
    """Tell whether there was no room: for a page of SQLite, or for anything of PostgreSQL."""
    code = getattr(complaint.orig, "sqlite_errorcode", None)
    return code == SQLITE_FULL or getattr(complaint.orig, "sqlstate", None) == POSTGRES_FULL


def constraint_of(complaint: IntegrityError) -> str:
    """Return the name of the constraint that was broken."""
    diagnosis = getattr(complaint.orig, "diag", None)
    if diagnosis is not None:
        return str(diagnosis.constraint_name)
    # SQLite names a check by its name, but a unique constraint by its columns.
    broken = str(complaint.orig).partition("constraint failed: ")[2]
    return _unique_names().get(broken, broken or "foreign_key")


def _unique_names() -> dict[str, str]:
    return {
        ", ".join(f"{table.name}.{column.name}" for column in unique.columns): name
        for table in SQLModel.metadata.tables.values()
        for name, unique in named_uniques(table)
    }


def named_uniques(table: Table) -> Iterator[tuple[str, UniqueConstraint | PrimaryKeyConstraint | Index]]:
    """Yield what may not occur twice in the table, under the name that PostgreSQL knows it by."""
    yield f"{table.name}_pkey", table.primary_key
    yield from ((str(each.name), each) for each in table.constraints if isinstance(each, UniqueConstraint))
    yield from ((str(each.name), each) for each in table.indexes if each.unique)
