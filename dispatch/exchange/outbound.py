"""The way out to addresses that others gave us: in time, never redirected, and never into a private network.

A name is looked up once, every address it has is judged, and the connection goes to one that was judged;
so a name cannot show a public address to the check and a private one to the connection.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpcore2

from dispatch.domain.errors import InvalidFieldError, stated
from dispatch.domain.webhooks import Trouble

MAX_URL = 500
MAX_HOST, MAX_LABEL = 253, 63
"""Letters of a name and of each of its parts (RFC 1035, section 2.3.4)."""

# fmt: off
INWARD = {
    ipaddress.ip_network(network): reason
    for network, reason in (
        # beyond what the registry of special addresses calls private
        ("192.0.0.0/24",      "of protocols between neighbours (RFC 6890)"),
        ("192.88.99.0/24",    "a relay of the network one is in (RFC 7526)"),
        ("168.63.129.16/32",  "a cloud's own server, of the machine one is on"),
        ("::/96",             "an IPv4 address written the old way (RFC 4291, section 2.5.5.1)"),
        ("64:ff9b::/96",      "translated to IPv4 by the network one is in (RFC 6052)"),
        ("64:ff9b:1::/48",    "translated to IPv4 by the network one is in (RFC 8215)"),
        ("2001::/32",         "tunnelled to an IPv4 address (RFC 4380)"),
        ("2002::/16",         "tunnelled to an IPv4 address (RFC 3056)"),
        ("fec0::/10",         "of one site (RFC 3879)"),
    )
}
# fmt: on

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]


class Response(NamedTuple):
    """What came back: a status, or what went wrong before there was one."""

    status: int | None
    trouble: Trouble | None = None

    @property
    def good(self) -> bool:
        """Return whether the message was taken."""
        return self.status is not None and 200 <= self.status < 300


Send = Callable[[str, Mapping[str, str], bytes], Response]


class PrivateAddressError(httpcore2.NetworkError):
    """The name leads to an address we do not connect to."""


ANY_ADDRESS = ("http(s) 地址，不含用户名和片段", "an http(s) address without user and fragment")
PUBLIC_ADDRESS = ("公开的 https 地址", "a public https address")


def require_outward(url: str, *, private: bool) -> None:
    """Refuse an address that could never be sent to; ``private`` lets plain HTTP and private addresses pass."""
    expected = stated(*(ANY_ADDRESS if private else PUBLIC_ADDRESS))
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InvalidFieldError(field="url", expected=expected) from None
    schemes = ("https", "http") if private else ("https",)
    odd = len(url) > MAX_URL or not url.isascii() or not url.isprintable() or " " in url
    if odd or not host or parts.scheme not in schemes or parts.username is not None or "#" in url:
        raise InvalidFieldError(field="url", expected=expected)
    if not _is_address(host) and not _may_be_found(host):
        raise InvalidFieldError(field="url", expected=expected)
    if not private and _is_address(host) and not is_public(host):
        raise InvalidFieldError(field="url", expected=expected)


def is_public(text: str) -> bool:
    """Tell whether an address is one of the open internet, also where it only wraps another."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_global and not address.is_multicast and not any(address in network for network in INWARD)


def resolve(host: str, port: int) -> list[str]:
    """Return every address of a name."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def make_send(
    within_s: float, *, private: bool, resolve: Resolve = resolve, context: ssl.SSLContext | None = None
) -> Send:
    """Return the way to post a body: one attempt, at most ``within_s`` seconds, of the answer only the status."""
    trusted = context or ssl.create_default_context()

    def send(url: str, headers: Mapping[str, str], body: bytes) -> Response:
        backend = _Outward(time.monotonic() + within_s, resolve, private)
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), within_s)
        try:
            require_outward(url, private=private)
            with (
                httpcore2.ConnectionPool(ssl_context=trusted, network_backend=backend) as pool,
                pool.stream(
                    "POST", url, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}
                ) as reply,
            ):
                return Response(reply.status, None if 200 <= reply.status < 300 else Trouble.STATUS)
        except (PrivateAddressError, InvalidFieldError):
            return Response(None, Trouble.FORBIDDEN)
        except httpcore2.TimeoutException:
            return Response(None, Trouble.TIMEOUT)
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError, UnicodeError):
            return Response(None, Trouble.UNREACHABLE)

    return send


class ServerAnswer(NamedTuple):
    """What a server answered."""

    status: int
    body: bytes


Ask = Callable[[str, str, Mapping[str, str], bytes], ServerAnswer]
"""Method, address, headers, body."""

UNREACHED = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError)
MAX_ANSWER_BYTES = 256 * 2**10
"""Bytes read of an answer."""


def make_ask(within_s: float, context: ssl.SSLContext | None = None) -> Ask:
    """Return the way to ask a server that the operator has named, wherever it is; without an answer OSError."""
    trusted = context or ssl.create_default_context()

    def ask(method: str, url: str, headers: Mapping[str, str], body: bytes) -> ServerAnswer:
        backend = _Outward(time.monotonic() + within_s, resolve, private=True)
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), within_s)
        try:
            require_outward(url, private=True)
            with (
                httpcore2.ConnectionPool(ssl_context=trusted, network_backend=backend) as pool,
                pool.stream(
                    method, url, headers=list(headers.items()), content=body, extensions={"timeout": timeouts}
                ) as reply,
            ):
                return ServerAnswer(reply.status, _read(reply))
        except (*UNREACHED, InvalidFieldError, UnicodeError) as problem:
            raise OSError(type(problem).__name__) from None

    return ask


def _read(reply: httpcore2.Response) -> bytes:
    read = bytearray()
    for piece in reply.iter_stream():
        read += piece
        if len(read) > MAX_ANSWER_BYTES:
            raise OSError("too long")
    return bytes(read)


class _Outward(httpcore2.NetworkBackend):
    """Connects to judged addresses only, all of it before one moment."""

    def __init__(self, until: float, resolve: Resolve, private: bool) -> None:
        self._until, self._resolve, self._private = until, resolve, private
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        found = self._resolve(host, port)
        if not self._private and not all(map(is_public, found)):
            raise PrivateAddressError
        failed: Exception = httpcore2.ConnectError()
        for address in found:
            try:
                stream = self._plain.connect_tcp(address, port, _left(self._until), local_address, socket_options)
                return _Hurried(stream, self._until)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as problem:
                failed = problem
        raise failed


class _Hurried(httpcore2.NetworkStream):
    """A stream that ends at one moment, however slowly the other side drips."""

    def __init__(self, stream: httpcore2.NetworkStream, until: float) -> None:
        self._stream, self._until = stream, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._until))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._until))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        return _Hurried(self._stream.start_tls(ssl_context, server_hostname, _left(self._until)), self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout
    return left


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _may_be_found(host: str) -> bool:
    """Tell whether a name may be looked up: each of its parts has letters, and not too many."""
    labels = host.removesuffix(".").split(".")
    return len(host) <= MAX_HOST and all(0 < len(label) <= MAX_LABEL for label in labels)
