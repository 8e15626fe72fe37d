"""A quarter of a small office over HTTP, from intake to the last report, through every kind of end.

What it leaves behind is compared with values that were reckoned by hand from the days in ``days``.
"""

from collections import Counter
from fractions import Fraction

import pytest
from starlette.testclient import TestClient

from dispatch.commands.imports.exports import export_records
from dispatch.commands.imports.files import import_file
from dispatch.domain.lifecycle import Event
from dispatch.domain.states import EndReason
from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.registry.tables import (
    ArchiveRow,
    AreaRow,
    AssignmentRow,
    CaseEventRow,
    CaseRow,
    ClockRow,
    DocumentRow,
    InstitutionRow,
    LedgerRow,
    PractitionerRow,
)
from dispatch.settings import Settings
from testbed.invariants import require_sound
from tests.api.conftest import Office
from tests.api.quarter.days import DAYS
from tests.api.quarter.limits import CLOCKS, STOPPED
from tests.api.quarter.office import Clock, Quarter, at, end_of
from workers import jobs

CHAIN = [("continuity", 4), ("point_selection", 8), ("grab", 4), ("rotation", 8), ("optimized", None)]
LAWYERS = {
    # code  firm   level in wages, open cases at most
    "an":  ("jia",  90, 5),
    "bo":  ("jia",  80, 5),
    "cui": ("jia",  60, 5),
    "dai": ("yi",   70, 5),
    "er":  ("yi",   50, 5),
    "fan": ("bing", 85, 1),
}  # fmt: skip

SUBSIDIES = {
    "title_zh": "补贴标准", "title_en": "subsidy standard", "valid_from": "2026-01-01",
    "source": [{"document": "某司文〔2025〕1号"}],
    "rates": [
        {"matters": ["criminal"], "amount_fen": 150_000, "cost_cap_fen": 30_000},
        {"services": ["labour"], "amount_fen": 80_000},
        {"amount_fen": 120_000, "day_fen": 10_000, "max_days": 5},
    ],
    "grade_percent": {"excellent": 120, "good": 110, "pass": 100, "fail": 50},
}  # fmt: skip

STATES = {
    "means": "refused", "income": "accepted", "settled": "withdrawn",
    "chosen": "evaluated", "conflict": "closed", "fraud": "closed", "counsel": "retained",
    "elsewhere": "transferred", "silent": "retained", "pair": "transferred", "late": "evaluated",
    "detained": "evaluated", "prison": "closed", "free": "closed", "mistaken": "withdrawn", "batch": "closed",
    "turn": "undertaken", "ward": "evaluated", "bed": "undertaken", "rich": "terminated", "appeal": "accepted",
}  # fmt: skip

LOADS = {"cui": 1, "er": 2, "fan": 1}
"""Of the appeal; of two of the three cases er took over or won in turn; and fan never signed."""

LEDGER = {
    # code  turns, effort
    "an":  (2, 20),   # fraud, whose termination was overturned, and detained
    "bo":  (3, 30),   # prison, free, and conflict after er
    "cui": (4, 40),   # counsel, for the work had begun; late, chosen, appeal
    "dai": (0, 0),    # all given back: declined, or handed over
    "er":  (4, 41),   # a major case in turn 15, ward 6, bed 10, batch 10
    "fan": (1, 10),   # income; late was given back
}  # fmt: skip

ENTRIES = {"turn": 24, "reversal": 11, "restoration": 1}

ENDS = {
    "closed": 9, "replaced": 5, "declined": 1, "expired": 1, "abandoned": 1, "terminated": 1, "retained": 1,
    "transferred": 1, None: 4,
}  # fmt: skip

DUE = {
    # Application: seven days; grant or notice: three; a free last day rolls to the next working day.
    "means": end_of(9, 28), "income": end_of(10, 12), "settled": end_of(9, 28),
    **dict.fromkeys(("chosen", "conflict", "fraud", "counsel", "elsewhere", "silent", "pair"), end_of(9, 28)),
    "late": end_of(10, 8),
    "detained": end_of(10, 3), "prison": end_of(10, 3), "free": end_of(10, 8), "mistaken": end_of(10, 8),
    "batch": end_of(10, 12), "turn": end_of(10, 15), "ward": end_of(10, 19), "bed": end_of(10, 19),
    "rich": end_of(10, 22), "appeal": end_of(11, 12),
}  # fmt: skip

PAID = {
    # case     rate   days   grade       costs, less what is above the cap: in fen
    "chosen":   120_000 + 50_000 + 34_000 + 15_000,   # five of 7.5 days; excellent: a fifth more
    "detained": 150_000 + 15_000 + 40_000 - 10_000,   # good: a tenth more
    "late":     120_000 + 20_000,
    "ward":      80_000 - 40_000,                     # failed: half
    "batch":    150_000,                              # not graded, and not paid yet
}  # fmt: skip

ARCHIVED = {
    "商援卷字〔2026〕第1号": ("chosen", True), "商援卷字〔2026〕第2号": ("means", False),
    "商援卷字〔2026〕第3号": ("rich", True), "商援卷字〔2027〕第1号": ("means", True),
}  # fmt: skip
"""The second file was taken out again, and its number is not used again."""

DOCUMENTS = {
    "商刑援函字〔2026〕第1号": "detained", "商刑援函字〔2026〕第2号": "free", "商刑援函字〔2026〕第3号": "prison",
    "商民援函字〔2026〕第1号": "fraud", "商民援函字〔2026〕第2号": "chosen", "商民援函字〔2026〕第3号": "chosen",
    "商援指字〔2026〕第1号": "detained", "商援指字〔2026〕第2号": "free",
    "商援更字〔2026〕第1号": "chosen",
    "商援终字〔2026〕第1号": "fraud", "商援终字〔2026〕第2号": "rich", "商援终函字〔2026〕第1号": "fraud",
    "商援旁字〔2026〕第1号": "detained", "商援询字〔2026〕第1号": "free", "商援访字〔2026〕第1号": "chosen",
    "商援结字〔2026〕第1号": "chosen", "商援结字〔2027〕第1号": "conflict",
}  # fmt: skip
"""The second civil letter was void, and its number is not used again; a year begins its series anew."""

GINI_OF_TURNS = Fraction(2 * (2 * 1 + 3 * 2 + 4 * 3 + 5 * 4 + 6 * 4), 6 * 14) - Fraction(7, 6)
GINI_OF_EFFORT = Fraction(2 * (2 * 10 + 3 * 20 + 4 * 30 + 5 * 40 + 6 * 41), 6 * 141) - Fraction(7, 6)

REPORTS = {
    # On 4 January: since 8 October, 9:00, and since 12 October, 8:30.
    ("queue", "accepted"): {"cases": 2, "older": 2, "oldest": 88 * 24, "overdue": 0},
    ("queue", "undertaken"): {"cases": 2, "older": 2, "oldest": 84 * 24 + 0.5, "overdue": 0},
    ("deadlines", "2026-09-01"): {"granted": 12, "met": 8, "missed": 1, "left": 3, "rate": 8 / 9},
    ("deadlines", "2026-10-01"): {"granted": 6, "met": 6, "missed": 0, "left": 0, "rate": 1},
    ("deadlines", "2026-11-01"): {"granted": 1, "met": 1, "missed": 0, "left": 0, "rate": 1},
    # Hours: income 26 and three at once; turn from 8:30 to 11:01 of the next day; late, prison, free and chosen.
    ("time_to_assign", "optimized"): {"cases": 4, "mean": 6.5, "median": 0, "slow": 0.7 * 26},
    ("time_to_assign", "rotation"): {"cases": 1, "mean": 26 + 31 / 60},
    ("time_to_assign", "continuity"): {"cases": 1, "mean": 0},
    ("time_to_assign", "designation"): {"cases": 7, "mean": (24 + 41 / 60 + 126 + 23 + 2.5) / 7, "median": 2.5},
    ("time_to_assign", "all"): {"cases": 16, "mean": (26 + 26 + 31 / 60 + 24 + 41 / 60 + 126 + 23 + 2.5) / 16},
    # Of the limits that end by 18 December: two agreements were signed on 2 November, two never, and of three the time
    # was over when somebody else was named; two files came late.
    ("timeliness", "T2"): {"limits": 4, "met": 2, "late": 1, "overdue": 0, "lapsed": 1, "rate": 2 / 3},
    ("timeliness", "T6"): {"limits": 24, "met": 13, "late": 5, "overdue": 2, "lapsed": 4, "rate": 13 / 20},
    ("timeliness", "T11"): {"limits": 2, "met": 2, "rate": 1},
    ("timeliness", "T18a"): {"limits": 3, "met": 0, "late": 2, "lapsed": 1, "rate": 0},
    ("timeliness", "T19a"): {"limits": 1, "met": 1, "rate": 1},
    ("timeliness", "T20a"): {"limits": 4, "met": 3, "overdue": 1, "rate": 3 / 4},
    ("wishes", "2026-09-01"): {"named": 1, "honoured": 0},
    ("load", "turns"): {"people": 6, "total": 14, "most": 4, "most_to_mean": 4 * 6 / 14, "gini": GINI_OF_TURNS},
    ("load", "effort"): {"people": 6, "total": 141, "most": 41, "most_to_mean": 41 * 6 / 141, "gini": GINI_OF_EFFORT},
    ("acceptance", "point_selection"): {"made": 2, "accepted": 1, "declined": 1, "rate": 0.5, "answer": 1},
    ("acceptance", "rotation"): {"made": 1, "accepted": 1},
    ("acceptance", "continuity"): {"made": 1, "accepted": 1},
    ("acceptance", "designation"): {"made": 8, "accepted": 8},
    ("reasons", "busy"): {"declined": 1, "given_back": 1},
    ("grab", "2026-09-01"): {"posted": 2, "granted": 1, "closed": 1, "claims": 2, "contested": 0.5, "first_claim": 3},
    ("grab", "2026-10-01"): {"posted": 1, "expired": 1, "claims": 0, "first_claim": None},
    ("grades", "defence"): {"cases": 4, "excellent": 0, "good": 1, "ungraded": 3, "fine": 1},
    ("grades", "litigation_agency"): {"cases": 4, "excellent": 1, "pass": 1, "ungraded": 2, "fine": 1 / 2},
    ("grades", "labour"): {"cases": 1, "fail": 1, "fine": 0},
    ("complaints", "neglect"): {"complaints": 1, "upheld": 1, "answered": 1},
    ("archive", "商援卷字〔2026〕第1号"): {"number": "chosen"},
    ("archive", "商援卷字〔2026〕第3号"): {"number": "rich"},
    # In yuan.
    ("settlements", "chosen"): {"fee": 2040, "costs": 150, "total": 2190},
    ("settlements", "detained"): {"fee": 1650, "costs": 300, "total": 1950},
    ("settlements", "batch"): {"fee": 1500, "costs": 0, "total": 1500},
    ("funds", "local"): {"cases": 5, "seats": 5, "total": 2190 + 1950 + 1400 + 400 + 1500, "paid": 5940},
    ("subsidy_grades", "excellent"): {"people": 1, "cases": 1, "settled": 1, "service_days": 7.5, "paid": 2190},
    ("subsidy_grades", "fail"): {"people": 1, "cases": 1, "total": 400},
    ("lottery_groups", "migrant_worker"): {"cases": 1, "civil": 1, "applied": 1, "approved": 1},
    ("statement", "an"): {"assigned": 2, "designation": 2, "closed": 2, "turns": 2, "accepted": 3, "subsidy": 1950},
    ("statement", "bo"): {"assigned": 3, "designation": 3, "closed": 3, "turns": 3, "accepted": 2},
    ("statement", "cui"): {
        "assigned": 3,
        "continuity": 1,
        "designation": 2,
        "closed": 2,
        "turns": 4,
        "accepted": 2,
        "excellent": 1,
        "pass": 1,
        "upheld": 1,
        "subsidy": 2190 + 1400,
    },
    ("statement", "dai"): {"assigned": 0, "closed": 0, "turns": 0, "accepted": 2, "declined": 1},
    ("statement", "er"): {
        "assigned": 4,
        "optimized": 3,
        "rotation": 1,
        "closed": 2,
        "turns": 4,
        "accepted": 2,
        "fail": 1,
        "subsidy": 400 + 1500,
    },
    ("statement", "fan"): {"assigned": 1, "optimized": 1, "closed": 0, "turns": 1, "won": 0, "given_back": 1},
}


REGISTERS = {"areas": AreaRow, "institutions": InstitutionRow, "practitioners": PractitionerRow, "cases": CaseRow}


@pytest.fixture
def quarter(database_url, redis_url, register, tmp_path, monkeypatch):
    """The office on the first morning, before the first case."""
    register.a_policy(CHAIN, grab={"window_minutes": 10, "epsilon": 0}, runs={"every_minutes": None})
    clock = Clock(at(9, 21, 9))
    settings = Settings(
        database_url=database_url, redis_url=redis_url, secret="a secret of the tests", data_dir=tmp_path
    )
    with TestClient(create_app(settings, clock=clock), raise_server_exceptions=False) as client:
        office = Quarter(Office(register, client), clock)
        monkeypatch.setattr(jobs, "open_context", lambda: office.worker)
        for code, (firm, level, capacity) in LAWYERS.items():
            office.joins(code, firm, specialties={"wages": level, "theft": 60}, capacity=capacity)
        letterhead = {"mark": "商", "contact": "王主任", "phone": "0370-12348"}
        office.done(Role.MANAGER, "/letterhead", letterhead, method="PUT")
        office.done(Role.MANAGER, "/subsidy-tables", {"document": SUBSIDIES})
        yield office


def test_quarter_leaves_loads_ledger_clocks_documents_and_reports_as_reckoned_by_hand(quarter, tmp_path):
    for act in DAYS:
        act(quarter)

    require_sound(quarter.register.read, quarter.register.centre.id)
    assert {name: quarter.state(name) for name in STATES} == STATES
    assert loads(quarter) == LOADS
    assert ledger(quarter) == LEDGER
    assert Counter(row.kind for row in quarter.register.all(LedgerRow)) == ENTRIES
    assert due(quarter) == DUE
    assert {row.code for row in quarter.register.all(ClockRow)} == CLOCKS.keys()
    for code, rows in CLOCKS.items():
        assert clocks(quarter, code) == sorted(rows), code
    assert stopped(quarter) == STOPPED
    assert (documents(quarter), archived(quarter), paid(quarter)) == (DOCUMENTS, ARCHIVED, PAID)
    assert reports(quarter) == {line: pytest.approx(cells, abs=1e-4) for line, cells in REPORTS.items()}
    assert Counter(row.end_reason for row in quarter.register.all(AssignmentRow)) == ENDS
    assert {EndReason(reason) for reason in ENDS if reason} == set(EndReason)
    assert {row.event for row in quarter.register.all(CaseEventRow)} >= set(Event)
    assert [again(quarter, kind, tmp_path) for kind in REGISTERS] == [([], len(rows)) for rows in registered(quarter)]


def again(q, kind, folder):
    """What becomes of an export that is brought in as it is: rows refused, and how many change nothing."""
    path, register = folder / f"{kind}.xlsx", q.register
    seal = q.office.client.app.state.context.key.require()
    export_records(register.begin, register.read, seal, register.clerk, q.clock(), kind, path)
    report = import_file(register.begin, seal, register.clerk, q.clock(), kind, path)
    return report.refused, report.unchanged


def registered(q):
    return [q.register.all(table) for table in REGISTERS.values()]


def loads(q):
    held = q.fetch(Role.CLERK, "/assignments?live=true&limit=100")["items"]
    return Counter(q.code_of(each["practitioner_id"]) for each in held)


def ledger(q):
    turns = q.fetch(Role.CLERK, "/rotation")["items"]
    return {q.code_of(each["practitioner_id"]): (each["turns"], each["effort"]) for each in turns}


def due(q):
    return {row.number: row.due_at for row in q.register.all(CaseRow)}


def clocks(q, code):
    """Of every limit of the code: whose it is, when it ends, and what became of it."""
    seats = {row.id: q.code_of(row.practitioner_id) for row in q.register.all(AssignmentRow)}
    rows = q.register.all(ClockRow, ClockRow.code == code)
    about = [" ".join(filter(None, (q.name_of(row.case_id), seats.get(row.assignment_id)))) for row in rows]
    return sorted((each, row.due_at, row.became) for each, row in zip(about, rows, strict=True))


def stopped(q):
    rows = q.register.all(ClockRow, ClockRow.code.in_({code for _, code in STOPPED}))
    return {(q.name_of(row.case_id), row.code): row.stopped_at for row in rows}


def documents(q):
    rows = q.register.all(DocumentRow)
    assert len({row.number for row in rows}) == len(rows)
    return {row.number: q.name_of(row.case_id) for row in rows}


def archived(q):
    return {row.number: (q.name_of(row.case_id), row.voided_at is None) for row in q.register.all(ArchiveRow)}


def paid(q):
    """What is settled for each, as its lawyer reads it, with its lines adding up to the amount."""
    found = {name: q.fetch(Role.MANAGER, f"/assignments/{q.seats[name]}/subsidy") for name in PAID}
    assert [name for name, each in found.items() if not each["paid_on"]] == ["batch"]
    assert all(sum(line["fen"] for line in each["lines"]) == each["total_fen"] for each in found.values())
    return {name: each["total_fen"] for name, each in found.items()}


def reports(q):
    """Of each line that was reckoned, the cells that were."""
    answer = q.fetch(Role.MANAGER, "/reports/all?since=2026-09-21&until=2026-12-18")
    rows = {report["code"]: report["rows"] for report in answer["reports"]}
    lines = {(code, heading(code, row)): row for code in rows for row in rows[code]}
    return {line: {cell: lines[line][cell] for cell in cells} for line, cells in REPORTS.items()}


def heading(report, row):
    """What a line is about: a lawyer, a word, or a month."""
    first = row["code"] if report == "statement" else next(iter(row.values()))
    return first["code"] if isinstance(first, dict) else first
