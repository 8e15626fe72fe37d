"""The pages of a run's proposals and of an organ's letters, on both databases: each row once, in order."""

from datetime import timedelta

import pytest

from dispatch.commands.jobs import JobContext
from dispatch.commands.runs import requests
from dispatch.commands.runs.report import OPEN, PLACED, view_run
from dispatch.domain.documents import LETTERS, DocumentKind
from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.vocabulary import ProposalState
from dispatch.registry.reads import Slice, letters
from dispatch.registry.tables import DocumentRow
from tests.rows import NOW

DAY = timedelta(days=1)


def test_proposals_are_paged_by_what_is_due_and_counted_whole(register):
    for code in ("p1", "p2"):
        register.a_practitioner(code, capacity=1)
    for n in range(5):
        # Two are due at the same moment.
        register.a_case(f"2026-{n}", due_at=NOW + (9 + n // 2) * DAY)
    run = requests.request_run(register.begin, register.clerk, NOW)
    requests.solve_run(JobContext(register.begin, register.read, lambda: NOW, "worker"), run.id)

    def walked(which):
        found, after = [], [which]
        while after:
            view = view_run(register.read, register.clerk, run.id, 1, after)
            part = getattr(view, which)
            found += [each.case for each in part.rows]
            after = part.last
        return found, view

    (opened, _), (placed, view) = walked(OPEN), walked(PLACED)

    assert (len(opened), len(placed), len({case.id for case in (*opened, *placed)})) == (3, 2, 5)
    assert [case.due_at for case in opened] == sorted(case.due_at for case in opened)
    assert (view.unnamed, view.states[ProposalState.PROPOSED]) == (3, 2)
    for bad in (["other"], [PLACED, "x"], [OPEN, "x", "y", "z"]):
        with pytest.raises(InvalidFieldError):
            view_run(register.read, register.clerk, run.id, 1, bad)


def test_letters_to_an_organ_are_found_by_its_name_and_no_others(register):
    case = register.a_case()
    for n, organ in enumerate(("乙法院", "甲法院", "乙法院", None)):
        kind = DocumentKind.LETTER if organ else DocumentKind.ASSIGNMENT_NOTICE
        register.add(
            DocumentRow(
                centre_id=register.centre.id, case_id=case.id, kind=kind, about_id=str(n), organ=organ, series="c",
                year=2026, serial=n + 1, number=f"c{n}", sealed=b"", issued_by=register.clerk.user_id, issued_at=NOW,
            )
        )  # fmt: skip

    def found(organ):
        with register.read() as session:
            rows = letters(session, register.centre.id, Slice(9, None), LETTERS, organ).rows
        return sorted(row.number for row in rows)

    assert (found(None), found("乙法院"), found("丙法院")) == (["c0", "c1", "c2"], ["c0", "c2"], [])
