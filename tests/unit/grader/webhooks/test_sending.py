"""What a delivery is on the wire, and that it goes nowhere but to an address that was checked."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from grader.webhooks.addresses import Address, Allowed, read_allowed
from grader.webhooks.network import look_up
from grader.webhooks.sending import ANSWER_CHARACTERS, Sender
from tests.patience import PATIENCE_SECONDS

TLS = Path(__file__).parents[3] / "data" / "tls"
HERE = read_allowed(["127.0.0.1"])
Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Receiver:
    """A server on this machine that notes what it gets."""

    port: int = 0
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    #: Says what it answers; by default 200 and "ok".
    answer: Answer = lambda request: say(request, 200, b"ok")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?x=1"


def say(request: BaseHTTPRequestHandler, status: int, content: bytes = b"", **headers: str) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(content)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.got.append((self.path, dict(self.headers), body))
            made.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield made
        server.shutdown()


def sender(allowed: Allowed = HERE, seconds: float = PATIENCE_SECONDS, **known: str) -> Sender:
    """A sender for which names lead to the addresses that are given, with spaces between."""

    def find(host: str, port: int) -> list[Address]:
        if host in known:
            return [ipaddress.ip_address(text) for text in known[host].split()]
        return look_up(host, port)

    return Sender(allowed, look_up=find, seconds=seconds)


def test_a_delivery_is_one_post_of_json_with_its_headers(receiver: Receiver) -> None:
    tried = sender().post(receiver.url, [("webhook-id", "01abc")], b'{"a":1}')
    ((path, headers, body),) = receiver.got
    assert (path, body) == ("/hook?x=1", b'{"a":1}')
    assert headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert headers["Content-Type"] == "application/json"
    assert headers["webhook-id"] == "01abc"
    assert headers["User-Agent"].startswith("Pushforward")
    assert not {"Cookie", "Authorization"} & headers.keys()
    assert (tried.status, tried.answer, tried.problem) == (200, "ok", "")
    assert tried.is_taken
    assert 0 < tried.seconds < PATIENCE_SECONDS


@pytest.mark.parametrize("status", [201, 204, 299])
def test_any_2xx_takes_it(receiver: Receiver, status: int) -> None:
    receiver.answer = lambda request: say(request, status)
    assert sender().post(receiver.url, [], b"{}").is_taken


@pytest.mark.parametrize("status", [301, 307, 308, 400, 404, 410, 429, 500, 503])
def test_nothing_else_does(receiver: Receiver, status: int) -> None:
    receiver.answer = lambda request: say(request, status, b"why")
    tried = sender().post(receiver.url, [], b"{}")
    assert (tried.status, tried.answer, tried.is_taken) == (status, "why", False)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_follows_a_redirect(receiver: Receiver, status: int) -> None:
    elsewhere = f"http://127.0.0.1:{receiver.port}/inner"
    receiver.answer = lambda request: say(request, status, Location=elsewhere)
    tried = sender().post(receiver.url, [], b"{}")
    assert [path for path, _, _ in receiver.got] == ["/hook?x=1"]
    assert "nobody follows" in tried.problem


@pytest.mark.parametrize(
    "addresses",
    [
        *("127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"),
        *("64:ff9b::7f00:1", "2002:7f00:1::", "fe80::1", "224.0.0.1", "0.0.0.0"),
        # One of them is public: the other one is what it is about.
        *("8.8.8.8 127.0.0.1", "127.0.0.1 8.8.8.8", "2606:4700::1111 fd00::1"),
    ],
)
def test_a_name_that_leads_to_an_address_of_ours_is_not_connected_to(
    addresses: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda to, *_, **__: connected.append(to))
    known = {"hooks.example.org": addresses}
    tried = sender(Allowed(), **known).post("https://hooks.example.org/", [], b"{}")
    assert connected == []
    assert tried.status is None
    assert "not one of the public internet" in tried.problem
    # Which one it is would tell an outsider what our names lead to.
    assert not any(address in tried.problem for address in addresses.split())


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that says something else at the second time (DNS rebinding) is not asked."""
    asked: list[str] = []
    connected: list[object] = []
    connect = socket.create_connection

    def find(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [ipaddress.ip_address("127.0.0.1" if len(asked) == 1 else "127.0.0.2")]

    def note(to: tuple[str, int], *kept: object, **named: object) -> socket.socket:
        connected.append(to)
        return connect(to, *kept, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "create_connection", note)
    allowed = read_allowed(["hooks.example.org"])
    url = f"http://hooks.example.org:{receiver.port}/"
    tried = Sender(allowed, look_up=find).post(url, [], b"{}")
    assert tried.is_taken
    assert asked == ["hooks.example.org"]
    assert connected == [("127.0.0.1", receiver.port)]
    ((_, headers, _),) = receiver.got
    assert headers["Host"] == f"hooks.example.org:{receiver.port}"


def test_the_next_address_of_a_name_is_tried_where_one_refuses(receiver: Receiver) -> None:
    allowed = read_allowed(["127.0.0.0/8", "hooks.example.org"])
    # Nobody listens there: the receiver has the port at 127.0.0.1 alone.
    known = {"hooks.example.org": "127.0.0.2 127.0.0.1"}
    url = f"http://hooks.example.org:{receiver.port}/"
    assert sender(allowed, **known).post(url, [], b"{}").is_taken


def test_an_address_that_is_allowed_no_longer_is_not_sent_to(receiver: Receiver) -> None:
    tried = sender(Allowed()).post(receiver.url, [], b"{}")
    assert receiver.got == []
    assert "public internet" in tried.problem


def test_proxies_of_the_environment_are_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert sender().post(receiver.url, [], b"{}").is_taken


def test_an_answer_that_trickles_ends_when_the_time_is_over(receiver: Receiver) -> None:
    over = threading.Event()

    def trickle(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 ")
        while not over.wait(0.01):
            try:
                request.wfile.write(b"2")
            except OSError:
                return

    receiver.answer = trickle
    tried = sender(seconds=0.3).post(receiver.url, [], b"{}")
    over.set()
    assert tried.status is None
    assert tried.problem in {
        "There was no answer within 0.3 seconds.",
        "What came back is not HTTP.",  # where the line got too long before
    }


def test_a_receiver_that_says_nothing_ends_when_the_time_is_over(receiver: Receiver) -> None:
    over = threading.Event()
    receiver.answer = lambda request: over.wait(PATIENCE_SECONDS) and None
    tried = sender(seconds=0.2).post(receiver.url, [], b"{}")
    over.set()
    assert (tried.status, tried.problem) == (None, "There was no answer within 0.2 seconds.")


def test_a_long_answer_is_not_read_to_its_end(receiver: Receiver) -> None:
    broke_off = threading.Event()

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b"x" * 65_536)
        except OSError:
            broke_off.set()

    receiver.answer = endless
    tried = sender().post(receiver.url, [], b"{}")
    assert tried.is_taken
    assert tried.answer == "x" * ANSWER_CHARACTERS
    assert broke_off.wait(PATIENCE_SECONDS)


def test_an_answer_is_shown_in_one_line_without_what_cannot_be_seen(receiver: Receiver) -> None:
    receiver.answer = lambda request: say(
        request, 500, b"\x1b[31mno\0\r\n<b>  \xe2\x80\xae why\xff"
    )
    assert sender().post(receiver.url, [], b"{}").answer == "[31mno <b> why\ufffd"


def test_what_is_not_http_is_told_so(receiver: Receiver) -> None:
    receiver.answer = lambda request: request.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n") and None
    tried = sender().post(receiver.url, [], b"{}")
    assert (tried.status, tried.problem) == (None, "What came back is not HTTP.")


def test_nobody_there_is_told_so() -> None:
    # The port is taken, so that nobody else's server is there, and nobody listens.
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        tried = sender().post(f"http://127.0.0.1:{taken.getsockname()[1]}/", [], b"{}")
    assert (tried.status, tried.problem) == (None, "Nobody answers at this host and port.")


def test_a_name_that_leads_nowhere_is_told_so() -> None:
    def find(host: str, port: int) -> list[Address]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    tried = Sender(Allowed(), look_up=find).post("https://hooks.example.org/", [], b"{}")
    assert (tried.status, tried.problem) == (None, "The name of the host leads nowhere.")


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("120", 120, 120),
        ("in an hour", 3000, 3600),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0, 0),
        ("soon", 0, 0),
        ("-5", 0, 0),
        ("99999999999999999999", 0, 0),
        ("", 0, 0),
    ],
)
def test_a_receiver_can_ask_for_a_pause(
    receiver: Receiver, said: str, least: int, most: int
) -> None:
    if said == "in an hour":
        # As a date of HTTP; not worked out when the tests are collected, as that may be long ago.
        said = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    receiver.answer = lambda request: say(request, 503, Retry_After=said)
    asked = sender().post(receiver.url, [], b"{}").asked
    assert timedelta(seconds=least) <= asked <= timedelta(seconds=most)


@pytest.fixture
def tls_port() -> Iterator[int]:
    """A server whose certificate is that of hooks.example.test."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "hooks.pem", TLS / "hooks.key")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            say(self, 200)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            pass  # a handshake that the other side ends

    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(
    ("host", "problem"),
    [
        ("hooks.example.test", ""),
        ("other.example.test", "Its certificate does not hold: Hostname mismatch"),
    ],
)
def test_the_certificate_must_be_that_of_the_name_and_not_of_the_address(
    tls_port: int, host: str, problem: str
) -> None:
    trusted = ssl.create_default_context(cafile=str(TLS / "hooks.pem"))
    one = Sender(
        read_allowed([host]),
        look_up=lambda *_: [ipaddress.ip_address("127.0.0.1")],
        trusted=trusted,
    )
    tried = one.post(f"https://{host}:{tls_port}/", [], b"{}")
    assert tried.is_taken is (problem == "")
    assert tried.problem.startswith(problem)


def test_a_certificate_that_nobody_vouches_for_does_not_hold(tls_port: int) -> None:
    allowed = read_allowed(["hooks.example.test"])
    one = sender(allowed, **{"hooks.example.test": "127.0.0.1"})
    tried = one.post(f"https://hooks.example.test:{tls_port}/", [], b"{}")
    assert tried.status is None
    assert tried.problem.startswith("Its certificate does not hold: self")


def test_plain_http_where_tls_is_expected_is_told_so(receiver: Receiver) -> None:
    tried = sender().post(f"https://127.0.0.1:{receiver.port}/", [], b"{}")
    assert (tried.status, tried.problem) == (None, "It does not speak TLS as it should.")
