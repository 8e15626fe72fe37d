"""API processes on ports of their own: what they are made of is loaded once, and one that dies is started again."""

import os
import signal
import sys

import uvicorn

from dispatch.api.server import options
from dispatch.main import create_app


def main(ports: list[int]) -> None:
    """Keep a process serving each port until asked to stop."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    children = {_serving(port): port for port in ports}
    try:
        while True:
            port = children.pop(os.wait()[0])
            children[_serving(port)] = port
    finally:
        for child in children:
            os.kill(child, signal.SIGTERM)


def _serving(port: int) -> int:
    child = os.fork()
    if child:
        return child
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    uvicorn.run(create_app, factory=True, port=port, log_level="warning", **options(""))
    os._exit(0)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])
