"""Children are started, started again, and stopped together; none is left behind."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dispatch.embedded import supervisor as module
from dispatch.embedded.processes import private_files
from dispatch.embedded.supervisor import FIRST_PAUSE_S, LONGEST_PAUSE_S, Child, Supervisor, pause_after, supervised
from dispatch.embedded.supervisor import to_files as files_in
from testbed.blows import pids_of
from tests.embedded.test_redis import alive
from tests.workers.processes import wait_until

LASTING = "import time; print('up', flush=True); time.sleep(60)"
POLITE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("work ended", flush=True), sys.exit(0)))
print("up", flush=True)
time.sleep(60)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


def python(name: str, code: str) -> Child:
    return Child(name, [sys.executable, "-c", code])


class Heard(list[tuple[str, str]]):
    """A sink that is a list."""

    def __call__(self, name: str, line: str) -> None:
        self.append((name, line.strip()))


def test_every_child_runs_under_its_name_with_its_environment():
    heard = Heard()
    code = "import os, time; print(os.environ['ROLE'], flush=True); time.sleep(60)"
    children = [Child(role, [sys.executable, "-c", code], {"ROLE": role}) for role in ("api", "worker")]

    with supervised(children, heard):
        wait_until(lambda: len(heard) == 2, "both have spoken")

    assert sorted(heard) == [("api", "api"), ("worker", "worker")]


def test_child_that_ends_is_started_again():
    heard = Heard()

    with supervised([python("short", "print('up')")], heard):
        wait_until(lambda: heard.count(("short", "up")) >= 3, "it has run three times")


def test_child_that_is_killed_is_started_again():
    heard = Heard()

    with supervised([python("worker", LASTING)], heard) as supervisor:
        wait_until(lambda: len(heard) == 1, "it is up")
        first = pids_of(supervisor)["worker"]
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: len(heard) == 2, "it is up again")
        second = pids_of(supervisor)["worker"]

    assert first != second
    assert not alive(second)


def test_grandchild_that_keeps_the_pipe_open_delays_no_restart():
    heard = Heard()
    code = "import subprocess, sys; subprocess.Popen(['sleep', '60']); print('up')"

    with supervised([python("worker", code)], heard):
        wait_until(lambda: len(heard) >= 2, "it is up again")


def test_child_told_to_stop_ends_its_work_first():
    heard = Heard()

    with supervised([python("worker", POLITE)], heard):
        wait_until(lambda: heard == [("worker", "up")], "it is up")

    wait_until(lambda: heard[1:] == [("worker", "work ended")], "its last line is passed on")


def test_interrupt_between_the_starts_of_two_children_leaves_none_running(monkeypatch):
    heard, start = Heard(), threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        if thread.name == "second":
            wait_until(lambda: heard, "the first is up")
            raise KeyboardInterrupt
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", interrupted)

    with pytest.raises(KeyboardInterrupt), supervised([python("first", LASTING), python("second", LASTING)], heard):
        pass

    assert [thread.name for thread in threading.enumerate() if thread.name in ("first", "second")] == []


def test_child_that_does_not_stop_in_time_is_killed():
    heard = Heard()
    supervisor = Supervisor([python("worker", STUBBORN)], heard, grace_s=0.1)
    supervisor.start()
    wait_until(lambda: len(heard) == 1, "it is up")
    pid = pids_of(supervisor)["worker"]

    supervisor.stop()

    assert not alive(pid)
    assert pids_of(supervisor) == {}


def test_children_of_a_killed_supervisor_end(tmp_path):
    code = (
        "import time, sys\nfrom dispatch.embedded.supervisor import Child, supervised\n"
        "say = 'import os, time; print(os.getpid(), flush=True); time.sleep(60)'\n"
        "with supervised([Child('worker', [sys.executable, '-c', say])]): time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        name, pid = owner.stdout.readline().split("|")
        owner.kill()

    assert name.strip() == "worker"
    wait_until(lambda: not alive(int(pid)), "the child has ended")


def test_supervisor_waits_until_it_is_told_to_stop():
    before = signal.getsignal(signal.SIGTERM)

    def stop_all() -> None:
        # Sent before somebody listens, it would end this very process.
        wait_until(lambda: signal.getsignal(signal.SIGTERM) is not before, "the signal is listened to")
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=stop_all).start()

    Supervisor([]).wait_for_signal()

    assert signal.getsignal(signal.SIGTERM) is before


def test_lines_go_to_a_file_for_each_child(tmp_path):
    sink = files_in(tmp_path / "log")

    sink("api", "one\n")
    sink("worker", "other\n")
    sink("api", "two\n")

    assert {path.name: path.read_text() for path in Path(tmp_path / "log").iterdir()} == {
        "api.log": "one\ntwo\n",
        "worker.log": "other\n",
    }


def test_pauses_grow_to_a_limit():
    pauses = [pause_after(failures) for failures in range(1000)]

    assert pauses[0] == FIRST_PAUSE_S
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_S


def test_full_log_makes_room_and_few_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LOG_BYTES", 1000)
    write = files_in(tmp_path / "logs")

    for number in range(500):
        write("api", f"line {number} 100%\n")

    logs = sorted(tmp_path.joinpath("logs").iterdir())
    assert [log.name for log in logs] == ["api.log", *(f"api.log.{n}" for n in range(1, module.LOGS_KEPT + 1))]
    assert all(log.stat().st_size <= 1000 for log in logs)
    assert logs[0].read_text().endswith("line 499 100%\n")


def test_files_of_a_private_folder_are_read_by_nobody_else(tmp_path):
    folder = tmp_path / "city"
    folder.mkdir(mode=0o755)
    before = os.umask(0o022)
    try:
        with private_files(folder):
            (folder / "own").touch()
            subprocess.run(["touch", str(folder / "child")], check=True)
        (tmp_path / "other").touch()
    finally:
        os.umask(before)

    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir(), tmp_path / "other")}
    assert modes == {"city": 0o700, "own": 0o600, "child": 0o600, "other": 0o644}
