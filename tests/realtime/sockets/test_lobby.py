"""The lobby: what becomes a socket, what goes to uvicorn, and who is turned out."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from socket import create_connection, socket

import pytest
import uvicorn
from websockets.asyncio.client import connect

from realtime.sockets.handshake import Request
from realtime.sockets.lobby import Taken
from realtime.sockets.proxies import Proxies
from tests.realtime.sockets.echo import (
    CLOSE,
    FIN,
    PATIENCE,
    TEXT,
    Echo,
    connection,
    frame,
    handshake,
    pages,
    serving,
    uvicorn_serving,
    wired,
)

PAGE = b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /page HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"
HELLO = frame(TEXT, b"hello")
ECHO = (FIN | TEXT, b"hello")


async def page(wire) -> bytes:
    """The body of a page, which comes in chunks."""
    assert b" 200 " in await wire.head()
    async with asyncio.timeout(PATIENCE):
        size = int(await wire.reader.readuntil(b"\r\n"), 16)
        body = await wire.reader.readexactly(size)
        await wire.reader.readexactly(len(b"\r\n0\r\n\r\n"))
    return body


# Handing over -------------------------------------------------------------------------------


@pytest.mark.parametrize("chop", [1000, 7])
async def test_a_page_is_uvicorns(chop):
    async with serving() as place, connection(place) as wire:
        await wire.send_chopped(POST, chop)
        assert await page(wire) == b"page:body"
        await wire.send(PAGE)
        assert await page(wire) == b"page:", "the connection is kept"


async def test_a_page_that_speaks_of_websockets_is_still_a_page():
    asked = b"GET /page HTTP/1.1\r\nHost: x\r\nReferer: http://x/websocket\r\n\r\n"
    async with serving() as place, connection(place) as wire:
        await wire.send(asked)
        assert await page(wire) == b"page:"


async def test_a_large_body_arrives_whole():
    body = b"x" * 300_000
    head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with serving() as place, connection(place) as wire:
        await wire.send(head + body)
        assert await page(wire) == b"page:" + body


async def test_sockets_of_other_paths_are_asgis():
    async with serving() as place, connect(f"ws://127.0.0.1:{place.port}/elsewhere") as client:
        assert await client.recv() == "from ASGI"


@pytest.mark.parametrize("ws", ["none", "websockets-sansio"])
async def test_a_handshake_after_a_page_finds_the_same_socket(ws):
    """As a proxy that keeps its connections may send it."""
    async with serving(ws=ws) as place, connection(place) as wire:
        await wire.send(PAGE)
        await page(wire)
        await wire.send(handshake("/echo?after=page"))
        assert b" 101 " in await wire.head()
        await wire.send(HELLO)
        assert await wire.frame() == ECHO

    assert place.asked[-1].query == "after=page"


async def test_a_handshake_after_a_page_may_be_asgis():
    async with serving() as place, connection(place) as wire:
        await wire.send(PAGE)
        await page(wire)
        await wire.send(handshake("/elsewhere"))
        assert b" 101 " in await wire.head()
        assert await wire.frame() == (FIN | TEXT, b"from ASGI")


@pytest.mark.parametrize("before", [b"", PAGE])
async def test_without_other_sockets_other_paths_have_none(before):
    async with serving(ws="none") as place, connection(place) as wire:
        if before:
            await wire.send(before)
            await page(wire)
        await wire.send(handshake("/elsewhere"))
        assert b" 404 " in await wire.head()
        await wire.hung_up()


async def test_uvicorn_refuses_what_is_no_request():
    async with serving() as place, connection(place) as wire:
        await wire.send(b"nonsense\r\n\r\n")
        assert b" 400 " in await wire.head()


# Sockets ------------------------------------------------------------------------------------


@pytest.mark.parametrize("chop", [1, 50])
async def test_a_handshake_may_come_in_pieces(chop):
    async with serving() as place, connection(place) as wire:
        await wire.send_chopped(handshake(), chop)
        assert b" 101 " in await wire.head()
        await wire.send(HELLO)
        assert await wire.frame() == ECHO


async def test_what_comes_with_the_handshake_is_heard():
    async with serving() as place, connection(place) as wire:
        await wire.send(handshake() + HELLO + HELLO[:3])
        assert b" 101 " in await wire.head()
        assert await wire.frame() == ECHO
        await wire.send(HELLO[3:])
        assert await wire.frame() == ECHO


async def test_the_reception_is_asked_with_everything():
    async with serving() as place, connection(place) as wire:
        await wire.send(handshake("/echo?seat=a%20b", Cookie="a=b", Origin="http://x"))
        await wire.head()

    request = place.asked[0]
    assert (request.path, request.query) == ("/echo", "seat=a%20b")
    assert (request.headers["cookie"], request.headers["origin"]) == ("a=b", "http://x")
    assert (request.client, request.secure) == ("127.0.0.1", False)


async def test_the_chosen_subprotocol_is_said():
    def reception(request: Request) -> Taken:
        return Taken("workshop.v1", Echo)

    async with serving(reception=reception) as place:
        address = f"ws://127.0.0.1:{place.port}/any"
        async with connect(address, subprotocols=["workshop.v1"]) as client:
            assert client.subprotocol == "workshop.v1"


# Refusals -----------------------------------------------------------------------------------

REFUSED = {
    "by the reception": (handshake("/refused"), b" 403 "),
    "a broken reception": (handshake("/broken"), b" 500 "),
    "an old version": (handshake(Sec_WebSocket_Version="8"), b" 426 "),
    "malformed": (b"GET / HTTP/1.1\r\nUpgrade : websocket\r\n\r\n", b" 400 "),
    "a head too large": (b"GET / HTTP/1.1\r\nX: " + b"x" * 17_000, b" 431 "),
    "a whole head too large": (handshake(**{"X": "x" * 17_000}), b" 431 "),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_is_told_why_and_hung_up_on(name):
    sent, status = REFUSED[name]
    async with serving() as place, connection(place) as wire:
        await wire.send(sent)
        assert status in await wire.head()
        await wire.hung_up()

    assert place.ears == []


async def test_a_refusal_has_the_headers_it_was_given():
    async with serving() as place, connection(place) as wire:
        await wire.send(handshake("/refused"))
        assert b"X-Why: because\r\n" in await wire.head()


# Those who do not say what they want --------------------------------------------------------


async def test_two_thousand_who_say_nothing_are_turned_out_and_hurt_nobody():
    async with serving(patience=0.7) as place, wired(place) as other:
        silent = [create_connection(("127.0.0.1", place.port)) for _ in range(2000)]
        slowest, rounds, seen = 0.0, 0, set[object]()
        while len(place.state.connections) > 1 or len(seen) < 2001:
            seen |= place.state.connections  # on a busy machine the first are out before the last
            rounds += 1
            if rounds % 50 == 0:
                drip(silent[0])
            begun = time.monotonic()
            await other.send(HELLO)
            assert await other.frame() == ECHO
            slowest = max(slowest, time.monotonic() - begun)
        for each in silent:
            each.settimeout(PATIENCE)
            assert hung_up(each)
            each.close()

    assert slowest < 2


def drip(client: socket) -> None:
    with suppress(ConnectionError):  # it may have been turned out already
        client.send(b"G")


def hung_up(client: socket) -> bool:
    """Reset, if it had sent something that nobody read."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


async def test_a_head_that_drips_has_no_more_time_than_silence():
    async with serving(patience=0.2) as place, connection(place) as wire:
        begun = time.monotonic()
        while not wire.reader.at_eof():
            wire.writer.write(b"G")
            try:
                async with asyncio.timeout(0.02):
                    assert await wire.reader.read(1) == b""
            except TimeoutError:
                continue
        assert 0.15 < time.monotonic() - begun < 5


async def test_an_open_socket_has_all_its_time():
    async with serving(patience=0.05) as place, wired(place) as wire, connection(place) as late:
        await late.hung_up()
        await wire.send(HELLO)
        assert await wire.frame() == ECHO


# Behind a proxy -----------------------------------------------------------------------------


async def test_a_trusted_proxy_tells_where_they_come_from():
    told = {"X-Forwarded-For": "198.51.100.7, 192.0.2.1", "X-Forwarded-Proto": "https"}
    async with serving() as place, wired(place, **told):
        pass

    assert (place.asked[0].client, place.asked[0].secure) == ("192.0.2.1", True)


class Peer:
    """A transport from somewhere else."""

    def __init__(self, address: str) -> None:
        self._facts = {"peername": (address, 4711)}

    def get_extra_info(self, name: str) -> object:
        return self._facts.get(name)


@pytest.mark.parametrize("options", [{}, {"proxy_headers": False}])
def test_nobody_else_is_believed(options):
    proxies = Proxies(uvicorn.Config(pages, **options))
    told = {"x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https"}
    peer = Peer("127.0.0.1" if options else "203.0.113.5")
    request = proxies.origin(Request("/", "", told), peer)

    assert (request.client, request.secure) == (peer.get_extra_info("peername")[0], False)


# In uvicorn ---------------------------------------------------------------------------------


async def test_uvicorn_ends_and_everyone_is_told():
    async with uvicorn_serving() as place:
        async with (
            wired(place) as wire,
            connection(place) as undecided,
            connection(place) as reader,
        ):
            await reader.send(PAGE)
            assert await page(reader) == b"page:"
            assert len(place.state.connections) == 3
            place.leave()
            assert await wire.frame() == (FIN | CLOSE, (1012).to_bytes(2, "big"))
            await wire.send(frame(CLOSE, (1012).to_bytes(2, "big")))
            await wire.hung_up()
            await undecided.hung_up()
            await reader.hung_up()
        await place.emptied()
        assert place.ears[0].ends == 1
