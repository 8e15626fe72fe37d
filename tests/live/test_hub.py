"""What one process keeps of a board: nobody delays anybody, and who comes back is told no more and no less."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

from dispatch.commands.board import Look, Notice
from dispatch.domain.states import Happening
from dispatch.domain.vocabulary import Matter, Stage
from dispatch.live import hub
from dispatch.live.board import LiveBoard
from dispatch.live.listener import MAX_WAITING, Listener
from dispatch.registry.board import Card
from dispatch.registry.tables import CaseRow, PostingRow

HALTED_S = 5
NOW = datetime(2026, 3, 9, 1, tzinfo=UTC)
SOON = 0.01


def notice(id, happening=Happening.POSTED, case_id="case"):
    stays = happening in (Happening.POSTED, Happening.OPENED)
    card = Card(PostingRow(id="p"), CaseRow(id=case_id, matter=Matter.CIVIL, stage=Stage.FIRST_INSTANCE))
    return Notice(id, happening, case_id, NOW, card if stays else None)


def happen(board, *notices, who=()):
    """Let the board see these; cases that are on the board are for whom is named."""
    claimants = {each.case_id: frozenset(who) for each in notices if each.card}
    content = [f"{each.happening.value} {each.id}\n".encode() for each in notices]
    board.learn(Look(notices[-1].id if notices else 0, list(notices), claimants), content)


def a_board(*notices, who=()):
    board = LiveBoard("centre")
    happen(board, *notices, who=who)
    return board


def join(board, claimant=None, last=None):
    listener = Listener("centre", claimant, "ticket")
    board.listeners.add(listener)
    board.admit(listener, last, 0)
    return listener


def content(listener):
    """Return the first line of each message that waits."""
    text = (asyncio.run(listener.take(SOON)) or b"").decode()
    return [line for line in text.split("\n") if line and not line.startswith(("data", "id", "retry"))]


def test_slow_listener_is_told_to_read_anew_and_delays_nobody():
    board = a_board()
    slow, quick = join(board), join(board)
    heard = []

    for id in range(1, MAX_WAITING + 3):
        happen(board, notice(id, case_id=str(id)))
        heard += content(quick)

    assert heard[0] == "event: hello"
    assert heard[1:] == [f"posted {id}" for id in range(1, MAX_WAITING + 3)]
    assert content(slow) == ["event: reset", f"posted {MAX_WAITING + 1}", f"posted {MAX_WAITING + 2}"]


def test_claimant_is_told_of_what_they_may_claim_and_what_becomes_of_it():
    board = a_board()
    able, unable, staff = join(board, "able"), join(board, "unable"), join(board)

    happen(board, notice(1), who=["able"])
    happen(board, notice(2, Happening.OPENED), who=["other"])
    happen(board, notice(3, Happening.TAKEN))

    assert content(able) == content(staff) == ["event: hello", "posted 1", "opened 2", "taken 3"]
    assert content(unable) == ["event: hello"]


def test_case_that_left_before_anyone_here_saw_it_is_told_to_everyone_without_a_card():
    board = a_board(notice(1), notice(2, Happening.TAKEN))

    back = join(board, "anyone", last=0)

    assert content(back) == ["event: hello", "taken 2"]


def test_listener_who_missed_more_than_is_kept_reads_anew():
    board = a_board()
    for id in range(1, MAX_WAITING + 2):
        happen(board, notice(id, case_id=str(id)))

    assert content(join(board, last=1)) == ["event: reset"]
    assert content(join(board, last=2))[:2] == ["event: hello", "posted 3"]


def test_listener_from_a_process_that_is_ahead_hears_nothing_twice():
    board = a_board(notice(5))
    listener = join(board, last=5)

    happen(board, notice(5))
    happen(board, notice(6, case_id="next"))

    assert content(listener) == ["event: hello", "posted 6"]


def test_ended_stream_says_what_waits_and_no_more():
    async def read(listener):
        return [await listener.take(SOON) for _ in range(3)]

    board = a_board()
    listener = join(board)
    listener.end()

    first, *rest = asyncio.run(read(listener))
    assert first.startswith(b"event: hello")
    assert rest == [None, None]


def test_silent_board_says_nothing_in_time_for_a_sign_of_life():
    async def read(listener):
        return [await listener.take(SOON) for _ in range(2)]

    assert asyncio.run(read(join(a_board())))[1] == b""


def test_hub_ends_though_the_client_of_redis_takes_its_cancellation_for_a_time_out(monkeypatch):
    class Deaf:
        """As redis-py is for the moment in which it looks whether a new connection has something to say."""

        pubsub = classmethod(lambda cls, **_: cls())
        from_url = classmethod(lambda cls, *_, **__: cls())

        async def __aenter__(self):
            return self

        async def __aexit__(self, *_):
            pass

        async def subscribe(self, _):
            begun.set()
            with suppress(asyncio.CancelledError):
                await asyncio.sleep(HALTED_S)

        async def listen(self):
            yield await asyncio.sleep(HALTED_S)

    async def run_and_cancel():
        running = asyncio.create_task(hub.Hub(hub.Source(None, None, "", HALTED_S, None, None)).run())
        await begun.wait()
        running.cancel()
        await asyncio.wait([running], timeout=HALTED_S / 2)
        return running.cancelled()

    begun = asyncio.Event()
    monkeypatch.setattr(hub, "Redis", Deaf)
    assert asyncio.run(run_and_cancel())
