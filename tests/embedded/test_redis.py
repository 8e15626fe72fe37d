"""A Redis of our own: started once a folder, closed to others, stopped in order, gone with its owner."""

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError
from redis.retry import Retry

from dispatch.embedded import redis
from tests.workers.processes import wait_until


def pid_in(folder: Path) -> int:
    return json.loads((folder / redis.STATE).read_text())["pid"]


def alive(pid: int) -> bool:
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(listed) and not listed.startswith("Z")


def test_redis_started_twice_in_a_folder_is_one(tmp_path):
    with redis.running(tmp_path) as first, redis.running(tmp_path) as second:
        assert first == second


def test_redis_joined_by_a_block_outlives_it(tmp_path):
    with redis.running(tmp_path) as url:
        with redis.running(tmp_path):
            pass

        assert redis.answers(url)


def test_redis_started_at_once_by_many_is_one(tmp_path):
    urls: list[str] = []
    threads = [threading.Thread(target=lambda: urls.append(redis.ensure(tmp_path))) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    redis.stop(tmp_path)

    assert len(urls) == 4
    assert len(set(urls)) == 1


def test_redis_ends_with_its_block_and_leaves_no_state(tmp_path):
    with redis.running(tmp_path) as url:
        pid = pid_in(tmp_path)

    assert not redis.answers(url)
    assert not alive(pid)
    assert not (tmp_path / redis.STATE).exists()


def test_redis_remembers_what_it_knew_before_a_stop(tmp_path):
    with redis.running(tmp_path) as url, Redis.from_url(url) as client:
        client.rpush("queue", "a", "b")

    with redis.running(tmp_path) as url, Redis.from_url(url) as client:
        assert client.lrange("queue", 0, -1) == [b"a", b"b"]


def test_redis_lets_nobody_in_without_its_password(tmp_path):
    with redis.running(tmp_path) as url:
        port = urlsplit(url).port

        with Redis(port=port, retry=Retry(NoBackoff(), 0)) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()


def test_password_is_readable_by_its_owner_only(tmp_path):
    with redis.running(tmp_path):
        modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in (redis.STATE, "redis.conf")}

    assert modes == {redis.STATE: 0o600, "redis.conf": 0o600}


def test_redis_that_was_killed_is_started_anew_with_its_data(tmp_path):
    with redis.running(tmp_path) as url:
        with Redis.from_url(url) as client:
            client.config_set("appendfsync", "always")
            client.set("kept", "yes")
        os.kill(pid_in(tmp_path), signal.SIGKILL)
        wait_until(lambda: not redis.answers(url), "Redis is dead")

        again = redis.ensure(tmp_path)
        with Redis.from_url(again) as client:
            kept = client.get("kept")
        redis.stop(tmp_path)

    assert kept == b"yes"


def test_redis_of_a_killed_owner_is_stopped(tmp_path):
    code = (
        "import pathlib, sys, time, dispatch.embedded.redis as r\n"
        "with r.running(pathlib.Path(sys.argv[1])): print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout.readline() == "up\n"
        pid = pid_in(tmp_path)
        owner.kill()

    wait_until(lambda: not alive(pid), "Redis has ended")


def test_stopping_where_nothing_runs_does_nothing(tmp_path):
    redis.stop(tmp_path)
    redis.stop(tmp_path / "never made")

    assert not (tmp_path / "never made").exists()


def test_state_of_a_dead_server_harms_no_stranger(tmp_path):
    (tmp_path / redis.STATE).write_text(json.dumps({"pid": os.getpid(), "url": "redis://127.0.0.1:1/0"}))

    redis.stop(tmp_path)

    assert not (tmp_path / redis.STATE).exists()


def test_given_redis_that_answers_is_used_and_left_alone(redis_url, tmp_path):
    with redis.running(tmp_path, redis_url) as url:
        assert url == redis_url

    assert redis.answers(redis_url)
    assert list(tmp_path.iterdir()) == []


def test_given_redis_that_does_not_answer_is_named_as_the_reason(tmp_path):
    with pytest.raises(redis.NoRedisError, match="REDIS_URL is set, but nothing answers"):
        redis.ensure(tmp_path, "redis://127.0.0.1:1/0")


def test_redis_that_cannot_start_is_reported_with_its_log(tmp_path, monkeypatch):
    monkeypatch.setattr(redis, "find_program", lambda: "false")

    with pytest.raises(redis.NoRedisError, match=r"ended at once; see .*redis\.log"):
        redis.ensure(tmp_path)


def test_program_on_the_path_goes_before_the_wheel(tmp_path, monkeypatch):
    program = tmp_path / "valkey-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert redis.find_program() == str(program)


def test_program_of_the_wheel_is_used_where_the_path_has_none(monkeypatch):
    monkeypatch.setenv("PATH", "")

    assert Path(redis.find_program()).name == "valkey-server"


def test_machine_without_any_redis_is_told_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(redis, "_program_in_wheel", lambda: None)

    with pytest.raises(redis.NoRedisError, match="install redis-server"):
        redis.find_program()


def test_full_log_is_put_aside_while_the_server_writes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(redis, "LOOKED_AT_EVERY_S", 0.05)
    monkeypatch.setattr(redis.make_room, "__defaults__", (1000,))
    place = tmp_path / redis.LOG
    with redis.running(tmp_path) as url:
        for aside in (tmp_path / f"{redis.LOG}.1", tmp_path / f"{redis.LOG}.2"):
            with place.open("a", encoding="utf-8") as log:
                log.write("x" * 1000)
            wait_until(aside.exists, "the log is put aside")
            Redis.from_url(url).bgrewriteaof()
            wait_until(place.exists, "the server writes on")

    assert not (tmp_path / f"{redis.LOG}.{redis.LOGS_KEPT + 1}").exists()
