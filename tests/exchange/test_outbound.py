"""The way out: in time, not redirected, and into no private network, whatever a name says."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from dispatch.domain.errors import InvalidFieldError
from dispatch.domain.webhooks import Trouble
from dispatch.exchange.outbound import Response, is_public, make_send, require_outward
from tests.receiver import receiving

HEADERS = {"webhook-id": "m1"}


def to_loopback(host, port):
    return ["127.0.0.1"]


def test_body_and_headers_arrive_as_they_were_sent():
    with receiving() as receiver:
        answer = make_send(5, private=True)(receiver.url, HEADERS, b"{}")

    assert answer == Response(204)
    assert [(each.path, each.id, each.body) for each in receiver.received] == [("/hooks", "m1", b"{}")]


@pytest.mark.parametrize("status", [301, 307, 400, 410, 429, 500, 503])
def test_other_answers_are_trouble_and_no_redirect_is_followed(status):
    with receiving() as receiver, receiving() as elsewhere:
        receiver.answer, receiver.location = lambda _: status, elsewhere.url
        answer = make_send(5, private=True)(receiver.url, HEADERS, b"{}")

    assert answer == Response(status, Trouble.STATUS)
    assert elsewhere.received == []


def test_endpoint_that_does_not_answer_is_left_in_time():
    hold = threading.Event()
    with receiving() as receiver:
        receiver.answer = lambda _: hold.wait(30) or 204
        began = time.monotonic()
        answer = make_send(0.3, private=True)(receiver.url, HEADERS, b"{}")
        took = time.monotonic() - began
        hold.set()

    assert answer == Response(None, Trouble.TIMEOUT)
    assert took < 3


def test_endpoint_that_drips_its_answer_is_left_in_time_too():
    with socket.create_server(("127.0.0.1", 0)) as server:
        stopping = threading.Event()

        def drip():
            with server.accept()[0] as connection:
                while not stopping.wait(0.05):
                    try:
                        connection.sendall(b"H")
                    except OSError:
                        return

        dripping = threading.Thread(target=drip)
        dripping.start()
        began = time.monotonic()
        answer = make_send(0.5, private=True)(f"http://127.0.0.1:{server.getsockname()[1]}/", HEADERS, b"{}")
        took = time.monotonic() - began
        stopping.set()
        dripping.join()

    assert answer.status is None
    assert took < 3


def test_endpoint_that_is_not_there_is_told_as_unreachable():
    answer = make_send(5, private=True)("http://127.0.0.1:1/", HEADERS, b"{}")

    assert answer == Response(None, Trouble.UNREACHABLE)


def test_name_that_nobody_knows_is_told_as_unreachable():
    def unknown(host, port):
        raise socket.gaierror

    assert make_send(5, private=False, resolve=unknown)("https://hooks.test/", HEADERS, b"{}") == Response(
        None, Trouble.UNREACHABLE
    )


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["::ffff:192.168.0.1"]])
def test_name_that_leads_into_a_private_network_is_refused_before_connecting(found):
    asked = []

    def resolve(host, port):
        asked.append(host)
        return found

    answer = make_send(5, private=False, resolve=resolve)("https://hooks.test/", HEADERS, b"{}")

    assert answer == Response(None, Trouble.FORBIDDEN)
    assert asked == ["hooks.test"]


def test_name_that_changes_its_mind_is_connected_to_where_it_was_judged(certified):
    server_context, client_context = certified("hooks.test")
    answers = iter([["127.0.0.1"], ["10.255.255.1"]])

    with receiving(server_context) as receiver:
        port = receiver.url.rpartition(":")[2]
        send = make_send(5, private=True, resolve=lambda host, port: next(answers), context=client_context)
        answer = send(f"https://hooks.test:{port}", HEADERS, b"{}")

    assert answer == Response(204)
    assert next(answers) == ["10.255.255.1"]
    assert receiver.received[0].headers["host"].startswith("hooks.test")


def test_certificate_must_be_of_the_name_and_not_of_the_address(certified):
    server_context, client_context = certified("other.test")

    with receiving(server_context) as receiver:
        port = receiver.url.rpartition(":")[2]
        answer = make_send(5, private=True, resolve=to_loopback, context=client_context)(
            f"https://hooks.test:{port}", HEADERS, b"{}"
        )

    assert answer == Response(None, Trouble.UNREACHABLE)
    assert receiver.received == []


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::", "192.0.2.1",
        "198.18.0.1", "::127.0.0.1", "::8.8.8.8", "192.0.0.8", "192.88.99.1", "fec0::1", "feff::1", "168.63.129.16",
        "2001::1", "100::1", "2001:db8::1", "240.0.0.1",
    ],
)  # fmt: skip
def test_address_that_is_not_of_the_open_internet_is_known(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111"])
def test_address_of_the_open_internet_passes(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/",
        "https://user:word@hooks.example.org/", "https://hooks.example.org/#part", "ftp://hooks.example.org/",
        "https://", "hooks.example.org", "", "https://hooks.example.org/ x", "https://hooks.example.org:port/",
        "https://hooks..example.org/", "https://.example.org/", "https://" + "a" * 64 + ".org/", "https://a../",
        "https://" + "a." * 130 + "org/", "https://hooks.example.org/\r\nx", "https://[::1/", "https://" + "a" * 500, "file:///etc/passwd",
    ],
)  # fmt: skip
def test_address_that_could_never_be_sent_to_is_refused(url):
    with pytest.raises(InvalidFieldError) as refused:
        require_outward(url, private=False)

    assert url not in str(refused.value.facts.values()) or not url


def test_private_addresses_pass_where_the_settings_say_so():
    require_outward("http://127.0.0.1:8000/hooks", private=True)
    require_outward("https://hooks.example.org:8443/a?b=c", private=False)


@pytest.fixture
def certified(tmp_path):
    """Contexts of a server with a certificate for a name, and of a client that trusts it."""

    def make(name):
        key, today = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        names = x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.9"))])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(today - datetime.timedelta(days=1))
            .not_valid_after(today + datetime.timedelta(days=1))
            .add_extension(names, critical=False)
            .sign(key, hashes.SHA256())
        )
        path = tmp_path / "server.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(path)
        return server, ssl.create_default_context(cafile=str(path))

    return make
