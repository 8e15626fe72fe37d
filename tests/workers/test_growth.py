"""A tick asks for what is open, through an index; what is over is not read, however many years of it there are."""

import pytest
from sqlalchemy import event
from sqlmodel import SQLModel

from workers.schedule import PERIODIC

HISTORY = frozenset({
    "assignment", "case_event", "claim", "clock", "job", "ledger", "legal_case", "offer", "outbox", "party", "plan",
    "posting", "proposal",
})  # fmt: skip

OF_THE_OPEN = {
    index.name
    for table in SQLModel.metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["sqlite"]["where"] is not None
}
"""Indexes of the few rows that are open: to walk through one is not to read history."""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("task", PERIODIC, ids=lambda each: each.name)
def test_task_of_the_scheduler_scans_no_table_that_grows_with_the_years(office, task):
    asked = []
    engine = office.register.engine
    event.listen(engine, "before_cursor_execute", lambda _c, _r, *statement: asked.append(statement[:2]))

    task.perform(office.context, office.now)

    with engine.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", tuple(bound)).all()
            for words, bound in list(asked)
            if words.startswith("SELECT")
        ]
    scans = [step.detail.split() for plan in plans for step in plan if step.detail.startswith("SCAN")]
    assert [scan for scan in scans if scan[1] in HISTORY and scan[-1] not in OF_THE_OPEN] == []
