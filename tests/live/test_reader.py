"""One stream as its server sees it: it ends with its reader, and whoever reads slowly holds up only themselves."""

import asyncio

import pytest

from dispatch.domain.errors import TooManyRequestsError
from dispatch.live.board import LiveBoard
from dispatch.live.listener import MAX_WAITING, Listener
from dispatch.live.stream import BoardStream
from tests.live.test_hub import happen, notice


class Door:
    """A hub of one board, and the server's side of one stream on it."""

    def __init__(self, refusal=None):
        self.board, self.refusal = LiveBoard("centre"), refusal
        happen(self.board)
        self.here, self.left, self.sent = Listener("centre", None, "ticket"), [], []
        self.reads, self.gone = asyncio.Event(), asyncio.Event()
        self.reads.set()

    async def join(self, listener, last):
        if self.refusal:
            raise self.refusal
        self.board.listeners.add(listener)
        self.board.admit(listener, last, 0)

    def leave(self, listener):
        self.board.listeners.discard(listener)
        self.left.append(listener)

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        await self.reads.wait()
        self.sent.append(message)

    def serve(self):
        return asyncio.create_task(BoardStream(self, self.here, None)({}, self.receive, self.send))

    def heard(self):
        return b"".join(message.get("body", b"") for message in self.sent).decode()


async def settled():
    for _ in range(10):
        await asyncio.sleep(0)


def test_stream_ends_with_its_reader_and_gives_its_place_back():
    async def play():
        door = Door()
        stream = door.serve()
        await settled()
        assert door.board.listeners == {door.here}
        door.gone.set()
        await asyncio.wait_for(stream, 5)
        return door

    door = asyncio.run(play())

    assert (door.left, door.board.listeners) == ([door.here], set())
    assert [message["type"] for message in door.sent] == ["http.response.start", *["http.response.body"] * 2]
    assert "content-length" not in dict(door.sent[0]["headers"])
    assert [message["more_body"] for message in door.sent[1:]] == [True, False]


def test_stream_that_is_cut_off_gives_its_place_back():
    async def play():
        door = Door()
        stream = door.serve()
        await settled()
        stream.cancel()
        await asyncio.gather(stream, return_exceptions=True)
        await settled()
        return door, len(asyncio.all_tasks())

    door, tasks = asyncio.run(play())

    assert (door.left, tasks) == ([door.here], 1)


def test_reader_who_does_not_read_is_told_to_read_anew_and_holds_up_nobody():
    async def play():
        door = Door()
        other = Listener("centre", None, "ticket")
        stream = door.serve()
        await settled()
        await door.join(other, None)
        door.reads.clear()
        for id in range(1, MAX_WAITING + 3):
            happen(door.board, notice(id, case_id=str(id)))
            await settled()
            await other.take(1)
        sent = len(door.sent)
        door.reads.set()
        await settled()
        door.gone.set()
        await asyncio.wait_for(stream, 5)
        return door, sent

    door, sent = asyncio.run(play())

    assert sent == 2, "the head and the greeting"
    lines = [line for line in door.heard().split("\n") if line.startswith(("event: reset", "posted"))]
    assert lines == ["posted 1", "event: reset"], "and no message that the board to be read has already"


def test_refused_stream_is_answered_before_it_has_begun():
    async def play():
        door = Door(TooManyRequestsError(retry_after_s=3, streams=8))
        with pytest.raises(TooManyRequestsError):
            await door.serve()
        return door

    door = asyncio.run(play())

    assert (door.sent, door.left) == ([], [door.here])
