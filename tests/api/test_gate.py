"""The gate: nobody's body is read before they are known, nothing comes without measure or end."""

import asyncio
import json
import socket
import threading
import time
from contextlib import closing, suppress

import pytest
import uvicorn
from starlette.testclient import TestClient

from dispatch.api.gate import bodies, rate_limit
from dispatch.api.gate.admission import SpecialRoutes
from dispatch.api.gate.bodies import MAX_DEPTH, MAX_VALUES, require_simple
from dispatch.api.gate.rate_limit import BURST_S, Failures, RateLimit
from dispatch.api.server import TimedProtocol, options
from dispatch.commands.access import authenticate
from dispatch.domain.errors import TooLargeError
from dispatch.domain.vocabulary import Role
from dispatch.main import create_app
from dispatch.settings import Settings
from tests.api.conftest import Office
from tests.rows import NOW
from tests.workers.processes import wait_until

JSON = {"Content-Type": "application/json"}
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Pieces:
    """A body that counts what was taken of it."""

    def __init__(self, number, piece=b" " * 2**16):
        self.left, self.piece, self.taken = number, piece, 0

    def __iter__(self):
        while self.left:
            self.left, self.taken = self.left - 1, self.taken + 1
            yield self.piece


def call(app, headers, messages):
    """Ask the app itself; return the status and how many messages of the body it took."""
    taken, statuses = [], []

    async def receive():
        if len(taken) == len(messages):
            await asyncio.sleep(3600)
        taken.append(messages[len(taken)])
        return taken[-1]

    async def send(message):
        statuses.append(message.get("status"))

    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/v1/cases", "raw_path": b"/v1/cases", "query_string": b"",
             "headers": raw, "client": ("192.0.2.1", 1), "http_version": "1.1", "scheme": "http",
             "server": ("t", 80), "root_path": ""}  # fmt: skip
    asyncio.run(app(scope, receive, send))
    return statuses[0], len(taken)


@sqlite_only
@pytest.mark.parametrize("headers", [{"content-length": "31457280"}, {"transfer-encoding": "chunked"}])
def test_body_of_somebody_unknown_is_never_taken(app, headers):
    endless = [{"type": "http.request", "body": b"[{}," * 2**14, "more_body": True}] * 500

    assert call(app, {"content-type": "application/json", **headers}, endless) == (401, 0)


@sqlite_only
@pytest.mark.parametrize(("language", "title"), [("zh", "内容超出允许的大小"), ("en", "The request is too large")])
@pytest.mark.parametrize("declared", [True, False])
def test_json_over_a_megabyte_is_refused_in_both_languages(office, language, title, declared):
    body = Pieces(64)
    content = b" " * (4 * 2**20) if declared else iter(body)

    answer = office.ask("POST", "/v1/cases", content=content, headers=JSON | {"Accept-Language": language})

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert answer.json()["title"].startswith(title)


@sqlite_only
def test_upload_may_be_larger_than_json_and_only_where_one_is_asked_for(office):
    rows = "机构编号,机构名称,机构类型\n" + "F1,第一律师事务所,律师事务所\n" * 60_000
    files = {"file": ("firms.csv", rows.encode())}

    assert office.ask("POST", "/v1/imports", data={"what": "institutions"}, files=files).status_code == 202
    assert office.ask("POST", "/v1/cases", files=files).status_code == 413
    assert office.ask("POST", "/v1/imports", content=b" " * 2**21, headers=JSON).status_code == 413


@sqlite_only
@pytest.mark.parametrize(
    "content", [b"[" + b"{}," * (MAX_VALUES + 1) + b"{}]", b"[" * (MAX_DEPTH + 1), b'{"a":' * 40 + b"1" + b"}" * 40]
)
def test_json_of_too_many_values_or_too_deep_is_refused(office, content):
    answer = office.ask("POST", "/v1/cases", content=content, headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize(
    "text", ['"[[[["', '"\\"[[[["', json.dumps({"a": "{" * 2000}), json.dumps([[i] for i in range(2000)])]
)
def test_brackets_in_a_text_are_no_depth(text):
    require_simple(f"[{text}]".encode())


def test_text_that_never_ends_is_looked_through_in_no_time():
    began = time.process_time()

    for hostile in (b'"' + b"\\" * 900_000, b"[" * 40 + b'"\\"' * 60_000, b'"' * 190_000 + b"[" * 40):
        with suppress(TooLargeError):
            require_simple(hostile)

    assert time.process_time() - began < 2


@sqlite_only
def test_body_that_pauses_is_ended_and_told_so(app, office, monkeypatch):
    monkeypatch.setattr(bodies, "SILENT_S", 0.05)
    token = f"Bearer {office.tokens[Role.CLERK]}"
    headers = {"content-type": "application/json", "content-length": "100", "authorization": token}

    assert call(app, headers, [{"type": "http.request", "body": b"{", "more_body": True}])[0] == 408


def test_key_may_come_in_a_burst_and_then_at_its_pace():
    now = [0.0]
    twice = RateLimit(2, lambda: now[0])

    at_once = sum(twice.wait_s("a") == 0 for _ in range(100))
    wait_s = twice.wait_s("a")
    now[0] += wait_s

    assert at_once == 2 * BURST_S
    assert 0 < wait_s <= 0.5
    assert (twice.wait_s("a"), twice.wait_s("b")) == (0, 0)


def hurried(database_url, redis_url, tmp_path, **limits):
    limits = {"requests_per_token": 0, "refusals_per_minute": 0} | limits
    secret = "a secret of the tests"
    return create_app(
        Settings(database_url=database_url, redis_url=redis_url, secret=secret, data_dir=tmp_path, **limits),
        clock=lambda: NOW,
    )


@sqlite_only
def test_token_that_asks_too_often_is_told_when_to_come_again_and_others_are_not(
    database_url, redis_url, register, tmp_path, monkeypatch
):
    monkeypatch.setattr(rate_limit, "BURST_S", 10_000)
    app = hurried(database_url, redis_url, tmp_path, requests_per_token=1 / 2_000)
    with TestClient(app) as client:
        office = Office(register, client)
        answers = [office.get("/v1/me", headers={"Accept-Language": "zh"}) for _ in range(7)]
        other = office.get("/v1/me", role=Role.MANAGER)

    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert answers[-1].json()["title"].startswith("请求过于频繁")
    assert int(answers[-1].headers["retry-after"]) == answers[-1].json()["facts"]["retry_after_s"] > 1_900
    assert other.status_code == 200


@sqlite_only
def test_bad_tokens_are_looked_at_twenty_times_a_minute_and_who_was_let_in_goes_on(
    database_url, redis_url, register, tmp_path, monkeypatch
):
    asked = []

    def counted(read, token, now):
        asked.append(token)
        return authenticate(read, token, now)

    monkeypatch.setattr("dispatch.api.gate.identity.authenticate", counted)
    app = hurried(database_url, redis_url, tmp_path, refusals_per_minute=20)
    with TestClient(app, client=("192.0.2.7", 1)) as client:
        office = Office(register, client)
        office.get("/v1/me")
        began = len(asked)
        statuses = [
            office.get("/v1/me", role=None, headers={"Authorization": f"Bearer lad_{n}"}).status_code for n in range(60)
        ]
        looked_at = len(asked) - began
        known, new = office.get("/v1/me").status_code, office.get("/v1/me", role=Role.MANAGER).status_code

    # The minute may turn in between.
    assert looked_at in (20, *range(21, 41))
    assert statuses[:20] == [401] * 20
    assert statuses.count(429) == 60 - looked_at
    assert known == 200
    assert new in (429, 200)


def test_failures_are_counted_by_all_processes_together_and_by_each_alone_without_redis(redis_url):
    async def count(url, address):
        now = [120.0]
        one, other = (Failures(url, 3, lambda: now[0]) for _ in range(2))
        for _ in range(3):
            await one.add(address)
        seen = await one.wait_s(address), await other.wait_s(address), await other.wait_s("elsewhere")
        now[0] += 60
        later = await one.wait_s(address)
        return *seen, later

    own = f"192.0.2.{threading.get_ident()}"
    assert asyncio.run(count(redis_url, own)) == (60, 60, 0, 0)
    assert asyncio.run(count("redis://127.0.0.1:1/0", own)) == (60, 0, 0, 0)


@sqlite_only
def test_ninth_stream_of_a_user_is_refused_and_one_that_ends_makes_room(app, office):
    from dispatch.domain.errors import TooManyRequestsError
    from dispatch.live.hub import MAX_STREAMS
    from dispatch.live.listener import Listener

    hub = app.state.context.hub
    centre_id = office.register.centre.id
    listeners = [Listener(centre_id, None, "ticket", "somebody") for _ in range(MAX_STREAMS + 1)]

    async def crowd():
        for listener in listeners[:-1]:
            await hub.join(listener, None)
        with pytest.raises(TooManyRequestsError):
            await hub.join(listeners[-1], None)
        hub.leave(listeners[-1])
        await hub.join(Listener(centre_id, None, "ticket", "another"), None)
        hub.leave(listeners[0])
        await hub.join(listeners[-1], None)

    office.client.portal.call(crowd)


@sqlite_only
def test_doors_for_uploads_and_strangers_are_those_of_the_routes(app):
    special = SpecialRoutes.of(app)

    assert any("POST" in methods and path.match("/v1/imports") for methods, path in special.uploads)
    assert len(special.uploads) < 5
    assert not any(path.match("/v1/cases") for _, path in special.strangers)


# The server itself, by real sockets.


@pytest.fixture(scope="module")
def port():
    class Quick(TimedProtocol):
        head_s = unread_s = 0.3

    async def app(scope, receive, send):
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
            await send({"type": "http.response.body", "body": b"ok"})

    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    settings = options("") | {"http": Quick}
    server = uvicorn.Server(uvicorn.Config(app, port=number, lifespan="off", log_level="critical", **settings))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started, "the server answers", every_s=0.02)
    yield number
    server.should_exit = True
    thread.join()


def spoken(port, *pieces, pause_s=0.0, longest_s=20.0):
    """Send pieces, as long as the server listens; return what it said and for how long it listened."""
    began, said = time.monotonic(), b""
    with socket.create_connection(("127.0.0.1", port), timeout=longest_s) as line:
        try:
            for piece in pieces:
                line.sendall(piece)
                time.sleep(pause_s)
            while chunk := line.recv(2**16):
                said += chunk
        except (ConnectionError, TimeoutError):
            pass
    return said, time.monotonic() - began


HEAD = b"POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n"


def test_silent_connection_is_closed(port):
    said, took_s = spoken(port)

    assert said == b""
    assert took_s < 10


def test_head_that_trickles_is_ended_with_408(port):
    said, took_s = spoken(port, *[b"GET / HTTP/1.1\r\n", *(b"x-%d: y\r\n" % n for n in range(200))], pause_s=0.1)

    assert said.startswith(b"HTTP/1.1 408") or took_s < 15
    assert took_s < 15


@pytest.mark.parametrize("line", [b"x-long: " + b"a" * 2**20, b"x: y\r\n" * 50_000 + b"\r\n"])
def test_head_without_measure_is_refused(port, line):
    said, _ = spoken(port, b"GET / HTTP/1.1\r\n" + line)

    assert said.split(b"\r\n")[0] in (b"HTTP/1.1 431 Request Header Fields Too Large", b"HTTP/1.1 400 Bad Request", b"")


def test_body_that_trickles_after_its_answer_is_read_no_longer(port):
    said, took_s = spoken(port, HEAD, *[b"a"] * 200, pause_s=0.1)

    assert said.startswith(b"HTTP/1.1 200") or took_s < 15
    assert took_s < 15


def test_two_requests_on_one_connection_are_answered(port):
    said, _ = spoken(
        port, b"GET / HTTP/1.1\r\nHost: t\r\n\r\n", b"GET / HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n"
    )

    assert said.count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize(
    ("proxies", "client"), [("", "127.0.0.1"), ("127.0.0.1", "192.0.2.33"), ("192.0.2.1", "127.0.0.1")]
)
def test_client_is_whom_a_named_proxy_says_and_nobody_else(proxies, client):
    seen = []

    async def app(scope, receive, send):
        seen.append(scope["client"][0])

    config = uvicorn.Config(app, lifespan="off", log_level="critical", **options(proxies))
    config.load()
    headers = [(b"x-forwarded-for", b"198.51.100.7, 192.0.2.33")]
    scope = {"type": "http", "client": ("127.0.0.1", 1), "headers": headers, "scheme": "http"}
    asyncio.run(config.loaded_app(scope, None, None))

    assert seen == [client]


@sqlite_only
def test_line_of_a_request_tells_where_it_came_from(app, office, caplog):
    with caplog.at_level("INFO", "dispatch.requests"):
        office.get("/v1/me")

    assert "client=127.0.0.1" in caplog.messages[-1]
