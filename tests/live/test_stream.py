"""The live board over real servers: everyone is told of what is theirs, in order, once, whatever breaks."""

import json
import signal

import httpx2
import pytest

from dispatch.domain.vocabulary import Role
from dispatch.embedded import redis
from dispatch.live.hub import MAX_STREAMS
from testbed.blows import kill_redis, redis_again
from tests.live.board import ask, opened, post
from tests.workers.processes import started, wait_until

CARD = {
    "case_id", "matter", "cause", "stage", "area", "place", "effort", "due_at", "posted_at", "sealed_until", "ends_at",
}  # fmt: skip


@pytest.fixture
def board(database_url, redis_url, tmp_path):
    with opened(database_url, redis_url, tmp_path) as board:
        yield board


@pytest.fixture
def small_board(sqlite_url, redis_url, tmp_path):
    """A board on one database, for what has nothing to do with it."""
    with opened(sqlite_url, redis_url, tmp_path) as board:
        yield board


def test_case_is_seen_posted_and_taken_through_any_process_by_whom_it_concerns(board):
    here, there = board.serve(), board.serve()
    able, unable = board.practitioner("able"), board.practitioner("unable", capacity=0)
    stranger = board.token("foreign clerk", centre_id=board.register.a_stranger().centre_id)
    clerk, case_id = board.token("clerk 2"), board.case("1")
    watchers = [board.watch(url, token) for url in (here, there) for token in (able, clerk)]
    aside = [board.watch(here, unable), board.watch(there, stranger)]

    post(here, case_id, clerk)
    for watcher in watchers:
        # A claimant is never told of a case that was taken before their process looked.
        watcher.wait_for(2)
    ask(there, "POST", f"/v1/board/{case_id}/claims", able)
    for watcher in watchers:
        watcher.wait_for(3)

    assert [watcher.events for watcher in watchers] == [[("posted", case_id), ("taken", case_id)]] * 4
    assert [each.data["resumed"] for watcher in (*watchers, *aside) for each in watcher.reported[:1]] == [False] * 6
    assert set(watchers[0].reported[1].data["card"]) == CARD
    assert watchers[0].reported[2].data["card"] is None
    assert [watcher.events for watcher in aside] == [[], []]
    assert dict(watchers[0].answer.getheaders())["x-accel-buffering"] == "no"


def test_listener_who_was_away_is_told_exactly_what_they_missed(board):
    here, clerk = board.serve(), board.token("clerk 2")
    able = board.practitioner("able")
    first, second, third = (board.case(number) for number in "123")
    before = board.watch(here, able)
    post(here, first, clerk)
    before.wait_for(2)
    before.leave()
    post(here, second, clerk)
    ask(here, "DELETE", f"/v1/cases/{first}/post", clerk)
    last = before.reported[-1].id

    again = board.watch(here, able, last)
    elsewhere = board.watch(board.serve(), able, last)
    post(here, third, clerk)
    for watcher in (again, elsewhere):
        watcher.wait_for(4)

    missed = [("posted", second), ("withdrawn", first), ("posted", third)]
    assert [watcher.events for watcher in (again, elsewhere)] == [missed, missed]
    assert again.reported[0].data["resumed"] is True
    assert [int(reported.id) for reported in again.reported[1:]] == sorted(
        {int(reported.id) for reported in again.reported[1:]}
    )


def test_listener_who_saw_what_never_was_reads_the_board_anew(small_board):
    here, clerk = small_board.serve(), small_board.token("clerk 2")

    lost = small_board.watch(here, clerk, "999999")
    garbled = small_board.watch(here, clerk, "not a number")

    assert (lost.reported[0].event, lost.reported[0].data) == ("reset", {"board": "/v1/board"})
    assert (garbled.reported[0].event, garbled.reported[0].data["resumed"]) == ("hello", False)


def test_scheduler_process_tells_the_board_too(small_board, tmp_path):
    here, clerk, case_id = small_board.serve(), small_board.token("clerk 2"), small_board.case("1")
    watcher = small_board.watch(here, clerk)
    post(here, case_id, clerk)
    watcher.wait_for(2)
    small_board.run_out(case_id)

    with started("scheduler", env=small_board.environment, output=tmp_path / "scheduler.log"):
        watcher.wait_for(3)

    assert watcher.events == [("posted", case_id), ("expired", case_id)]


def test_redis_killed_and_started_again_loses_no_event(sqlite_url, tmp_path):
    folder = tmp_path / "redis"
    with redis.running(folder) as url, opened(sqlite_url, url, tmp_path) as board:
        here, clerk = board.serve(), board.token("clerk 2")
        cases = [board.case(str(number)) for number in range(3)]
        watcher = board.watch(here, clerk)
        post(here, cases[0], clerk)
        watcher.wait_for(2)

        kill_redis(folder)
        post(here, cases[1], clerk)
        watcher.wait_for(3)
        with redis_again(folder):
            post(here, cases[2], clerk)
            watcher.wait_for(4)

        assert watcher.events == [("posted", case_id) for case_id in cases]


def test_stream_ends_when_its_access_does(small_board):
    here, admin = small_board.serve(), small_board.token("administrator", Role.ADMIN)
    made = ask(here, "POST", "/v1/users", admin, json={"login": "leaving", "role": "clerk"})
    leaving, staying = small_board.watch(here, made["token"]), small_board.watch(here, small_board.token("clerk 2"))

    ask(here, "POST", f"/v1/users/{made['user']['id']}/revoke", admin)
    wait_until(lambda: leaving.ended, "the stream of who left ends")

    assert not staying.ended
    refused = httpx2.get(f"{here}/v1/board/events", headers={"Authorization": f"Bearer {made['token']}"})
    assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")


def test_processes_tell_each_others_listeners_and_end_their_streams_when_told_to_stop(small_board):
    here, there = small_board.serve_apart(2)
    clerk, case_id = small_board.token("clerk 2"), small_board.case("1")
    watchers = [small_board.watch(url, clerk) for url in (here, there, here)]
    post(here, case_id, clerk)
    for watcher in watchers:
        watcher.wait_for(2)

    for process in small_board.processes:
        process.send_signal(signal.SIGTERM)

    assert [process.wait(60) for process in small_board.processes] == [-signal.SIGTERM] * 2
    for watcher in watchers:
        watcher.thread.join(30)
        assert watcher.answer.isclosed(), "the answer came to its proper end"
        assert watcher.events == [("posted", case_id)]


def test_many_listeners_hold_neither_thread_nor_connection(small_board):
    here, clerks = small_board.serve(), [small_board.token(f"clerk {n}") for n in range(2, 7)]
    watchers = [small_board.watch(here, clerk) for clerk in clerks for _ in range(MAX_STREAMS)]
    clerk = clerks[0]

    one_more = httpx2.get(f"{here}/v1/board/events", headers={"Authorization": f"Bearer {clerk}"}, timeout=60)
    board = ask(here, "GET", "/v1/board", clerk)
    metrics = httpx2.get(f"{here}/metrics", timeout=60).text

    assert board["items"] == []
    assert (one_more.status_code, one_more.json()["code"]) == (429, "too-many-requests")
    assert f"dispatch_board_listeners {len(watchers)}.0" in metrics


def test_board_itself_marks_what_a_practitioner_may_not_claim(board):
    here, clerk = board.serve(), board.token("clerk 2")
    able, unable = board.practitioner("able"), board.practitioner("unable", capacity=0)
    post(here, board.case("1"), clerk)

    marks = {
        who: ask(here, "GET", "/v1/board", token)["items"][0]["refusals"]
        for who, token in (("able", able), ("unable", unable), ("clerk", clerk))
    }

    assert (marks["able"], marks["clerk"]) == ([], None)
    assert [refusal["code"] for refusal in marks["unable"]] == ["under_cap"]
    assert json.dumps(marks["unable"]).count("text") == 1
