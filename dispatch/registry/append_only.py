"""Triggers that let rows of a table be added, but neither changed nor removed, on both databases."""

from collections.abc import Iterator

APPEND_ONLY = ("case_event", "ledger", "audit")


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
