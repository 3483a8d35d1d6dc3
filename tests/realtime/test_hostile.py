"""What a hostile client tries on a real server."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

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


@asynccontextmanager
async def raw(server: Running, slug: str, seat: str = "") -> AsyncIterator[Raw]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    query = f"?seat={seat}" if seat else ""
    head = [
        f"GET /rooms/{slug}/live{query} HTTP/1.1",
        f"Host: 127.0.0.1:{server.port}",
        f"Origin: {server.url}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
    ]
    writer.write("\r\n".join([*head, "", ""]).encode())
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
        await facilitator.do("polls.draft", poll, question="Who?", options=["I", "you"])
        await facilitator.sees(f"polls.poll/{poll}")
        await client.do("chat.post", ref, text="I was here later")
        await client.sees(f"chat.message/{ref}")
        await facilitator.do("polls.open", poll=poll)
        await client.sees(f"polls.poll/{poll}")
        await client.do("polls.vote", poll=poll, option=1)
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
        await client.do("polls.draft", poll, question="Who?", options=["I", "you"])
        await client.do("polls.open", poll=poll)
        await client.do("polls.vote", poll=poll, option=1)
        async with asyncio.timeout(5):
            while not client.records.get(f"polls.tally/{poll}", {}).get("remote", [0, 0])[1]:
                await client.next("changes")
