"""Every statement that reads a period finds it by an index, on both databases."""

import re
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, text

from dispatch.registry.period import report_data
from dispatch.registry.statements import fetch
from tests.rows import register

__all__ = ["register"]

STATEMENTS = (
    "CASES", "WAITING", "SEATS", "MADE", "OFFERS", "RETURNS", "POSTINGS", "CLAIMS", "CREDITS", "WORK", "PRICES", "DAYS",
    "SETTLED", "COMPLAINTS", "UPHELD", "FUNDINGS", "ARCHIVES",
)  # fmt: skip
GROWING = "legal_case|settlement|complaint|funding|archive|assignment|offer|posting|claim|ledger|proposal|job|appraisal"
WHOLE_TABLE = re.compile(rf"(?:SCAN|Seq Scan on) (?:{GROWING})\b(?! USING)")
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN ", "postgresql": "EXPLAIN "}


@pytest.fixture
def plan_of(register):
    """What the database says it would do for a statement about March."""
    days = report_data.Days(register.centre.id, date(2026, 3, 1), date(2026, 3, 31), ZoneInfo("Asia/Shanghai"))
    name = register.engine.dialect.name

    def explain(_connection, _cursor, statement, parameters, _context, _many):
        return (EXPLAIN[name] if statement.lstrip().startswith("SELECT") else "") + statement, parameters

    def plan(statement):
        with register.read() as session:
            if name == "postgresql":
                # An empty table is read whole, whatever indexes there are.
                session.execute(text("SET LOCAL enable_seqscan = off"))
            event.listen(session.connection(), "before_cursor_execute", explain, retval=True)
            return "\n".join(str(row[-1]) for row in fetch(session, statement, **days.params()).cursor.fetchall())

    return plan


@pytest.mark.parametrize("name", STATEMENTS)
def test_period_is_found_by_an_index(plan_of, name):
    plan = plan_of(getattr(report_data, name))

    assert "INDEX" in plan or "Index" in plan
    assert not WHOLE_TABLE.search(plan), plan
