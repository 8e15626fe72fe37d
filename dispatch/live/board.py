"""One centre's board as a process knows it: who listens, what happened lately, and for whom each card is meant."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dispatch.commands.board import KnownRoster, Look
from dispatch.live.listener import MAX_WAITING, Listener, hello, reset

EVERYONE = -1
"""For whom a case is meant that left the board before anyone here saw it: its name alone tells nothing."""


class Message(NamedTuple):
    """The message of one entry of the history, and its audience as bits of an integer."""

    id: int
    content: bytes
    claimants: int


class LiveBoard:
    """The listeners of one centre, and the last messages, from which missed ones are replayed on reconnection."""

    def __init__(self, centre_id: str) -> None:
        self.centre_id = centre_id
        self.listeners: set[Listener] = set()
        self.lock = asyncio.Lock()
        self.stale = False
        self.seen: int | None = None
        self.known = KnownRoster()
        self._recent: deque[Message] = deque(maxlen=MAX_WAITING)
        self._meant_for: dict[str, int] = {}
        self._bits: dict[str, int] = {}

    def admit(self, listener: Listener, last: int | None, number: int) -> None:
        """Begin a stream: anew, or after the entry its listener read last, if all that was missed is still known."""
        seen = self.seen or 0
        if last is None:
            listener.begin(seen, [hello(seen, number)])
        elif self._knows_all_since(last):
            missed = (message for message in self._recent if message.id > last and self._may_see(listener, message))
            listener.begin(seen, [hello(None, number), *(message.content for message in missed)])
        else:
            listener.begin(seen, [reset(seen)])

    def learn(self, look: Look, content: Iterable[bytes]) -> None:
        """Take in what was seen, and tell it to whom it is meant for."""
        first = self.seen is None
        meant = {case_id: self._number(who) for case_id, who in look.claimants.items()}
        if first:
            # History is told to those who come back; what it says of cases long gone is for no claimant.
            self._meant_for = meant
        for message in self._messages(look, content, meant):
            self._recent.append(message)
            for listener in self.listeners if not first else ():
                if self._may_see(listener, message):
                    listener.put(message.id, message.content)
        self.seen = look.seen

    def _messages(self, look: Look, content: Iterable[bytes], meant: dict[str, int]) -> Iterator[Message]:
        for notice, words in zip(look.notices, content, strict=True):
            if notice.card:
                # One who was told of a card is told what becomes of it, whatever the rules say later.
                whom = self._meant_for.get(notice.case_id, 0) | meant.get(notice.case_id, 0)
                if self.seen is not None:
                    self._meant_for[notice.case_id] = whom
            elif self.seen is None:
                whom = EVERYONE
            else:
                whom = self._meant_for.pop(notice.case_id, EVERYONE)
            yield Message(notice.id, words, whom)

    def _knows_all_since(self, last: int) -> bool:
        full = len(self._recent) == MAX_WAITING
        return last <= (self.seen or 0) and (not full or last >= self._recent[0].id)

    def _may_see(self, listener: Listener, message: Message) -> bool:
        if listener.claimant is None or message.claimants == EVERYONE:
            return True
        bit = self._bits.get(listener.claimant)
        return bit is not None and bool(message.claimants >> bit & 1)

    def _number(self, who: Iterable[str]) -> int:
        bits = {self._bits.setdefault(id, len(self._bits)) for id in who}
        packed = bytearray(len(self._bits) // 8 + 1)
        for bit in bits:
            packed[bit >> 3] |= 1 << (bit & 7)
        return int.from_bytes(packed, "little")
