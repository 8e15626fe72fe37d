"""Lists of a register of ten years are read through indexes, on both databases: a page begins where one ended."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from dispatch.domain.documents import BY_BATCH
from dispatch.domain.vocabulary import Status
from dispatch.registry import reads
from dispatch.registry.lists.cases import CaseFilter, CaseOrder, cases
from dispatch.registry.lists.documents import assignments_lacking, unprinted
from dispatch.registry.reads import Slice
from tests.rows import NOW

OPEN = (Status.PENDING, Status.POSTED)

NUMBERED = "case_by_number"

# fmt: off
ASKED = [
    # what is asked                                order                 the index that answers it
    (CaseFilter(),                                 CaseOrder.NUMBER,     NUMBERED),
    (CaseFilter(number_prefix="2026"),             CaseOrder.NUMBER,     NUMBERED),
    (CaseFilter(),                                 CaseOrder.DEADLINE,   "case_by_deadline"),
    (CaseFilter(due_from=NOW, due_before=NOW + timedelta(days=7)), CaseOrder.DEADLINE, "case_by_deadline"),
    (CaseFilter(status=OPEN),                      CaseOrder.DEADLINE,   "case_queue"),
    (CaseFilter(status=OPEN),                      CaseOrder.NUMBER,     "case_by_state"),
    (CaseFilter(person=(("name_key", ("k",)),)),   CaseOrder.NUMBER,     "party_name"),
    (CaseFilter(practitioner_id="p"),              CaseOrder.NUMBER,     "ix_assignment_practitioner_id"),
]
# fmt: on


def plans_of(register, look):
    """Return how the database goes about each page of a look into the register."""
    asked = []

    def listen(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    with register.read() as session:
        event.listen(session.connection(), "before_cursor_execute", listen)
        look(session)
    lite = register.engine.dialect.name == "sqlite"
    with register.engine.connect() as connection:
        if not lite:
            # What the cleaner has once seen empty is planned by that: a table made anew by what is usual.
            connection.execute(text("TRUNCATE legal_case CASCADE"))
            # An empty table is sorted faster than any index is opened.
            for way in ("seqscan", "bitmapscan", "sort"):
                connection.execute(text(f"SET enable_{way} = off"))
        explain = "EXPLAIN QUERY PLAN" if lite else "EXPLAIN"
        return [
            "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters))
            for statement, parameters in asked
            if statement.startswith("SELECT") and not statement.startswith("SELECT count")
        ]


@pytest.mark.parametrize(("wanted", "order", "index"), ASKED)
def test_every_page_goes_by_an_index(register, wanted, order, index):
    after = [order.value, "2026-1" if order is CaseOrder.NUMBER else NOW.isoformat(), "id"]

    pages = plans_of(
        register, lambda session: [
            cases(session, register.centre.id, wanted, Slice(50, start), order) for start in (None, after)
        ],
    )  # fmt: skip

    assert sum(index in plan for plan in pages) >= 2, "\n\n".join(pages)
    walked = re.compile(r"SCAN legal_case\b(?! USING)|Seq Scan on legal_case|TEMP B-TREE FOR ORDER|->  Sort ")
    assert [plan for plan in pages if walked.search(plan) and "assignment" not in plan and "party" not in plan] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_grows_with_the_years_is_counted_no_further_than_a_bound(register, monkeypatch):
    for number in "1234":
        register.a_case(number)

    def total():
        with register.read() as session:
            return cases(session, register.centre.id, CaseFilter(), Slice(1, None)).total

    whole = total()
    monkeypatch.setattr(reads, "MAX_COUNTED", 3)

    assert (whole, total()) == (4, 3)


def test_lists_of_documents_look_at_no_assignment_that_has_ended_and_at_no_document_that_is_printed(register):
    centre_id, part = register.centre.id, Slice(50, None)

    plans = plans_of(
        register, lambda session: [
            *[assignments_lacking(session, centre_id, part, kind) for kind in BY_BATCH],
            unprinted(session, centre_id, part),
        ],
    )  # fmt: skip

    *lacking, printing = plans
    assert len(lacking) == 2
    for plan in lacking:
        assert re.search("assignment_(live|one_live_per_seat|one_seat_each|ended_when)", plan), plan
        assert not re.search(r"SCAN (assignment|document|legal_case|arrangement)|Seq Scan", plan), plan
    assert "document_to_print" in printing
