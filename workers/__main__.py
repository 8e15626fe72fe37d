"""Starts a worker for one queue, or the scheduler: ``python -m workers worker --queues runs``."""

import gc
import importlib
import logging
import multiprocessing.connection
import os
import signal
import socket
import sys
from typing import Annotated

import typer

from dispatch.cli.output import choose_language, refuse_politely, require_language
from dispatch.registry.jobs.queues import QUEUES
from workers.context import open_context, require_key
from workers.rq_workers import make_worker
from workers.schedule import Scheduler

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)

PRELOADED = ("workers.jobs", "ortools.graph.python.min_cost_flow")
"""Imported before a job is forked: a job starts in 15 ms instead of a second."""

SERVED = "urgent,runs,simulations,housekeeping,webhooks,webhooks"
"""What one worker host serves by default; a queue named twice has two processes.

An endpoint is sent to by one worker at a time, so with two of them a slow one cannot hold up all others.
"""


@app.callback()
def main(
    wanted: Annotated[str | None, typer.Option("--language", help="Language spoken: zh or en; the terminal's.")] = None,
) -> None:
    """Speak a language; by default that of the terminal."""
    require_language(wanted)
    choose_language(wanted)


@app.command()
def worker(
    queues: Annotated[str, typer.Option(help=f"Queue names, separated by commas: {', '.join(QUEUES)}.")] = SERVED,
) -> None:
    """Work on a queue until asked to stop; several queues get a process each."""
    names = queues.split(",")
    if unknown := set(names) - set(QUEUES):
        raise typer.BadParameter(f"no such queue: {', '.join(sorted(unknown))}; there are {', '.join(QUEUES)}")
    refuse_politely(require_key)
    if len(names) == 1:
        _work(names[0])
    else:
        _work_side_by_side(names)


@app.command()
def scheduler() -> None:
    """Relay, sweep and start what is due; any number may run, one of them is effective."""
    refuse_politely(require_key)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    ticking = Scheduler(open_context(), _process_name("scheduler"))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ticking.stopping.set())
    ticking.run()


def _preload() -> None:
    for module in PRELOADED:
        importlib.import_module(module)
    # Nobody looks for waste in it any more: its memory stays shared with each process and job that is forked,
    # which else would copy seventy megabytes in the first look, a fifth of a second.
    gc.freeze()


def _work(queue: str) -> None:
    _preload()
    context = open_context()
    working = make_worker(context.redis, queue, _process_name(queue), context.timing)
    working.work()
    # Told to stop is a success; a worker that lost Redis in mid-job is for its supervisor to start again.
    sys.exit(0 if working.asked_to_stop else 1)


def _work_side_by_side(names: list[str]) -> None:
    # Forked after the imports and before anything is opened: they are paid once, and every connection is a child's own.
    _preload()
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=_work, args=(name,), name=name) for name in names]
    for child in children:
        child.start()

    def pass_on(number: int, _: object) -> None:
        for child in children:
            if child.pid and child.is_alive():
                os.kill(child.pid, number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)
    # One that ends ends all, so that a supervisor sees it and starts the whole again.
    multiprocessing.connection.wait([child.sentinel for child in children])
    for child in children:
        child.terminate()
    for child in children:
        child.join()
    sys.exit(max(abs(child.exitcode or 0) for child in children))


def _process_name(role: str) -> str:
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{role}"


if __name__ == "__main__":
    app()
