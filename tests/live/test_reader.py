"""One stream as its server sees it: it ends with its reader, and whoever reads slowly holds up only themselves."""

import asyncio

import pytest

from dispatch.domain.errors import TooManyRequestsError
from dispatch.live.board import LiveBoard
from dispatch.live.listener import MAX_WAITING, Listener
from dispatch.live.stream import BoardStream
from tests.live.test_hub import happen, notice


class StreamServer:
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
        server = StreamServer()
        stream = server.serve()
        await settled()
        assert server.board.listeners == {server.here}
        server.gone.set()
        await asyncio.wait_for(stream, 5)
        return server

    server = asyncio.run(play())

    assert (server.left, server.board.listeners) == ([server.here], set())
    assert [message["type"] for message in server.sent] == ["http.response.start", *["http.response.body"] * 2]
    assert "content-length" not in dict(server.sent[0]["headers"])
    assert [message["more_body"] for message in server.sent[1:]] == [True, False]


def test_stream_that_is_cut_off_gives_its_place_back():
    async def play():
        server = StreamServer()
        stream = server.serve()
        await settled()
        stream.cancel()
        await asyncio.gather(stream, return_exceptions=True)
        await settled()
        return server, len(asyncio.all_tasks())

    server, tasks = asyncio.run(play())

    assert (server.left, tasks) == ([server.here], 1)


def test_reader_who_does_not_read_is_told_to_read_anew_and_holds_up_nobody():
    async def play():
        server = StreamServer()
        other = Listener("centre", None, "ticket")
        stream = server.serve()
        await settled()
        await server.join(other, None)
        server.reads.clear()
        for id in range(1, MAX_WAITING + 3):
            happen(server.board, notice(id, case_id=str(id)))
            await settled()
            await other.take(1)
        sent = len(server.sent)
        server.reads.set()
        await settled()
        server.gone.set()
        await asyncio.wait_for(stream, 5)
        return server, sent

    server, sent = asyncio.run(play())

    assert sent == 2, "the head and the greeting"
    lines = [line for line in server.heard().split("\n") if line.startswith(("event: reset", "posted"))]
    assert lines == ["posted 1", "event: reset"], "and no message that the board to be read has already"


def test_refused_stream_is_answered_before_it_has_begun():
    async def play():
        server = StreamServer(TooManyRequestsError(retry_after_s=3, streams=8))
        with pytest.raises(TooManyRequestsError):
            await server.serve()
        return server

    server = asyncio.run(play())

    assert (server.sent, server.left) == ([], [server.here])
