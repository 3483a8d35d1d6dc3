"""What a hostile client tries on a real server."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from tests.asked import asked, ballot
from tests.realtime.servers import Client, Running, connected, running
from tests.realtime.sessions_for_tests import make_seat, make_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server(django_db_setup):
    with running("serve") as server:
        yield server
        assert "Traceback" not in server.said()


@pytest.fixture
async def session():
    return await make_session()


class Raw:
    """A socket by hand, whose end of the line does as it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        assert size < 126
        self.writer.write(bytes((0x80 | opcode, 0x80 | size, 0, 0, 0, 0)) + payload)

    def say(self, **message: Any) -> None:
        self.send(1, json.dumps(message).encode())

    def says_goodbye(self) -> None:
        """A close frame, and yet the line stays open."""
        self.send(8, (1000).to_bytes(2, "big"))


def handshake(server: Running, slug: str) -> bytes:
    head = [
        f"GET /rooms/{slug}/live HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Origin: {server.url}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
    ]
    return "\r\n".join([*head, "", ""]).encode()


@asynccontextmanager
async def raw(server: Running, slug: str) -> AsyncIterator[Raw]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(handshake(server, slug))
    answer = await reader.readuntil(b"\r\n\r\n")
    assert b" 101 " in answer
    try:
        yield Raw(reader, writer)
    finally:
        writer.close()


async def test_who_says_goodbye_and_stays_keeps_nobody_from_being_told(server, session):
    """The half gone one stands apart, and after news that do not concern them with the others."""
    ana = await make_seat(session, "Ana")
    hal = await make_seat(session, "Hal", role="facilitator")
    async with (
        raw(server, session.slug) as mallory,
        connected(server, session.slug, ana) as client,
        connected(server, session.slug, hal) as facilitator,
    ):
        mallory.say(type="hello")
        await client.hello()
        await facilitator.hello()
        await asyncio.sleep(0.5)
        mallory.says_goodbye()
        poll, ref = str(uuid4()), str(uuid4())
        await facilitator.do("polls.draft", poll, plan=asked("Who?", ["I", "you"]))
        await facilitator.sees(f"polls.poll/{poll}")
        await client.do("chat.post", ref, text="I was here later")
        await client.sees(f"chat.message/{ref}")
        await facilitator.do("polls.open", poll=poll)
        await client.sees(f"polls.poll/{poll}")
        await client.do("polls.vote", **ballot(poll, 1))
        await told(client, "polls.ballot/")


async def told(client: Client, kind: str) -> list[str]:
    """The keys of a kind, as soon as there is one."""
    async with asyncio.timeout(5):
        while not (keys := [key for key in client.records if key.startswith(kind)]):
            await client.next("changes")
    return keys


async def test_who_is_given_up_while_leaving_does_not_stop_the_clock(server, session):
    hal = await make_seat(session, "Hal", role="facilitator")
    async with raw(server, session.slug) as mallory, connected(server, session.slug, hal) as client:
        await client.hello()
        await asyncio.sleep(4)
        mallory.says_goodbye()
        await asyncio.sleep(2.5)
        poll = str(uuid4())
        await client.do("polls.draft", poll, plan=asked("Who?", ["I", "you"]))
        await client.do("polls.open", poll=poll)
        await client.do("polls.vote", **ballot(poll, 1))
        async with asyncio.timeout(5):
            while not client.records.get(f"polls.turnout/{poll}", {}).get("remote"):
                await client.next("changes")


async def test_a_line_that_has_served_pages_becomes_a_socket_of_ours(server, session):
    """As proxies keep them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
    await reader.readuntil(b'{"ok": true}')
    writer.write(handshake(server, session.slug))
    async with asyncio.timeout(5):
        answer = await reader.readuntil(b"\r\n\r\n")
    writer.close()

    assert b" 101 " in answer


async def test_who_leaves_before_the_stream_begins_does_not_stay(server, session):
    for n in range(100):
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        path = f"/rooms/{session.slug}/changes"
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAccept: text/event-stream"
        writer.write(f"{head}\r\n\r\n".encode())
        await asyncio.sleep(0.0005 * (n % 30))
        writer.transport.abort()
    async with connected(server, session.slug) as client:
        await client.hello()
        async with asyncio.timeout(5):
            while client.presence.get("watching") != 1:
                await client.next("presence")


async def test_what_only_utf_7_can_write_is_refused_alone(server, session):
    ana = await make_seat(session, "Ana")

    def post() -> int:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        path, token = f"/rooms/{session.slug}/plain/", "t" * 32
        fields = {"csrfmiddlewaretoken": token, "do": "chat.post", "text": "half a pair: +2AA-"}
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in (fields | {"form": str(uuid4())}).items()
        ]
        cookie = f"seat-{session.slug}={ana}; csrftoken={token}"
        kind = "multipart/form-data; boundary=x; charset=utf-7"
        headers = {"Cookie": cookie, "Origin": server.url, "Content-Type": kind}
        line.request("POST", path, "".join([*parts, "--x--\r\n"]), headers)
        status = line.getresponse().status
        line.close()
        return status

    assert await asyncio.to_thread(post) == 400


@pytest.mark.parametrize("flood", [b"\x00\x02\x01\x00", "x" * 20_000], ids=["updates", "too big"])
async def test_a_flood_of_what_is_refused_ends(server, session, flood):
    """Of updates by who may not write, and of frames that are small only while compressed."""
    async with connected(server, session.slug) as client:
        await client.hello()
        with suppress(ConnectionClosed):
            for _ in range(1500):
                await client.socket.send(flood)
        bye, code = await client.ends()

    assert (bye["code"], code) == ("too-fast", 4429)
