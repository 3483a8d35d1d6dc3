"""Bodies beyond the limit are refused early, whoever is asked, and without a proxy in front."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from realtime.body import Bounded
from tests.realtime.servers import Running, running

HUGE = 50 * 1024 * 1024
LIMIT = 1024 * 1024
PIECE = b"x" * 65536
BUFFERED = 16 * LIMIT  # what the kernel may take off us beyond what the server reads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server(django_db_setup) -> Iterator[Running]:
    with running("serve") as server:
        yield server


@contextmanager
def asking(server: Running, path: str, *headers: str) -> Iterator[socket.socket]:
    head = (f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", *headers, "", "")
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as line:
        line.sendall("\r\n".join(head).encode())
        yield line


def poured(line: socket.socket, *, chunked: bool) -> int:
    """Send a huge body; return how much of it went."""
    piece = b"%x\r\n%s\r\n" % (len(PIECE), PIECE) if chunked else PIECE
    sent = 0
    with suppress(ConnectionError):
        while sent < HUGE:
            line.sendall(piece)
            sent += len(PIECE)
    return sent


def answered(line: socket.socket) -> bytes:
    """Everything until the server closes the connection."""
    answer = b""
    with suppress(ConnectionError):
        while got := line.recv(65536):
            answer += got
    return answer


def memory(server: Running) -> int:
    """The most this process has ever held, in bytes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@pytest.mark.parametrize("path", ["/rooms/x/ask", "/join/", "/nowhere"])
@pytest.mark.parametrize("way", [f"Content-Length: {HUGE}", "Transfer-Encoding: chunked"])
def test_a_huge_body_is_refused_before_it_is_read(server, path, way):
    before = memory(server)
    with asking(server, path, way) as line:
        sent = poured(line, chunked="chunked" in way)
        answer = answered(line)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()
    assert sent < BUFFERED
    assert memory(server) - before < 8 * LIMIT


def test_a_length_alone_is_enough_to_be_refused(server):
    for length in (LIMIT + 1, 10**19):
        with asking(server, "/join/", f"Content-Length: {length}") as line:
            assert answered(line).startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 400 "))


def test_who_waits_for_leave_to_send_is_not_given_it(server):
    length = f"Content-Length: {HUGE}"
    with asking(server, "/join/", length, "Expect: 100-continue") as line:
        assert answered(line).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("way", [f"Content-Length: {LIMIT}", "Transfer-Encoding: chunked"])
def test_what_is_just_not_too_much_comes_to_the_view(server, way):
    with asking(server, "/rooms/x/ask", way, "Connection: close") as line:
        body = b"x" * LIMIT
        line.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (LIMIT, body) if "chunked" in way else body)
        assert b" 403 " in answered(line).partition(b"\r\n")[0], "no origin was told"


async def test_nothing_is_refused_twice_and_no_more_is_asked_for():
    received = iter([b"x" * 6, b"x" * 6, b"x" * 6])
    told, sent = [], []

    async def receive():
        return {"type": "http.request", "body": next(received), "more_body": True}

    async def app(scope, receive, send):
        while (event := await receive())["type"] == "http.request":
            told.append(event["body"])

    async def send(event):
        sent.append(event)

    await Bounded(app, 10)({"type": "http", "headers": []}, receive, send)

    assert told == [b"x" * 6]
    assert [each.get("status") for each in sent] == [413, None]
    assert next(received, b""), "what came after it is not read"
