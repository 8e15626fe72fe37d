"""The few messages every stream knows, as server-sent events."""

import json

from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

RETRY_MS = 3000
"""When a browser comes again; each is told a little later than the one before, so that not all come at once."""

BOARD = "/v1/board"
PING = KEEPALIVE_COMMENT


def hello(seen: int | None, number: int) -> bytes:
    """Return the first message: read the board now, and what follows is told; without ``seen`` a stream goes on."""
    said = json.dumps({"resumed": seen is None, "board": BOARD})
    id = None if seen is None else str(seen)
    return format_sse_event(data_str=said, event="hello", id=id, retry=RETRY_MS + 50 * (number % 40))


def reset(seen: int) -> bytes:
    """Return the message that too much was missed: read the board anew, and what follows is told."""
    return format_sse_event(data_str=json.dumps({"board": BOARD}), event="reset", id=str(seen))


def event(id: int, name: str, said: str) -> bytes:
    """Return one entry of a hall's history."""
    return format_sse_event(data_str=said, event=name, id=str(id))
