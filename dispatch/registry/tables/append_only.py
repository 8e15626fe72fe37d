"""Triggers on both databases: rows that are only ever added, and rows that say the same as long as their id lives."""

from collections.abc import Iterator, Sequence

APPEND_ONLY = ("case_event", "ledger", "audit", "roster_change", "log_leaf", "log_node", "log_head", "draw")

FORGOTTEN = {"audit": "address", "log_leaf": "address_salt"}
"""The one column of a table that may be emptied: what is personal in it goes when its time is over."""

SEALED_ANEW = {"roster_change": ("sealed",)}
"""What of them is sealed with another key: it says the same, in other bytes."""

LASTING = ("attributes", "institution_attributes")
"""What else their rows say is remembered by their id."""

CLOSED_BY = ("until_on", "superseded_at")
"""How rows of these tables end."""


def protect(dialect: str, table: str, columns: Sequence[str]) -> Iterator[str]:
    """Yield the statements that make ``table`` append-only, but for the column that may be emptied."""
    emptied, anew = FORGOTTEN.get(table), SEALED_ANEW.get(table, ())
    others = ", ".join(f'"{column}"' for column in columns if column != emptied and column not in anew)
    if dialect == "postgresql":
        emptying = (
            f"IF TG_OP = 'UPDATE' AND NEW.{emptied} IS NULL AND "
            f"to_jsonb(NEW) - '{emptied}' = to_jsonb(OLD) - '{emptied}' THEN RETURN NEW; END IF; "
        )
        yield (
            f"CREATE OR REPLACE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {emptying if emptied else ''}"
            f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END $$"
        )
        yield (
            f"CREATE TRIGGER {table}_keep BEFORE {f'UPDATE OF {others}' if anew else 'UPDATE'} OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_keep()"
        )
        return
    update = f"UPDATE OF {others}" if emptied or anew else "UPDATE"
    for name, act in (("update", update), ("delete", "DELETE")):
        yield f"CREATE TRIGGER {table}_keep_{name} BEFORE {act} ON {table} {_abort(table)}"
    if emptied:
        yield (
            f"CREATE TRIGGER {table}_keep_{emptied} BEFORE UPDATE OF {emptied} ON {table} "
            f"WHEN NEW.{emptied} IS NOT NULL {_abort(table)}"
        )


def _abort(table: str) -> str:
    return f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"


def release(dialect: str, table: str) -> Iterator[str]:
    """Yield the statements that undo ``protect``, for the moment before the table is dropped."""
    if dialect == "postgresql":
        yield f"DROP TRIGGER {table}_keep ON {table}"
        yield f"DROP FUNCTION {table}_keep()"
        return
    for name in ("update", "delete", *filter(None, [FORGOTTEN.get(table)])):
        yield f"DROP TRIGGER {table}_keep_{name}"


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
