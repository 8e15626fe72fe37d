"""What is measured of the running service, each beside its limit in turn: refusals, claims, offers, intake."""

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import NamedTuple

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from benchmarks.board import Board, Lawyer, case_draft, open_board, user_of
from benchmarks.establishment import Establishment
from benchmarks.load import Outcome, ask, question
from benchmarks.recorded import (
    Step,
    as_script,
    loop_per_second,
    pgbench_per_second,
    recorded,
    store_items,
    with_variables,
)
from dispatch.commands.access import authenticate
from dispatch.commands.board import claim
from dispatch.demo.client import Client
from dispatch.domain.states import OfferState
from dispatch.domain.vocabulary import ModeName, Status
from dispatch.registry.tables import AssignmentRow, AttributesRow, CaseRow, OfferRow, PostingRow
from dispatch.registry.transaction import make_read_autocommit

ROUNDS = 3
SECONDS = 3.0
CONNECTIONS = 16
CLIENTS = 4
MANY = 120
"""Claims a round; each wins a case of its own."""

CENTRES = 4
HOT, RIVALS = 8, 60
WARM_UP = 3


class Line(NamedTuple):
    """One figure, the limit taken beside it, and what came of the answers."""

    what: str
    per_second: float
    limit: str = ""
    limit_per_second: float | None = None
    answers: str = ""

    @property
    def ratio(self) -> float | None:
        """Return the share of the limit that is reached."""
        return self.per_second / self.limit_per_second if self.limit_per_second else None


def refusals(service: Establishment, bare_ports: Sequence[int], now: datetime) -> Iterator[Line]:
    """Measure hopeless claims of four kinds, each round beside the bare endpoint's."""
    for what, questions in hopeless(service, now):
        rates, limits, answers = [], [], None
        for _ in range(ROUNDS):
            limits.append(ask(bare_ports, questions(), CONNECTIONS, SECONDS).per_second)
            answers = ask(service.ports, questions(), CONNECTIONS, SECONDS)
            rates.append(answers.per_second)
        yield Line(f"refused: {what}", median(rates), "bare endpoint", median(limits), reported(answers))


Questions = Callable[[], Iterator[bytes]]


def hopeless(service: Establishment, now: datetime) -> Iterator[tuple[str, Questions]]:
    """Yield each kind of hopeless claim, and who makes it again and again."""
    hot = open_board(service.begin, now, f"hot {now.timestamp()}", lawyers=200, cases=1)
    ask(service.ports, [claiming(hot.lawyers[0], hot.case_ids[0])], 1, SECONDS)
    yield "the case is taken", endless(hot.lawyers[1:], hot.case_ids[0])
    yield "no such case on the board", endless(hot.lawyers, "0" * 32)
    full = open_board(service.begin, now, f"full {now.timestamp()}", lawyers=200, cases=1, capacities=(0,))
    yield "not eligible", endless(full.lawyers, full.case_ids[0])
    spent = open_board(service.begin, now, f"spent {now.timestamp()}", 20, 21, grab={"weekly_claims": 1})
    ask(service.ports, map(claiming, spent.lawyers, spent.case_ids), 4, 60)
    yield "no quota left", endless(spent.lawyers, spent.case_ids[-1])


def endless(lawyers: Sequence[Lawyer], case_id: str) -> Questions:
    """Return a source of claims on one case by one lawyer after another."""
    return lambda: (claiming(lawyer, case_id) for lawyer in itertools.cycle(lawyers))


def claiming(lawyer: Lawyer, case_id: str) -> bytes:
    """Return a claim as it goes over the wire."""
    return question("POST", f"/v1/board/{case_id}/claims", lawyer.token)


def warm_up(service: Establishment, now: datetime) -> None:
    """Let every process prepare its statements, so that none is measured while it does."""
    board = open_board(service.begin, now, f"warm-up {now.timestamp()}", lawyers=CONNECTIONS * 4, cases=CONNECTIONS * 4)
    ask(service.ports, map(claiming, board.lawyers, board.case_ids), CONNECTIONS, 120)


def wins(service: Establishment, url: str, now: datetime) -> Iterator[Line]:
    """Measure claims that win, each round beside the same statements without a service."""
    size = WARM_UP + 2 * ROUNDS * MANY
    board = open_board(service.begin, now, f"many {now.timestamp()}", lawyers=size, cases=size)
    pairs = list(zip(board.lawyers, board.case_ids, strict=True))
    steps = won_statements(service, board, now)
    rates, limits = [], []
    for number in range(ROUNDS):
        mine = pairs[WARM_UP + 2 * number * MANY :][: 2 * MANY]
        answers = ask(service.ports, itertools.starmap(claiming, mine[:MANY]), CONNECTIONS, 120)
        rates.append(answers.per_second)
        limits.append(limit_per_second(service.engine, url, steps, items_of(service, mine[MANY:])))
    require_single(service, board)
    limit = f"{'pgbench' if url.startswith('postgresql') else 'bare loop'}, the same {len(steps)} statements"
    yield Line("won: many cases, a claim each", median(rates), limit, median(limits), reported(answers))


def wins_apart(service: Establishment, now: datetime) -> Line:
    """Measure claims that win in several centres at once: one centre's decisions wait for each other, these do not."""
    boards = [open_board(service.begin, now, f"apart {n} {now.timestamp()}", MANY, MANY) for n in range(CENTRES)]
    pairs = [list(zip(board.lawyers, board.case_ids, strict=True)) for board in boards]
    claims = [claiming(*pair) for together in zip(*pairs, strict=True) for pair in together]
    answers = ask(service.ports, claims, CONNECTIONS, 120)
    for board in boards:
        require_single(service, board)
    return Line(f"won: the same in {CENTRES} centres at once", answers.per_second, answers=reported(answers))


def won_statements(service: Establishment, board: Board, now: datetime) -> list[Step]:
    """Return the statements of a won claim, as two claims executed them; the one before reads the policy."""
    read_autocommit = make_read_autocommit(service.engine)
    seen: list[list[Step]] = []
    for lawyer, case_id in zip(board.lawyers[:WARM_UP], board.case_ids[:WARM_UP], strict=True):
        with recorded() as steps:
            claim(service.begin, read_autocommit, authenticate(read_autocommit, lawyer.token, now), now, case_id)
        seen.append(list(steps))
    item = items_of(service, [(board.lawyers[1], board.case_ids[1])])[0]
    return with_variables(seen[1], seen[2], {value: name for name, value in item.items()})


def items_of(service: Establishment, pairs: Sequence[tuple[Lawyer, str]]) -> list[dict[str, str]]:
    """Return what the statements of each claim are given."""
    with service.read() as session:
        postings = dict(session.exec(select(PostingRow.case_id, PostingRow.id)).all())
        stated = {row[0]: row[1:] for row in session.exec(
            select(AttributesRow.practitioner_id, AttributesRow.id, AttributesRow.institution_id))}  # fmt: skip
    return [
        {
            "digest": sha256(lawyer.token.encode()).hexdigest(),
            "claimant": lawyer.id,
            "claimant_user": user_of(lawyer),
            "attributes": stated[lawyer.id][0],
            "house": stated[lawyer.id][1],
            "claimed_case": case_id,
            "posting": postings[case_id],
        }
        for lawyer, case_id in pairs
    ]


def limit_per_second(engine: Engine, url: str, steps: Sequence[Step], items: Sequence[dict[str, str]]) -> float:
    """Return how many claims a second are won by the statements alone."""
    if not url.startswith("postgresql"):
        return loop_per_second(url.removeprefix("sqlite:///"), steps, items)
    store_items(engine, steps, items)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "claim.sql"
        script.write_text(as_script(steps), encoding="utf-8")
        return pgbench_per_second(url, script, len(items), CLIENTS)


def hot_cases(service: Establishment, now: datetime) -> Line:
    """Measure claims on one hot case after another, everybody on the same; each is won once."""
    board = open_board(service.begin, now, f"rush {now.timestamp()}", lawyers=HOT * RIVALS, cases=HOT)
    rivals = [board.lawyers[number * RIVALS :][:RIVALS] for number in range(HOT)]
    rushes = [
        ask(service.ports, [claiming(lawyer, case_id) for lawyer in crowd], CONNECTIONS, 120)
        for crowd, case_id in zip(rivals, board.case_ids, strict=True)
    ]
    require_single(service, board)
    for rush in rushes:
        require(rush.counts()["201"] == 1, f"a hot case was won {rush.counts()['201']} times")
    return Line(
        f"one hot case, {RIVALS} rivals",
        median(rush.per_second for rush in rushes),
        answers=f"{HOT} cases, each won by one; {reported(rushes[-1])}",
    )


def offers_accepted(service: Establishment, now: datetime) -> Line:
    """Measure offers that are accepted, each for a case of its own."""
    board = open_board(service.begin, now, f"offers {now.timestamp()}", lawyers=MANY, cases=MANY)
    offers = [
        OfferRow(
            centre_id=board.centre_id, case_id=case_id, practitioner_id=lawyer.id, mode=ModeName.ROTATION,
            state=OfferState.PENDING, offered_at=now, expires_at=now + timedelta(days=1),
        )
        for lawyer, case_id in zip(board.lawyers, board.case_ids, strict=True)
    ]  # fmt: skip
    with service.begin() as tx:
        for case in tx.session.exec(select(CaseRow).where(CaseRow.centre_id == board.centre_id)):
            case.status = Status.OFFERED
        tx.session.add_all(offers)
    questions = [
        question("POST", f"/v1/offers/{offer.id}/answer", lawyer.token, {"accept": True})
        for offer, lawyer in zip(offers, board.lawyers, strict=True)
    ]
    accepted = ask(service.ports, questions, CONNECTIONS, 120)
    with service.read() as session:
        require(len(live(session, board.centre_id)) == MANY, "an accepted offer made no assignment")
    return Line("offers accepted", accepted.per_second, answers=reported(accepted))


def intake(service: Establishment, now: datetime) -> Line:
    """Measure cases from the first being handed in until the last is assigned by one run."""
    board = open_board(service.begin, now, f"intake {now.timestamp()}", lawyers=MANY, cases=0)
    drafts = [case_draft(f"i{number}", now) for number in range(MANY)]
    began = time.perf_counter()
    handed = ask(
        service.ports, [question("POST", "/v1/cases", board.clerk, draft) for draft in drafts], CONNECTIONS, 120
    )
    taken_in = time.perf_counter() - began
    client = Client(f"http://127.0.0.1:{service.ports[0]}", board.manager)
    run_id = client.post("/v1/runs", {})["run"]["id"]
    client.wait(run_id, lambda _share, _doing: None)
    client.post(f"/v1/runs/{run_id}/apply", {})
    spent = time.perf_counter() - began
    client.close()
    with service.read() as session:
        require(len(live(session, board.centre_id)) == MANY, "a case that was handed in is not assigned")
    return Line(
        "intake until assigned",
        MANY / spent,
        answers=f"handed in at {MANY / taken_in:.0f} a second; {reported(handed)}",
    )


def require_single(service: Establishment, board: Board) -> None:
    """Stop if a case was given twice, or a claim was won without an assignment."""
    with service.read() as session:
        given = live(session, board.centre_id)
    require(len(given) == len(set(given)), "a case was given twice")


def live(session: Session, centre_id: str) -> list[str]:
    """Return the case of every live assignment of the centre."""
    rows = select(AssignmentRow.case_id).where(
        AssignmentRow.centre_id == centre_id, col(AssignmentRow.ended_at).is_(None)
    )
    return list(session.exec(rows))


def require(holds: bool, otherwise: str) -> None:
    """Stop a benchmark whose figures would be of something broken."""
    if not holds:
        raise AssertionError(otherwise)


def reported(outcome: Outcome | None) -> str:
    """Return how often each answer was given."""
    return ", ".join(f"{count} × {what}" for what, count in outcome.counts().most_common()) if outcome else ""
