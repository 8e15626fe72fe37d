"""Triggers on both databases: rows that are only ever added, and rows that say the same as long as their id lives."""

from collections.abc import Iterator, Sequence

APPEND_ONLY = ("case_event", "ledger", "audit", "roster_change")

LASTING = ("attributes", "institution_attributes")
"""What else their rows say is remembered by their id."""

CLOSED_BY = ("until_on", "superseded_at")
"""How rows of these tables end."""


def protect(dialect: str, table: str) -> Iterator[str]:
    """Yield the statements that make ``table`` append-only."""
    if dialect == "postgresql":
        yield (
            f"CREATE OR REPLACE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END $$"
        )
        yield (
            f"CREATE TRIGGER {table}_keep BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_keep()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_keep_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def release(dialect: str, table: str) -> Iterator[str]:
    """Yield the statements that undo ``protect``, for the moment before the table is dropped."""
    if dialect == "postgresql":
        yield f"DROP TRIGGER {table}_keep ON {table}"
        yield f"DROP FUNCTION {table}_keep()"
        return
    for verb in ("update", "delete"):
        yield f"DROP TRIGGER {table}_keep_{verb}"


def settle(dialect: str, table: str, columns: Sequence[str]) -> Iterator[str]:
    """Yield the statements that let a row of ``table`` be closed, but never say something else."""
    complaint = f"{table} says the same as long as its id lives"
    if dialect == "postgresql":
        closed_by = "ARRAY[" + ", ".join(f"'{column}'" for column in CLOSED_BY) + "]"
        yield (
            f"CREATE OR REPLACE FUNCTION {table}_last() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF to_jsonb(NEW) - {closed_by} <> to_jsonb(OLD) - {closed_by} THEN "
            f"RAISE EXCEPTION '{complaint}' USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END $$"
        )
        yield (f"CREATE TRIGGER {table}_last BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_last()")
        return
    others = ", ".join(column for column in columns if column not in CLOSED_BY)
    yield (
        f"CREATE TRIGGER {table}_last BEFORE UPDATE OF {others} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{complaint}'); END"
    )


def unsettle(dialect: str, table: str) -> Iterator[str]:
    """Yield the statements that undo ``settle``."""
    if dialect == "postgresql":
        yield f"DROP TRIGGER {table}_last ON {table}"
        yield f"DROP FUNCTION {table}_last()"
        return
    yield f"DROP TRIGGER {table}_last"
