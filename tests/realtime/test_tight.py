"""Limits on a real server, in a process whose settings make them easy to reach."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from websockets.exceptions import InvalidStatus

from tests.realtime.servers import connected, running
from tests.realtime.sessions_for_tests import make_seat, make_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server(django_db_setup):
    with running("serve", DJANGO_SETTINGS_MODULE="tests.realtime.tight") as server:
        yield server
        assert "Traceback" not in server.said()


@pytest.fixture
async def session():
    return await make_session()


async def test_who_finds_the_room_full_is_told_to_try_again(server, session):
    async with (
        connected(server, session.slug) as one,
        connected(server, session.slug) as other,
    ):
        await one.hello()
        await other.hello()
        async with connected(server, session.slug) as late:
            bye, code = await late.ends()

    assert (bye["code"], bye["again"], code) == ("full", True, 4429)
    assert bye["wait"] > 0


async def test_an_address_holds_so_many_sockets(server, session):
    other = await make_session()
    async with AsyncExitStack() as stack:
        for slug in (session.slug, session.slug, other.slug, other.slug):
            client = await stack.enter_async_context(connected(server, slug))
            await client.hello()
        with pytest.raises(InvalidStatus, match="403"):
            async with connected(server, other.slug):
                pass


async def test_the_longest_silent_makes_room(server, session):
    other = await make_session()
    async with (
        connected(server, session.slug) as silent,
        connected(server, session.slug),
        connected(server, other.slug),
    ):
        bye, code = await silent.ends()

    assert (bye["code"], bye["again"], code) == ("no-hello", True, 4408)


async def test_a_reader_who_never_reads_is_cut_off_and_the_others_are_not(server, session):
    seat = await make_seat(session, "Ana")
    async with connected(server, session.slug, seat) as ana:
        await ana.hello()
        stuck = await asyncio.to_thread(never_reading, server.port, session.slug)
        while ana.presence.get("watching") != 1:
            await ana.next("presence")
        async with asyncio.timeout(30):
            while ana.presence["watching"]:
                answer = await ana.do("chat.post", str(uuid4()), text="x" * 2000)
                assert answer["type"] == "done"
        stuck.close()


def never_reading(port: int, slug: str) -> socket.socket:
    """An observer's socket that says hello and never reads an answer."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    # As over a network: for the long segments of the loopback the kernel would keep megabytes.
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
    line.connect(("127.0.0.1", port))
    line.sendall(
        f"GET /rooms/{slug}/live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Origin: http://127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        "Sec-WebSocket-Protocol: workshop.v1\r\n\r\n".encode()
    )
    line.recv(1)
    hello = json.dumps({"type": "hello", "epoch": "", "since": 0}).encode()
    line.sendall(bytes((0x81, 0x80 | len(hello), 0, 0, 0, 0)) + hello)  # masked with zeros
    return line
