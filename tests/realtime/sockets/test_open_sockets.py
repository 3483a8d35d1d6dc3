"""Open sockets: who does not read, who floods, who goes away, and whose ear fails."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from realtime.message import Message
from realtime.sockets import socket as sockets
from realtime.sockets.pulse import TICKS, Pulse
from realtime.sockets.socket import A_TURN, BUSY, Socket
from tests.realtime.sockets.echo import (
    CLOSE,
    FIN,
    PATIENCE,
    PING,
    PONG,
    TEXT,
    Echo,
    Place,
    frame,
    serving,
    wired,
)

HELLO = frame(TEXT, b"hello")
ECHO = (FIN | TEXT, b"hello")
GOODBYE = (FIN | CLOSE, (1000).to_bytes(2, "big"))


class Writer(Echo):
    """Writes for ever, and waits while the socket is busy, as a writer should."""

    MESSAGE = Message("x" * 1000)

    def __init__(self, socket: Socket) -> None:
        super().__init__(socket)
        self.written = 0
        self.stopped = asyncio.Event()
        self.drained()

    def full(self) -> None:
        """Writing stops, or should."""

    def drained(self) -> None:
        self.drains += 1
        while not self.socket.busy and not self.socket.closing:
            self.socket.write(self.MESSAGE)
            self.written += 1
            if self.written % 50 == 0:
                return asyncio.get_running_loop().call_soon(self.drained)
        self.stopped.set()


async def test_who_does_not_read_makes_the_socket_busy_and_memory_stays():
    async with serving(Writer) as place, wired(place) as wire:
        wire.writer.transport.pause_reading()
        ear = place.ears[0]
        async with asyncio.timeout(PATIENCE):
            await ear.stopped.wait()
        unsent = ear.socket._transport.get_write_buffer_size()

        assert ear.socket.busy
        assert BUSY <= unsent < BUSY + 100_000
        written = ear.written
        wire.writer.transport.resume_reading()
        async with asyncio.timeout(PATIENCE):
            while ear.written == written:
                await wire.frame()
        assert ear.drains > 1, "it was told that it may write again"


class Alarm(Echo):
    """Notes in which turn of the loop it heard what."""

    turns: list[int]

    def __init__(self, socket: Socket) -> None:
        super().__init__(socket)
        self.turns = []
        self.turn = 0
        self._counting = asyncio.get_running_loop().call_soon(self._count)

    def _count(self) -> None:
        self.turn += 1
        self._counting = asyncio.get_running_loop().call_soon(self._count)

    def hear_text(self, text: str) -> None:
        self.turns.append(self.turn)

    def gone(self) -> None:
        self._counting.cancel()
        super().gone()


def most_in_a_turn(turns: list[int]) -> int:
    return max(turns.count(each) for each in set(turns))


async def test_one_who_floods_is_heard_in_turns():
    async with serving(Alarm) as place, wired(place) as wire:
        await wire.send(frame(TEXT, b"x") * 1000, frame(PING, b"end"))
        assert await wire.frame() == (FIN | PONG, b"end")
        turns = place.ears[0].turns

        assert len(turns) == 1000
        assert most_in_a_turn(turns) <= 2 * A_TURN  # the rest of one read, and the next one


async def test_large_messages_count_for_several():
    large = frame(TEXT, b"x" * 60_000)
    async with serving(Alarm) as place, wired(place) as wire:
        await wire.send(large * 30, frame(PING, b"end"))
        assert await wire.frame() == (FIN | PONG, b"end")
        turns = place.ears[0].turns

        assert len(turns) == 30
        assert most_in_a_turn(turns) <= 4


async def test_a_flood_costs_others_little_and_holds_no_memory():
    """Two megabytes of one-byte messages, 300 000 of them. What was read waits; nothing more is
    read meanwhile."""
    count = 300_000
    async with serving(Silent) as place, wired(place) as flooder, wired(place) as other:
        ear, answers, held = place.ears[0], 0, 0
        flooding = asyncio.create_task(flooder.send(frame(TEXT, b"x") * count))
        while ear.count < count:
            await other.send(frame(PING))
            assert await other.frame() == (FIN | PONG, b"")
            answers += 1
            held = max(held, len(ear.socket._reader._buffer))
        await flooding

    assert answers > 200, "others were answered meanwhile"
    assert 0 < held < 600_000


class Silent(Echo):
    count = 0

    def hear_text(self, text: str) -> None:
        self.count += 1


async def test_what_was_read_before_the_peer_hung_up_is_still_heard():
    async with serving(Silent) as place, wired(place) as wire:
        await wire.send(frame(TEXT, b"x") * 1000)
        wire.writer.write_eof()
        async with asyncio.timeout(PATIENCE):
            await place.ears[0].ended.wait()

        assert place.ears[0].count == 1000


async def test_one_who_pings_and_does_not_read_is_owed_the_latest_pong_alone():
    async with serving(Writer) as place, wired(place) as wire:
        wire.writer.transport.pause_reading()
        ear = place.ears[0]
        async with asyncio.timeout(PATIENCE):
            await ear.stopped.wait()
        unsent = ear.socket._transport.get_write_buffer_size()
        for n in range(1000):
            ear.socket._answer(b"%03d" % n + bytes(122))
        assert ear.socket._transport.get_write_buffer_size() <= unsent

        ear.drained = lambda: None
        wire.writer.transport.resume_reading()
        while (found := await wire.frame())[0] != FIN | PONG:
            assert found[0] == FIN | TEXT
        assert found[1][:3] == b"999"


# Ears that fail -----------------------------------------------------------------------------


class Broken(Echo):
    def hear_text(self, text: str) -> None:
        raise RuntimeError("this ear is broken")

    def gone(self) -> None:
        super().gone()
        raise RuntimeError("this one too")


async def test_an_ear_that_fails_closes_its_own_socket_alone(caplog):
    async with serving() as place, wired(place) as other:
        place.ear = Broken
        async with wired(place) as wire:
            await wire.send(HELLO)
            assert await wire.frame() == (FIN | CLOSE, (1011).to_bytes(2, "big"))
            await wire.send(frame(CLOSE, (1011).to_bytes(2, "big")))
            await wire.hung_up()
        await other.send(HELLO)
        assert await other.frame() == ECHO

    assert place.ears[1].ends == 1
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 2
    assert "a message could not be heard" in caplog.text


class Drowned(Writer):
    def drained(self) -> None:
        if self.stopped.is_set():
            raise RuntimeError("this writer is broken")
        super().drained()


async def test_a_writer_that_fails_closes_its_socket(caplog):
    async with serving(Drowned) as place, wired(place) as wire:
        wire.writer.transport.pause_reading()
        async with asyncio.timeout(PATIENCE):
            await place.ears[0].stopped.wait()
        wire.writer.transport.resume_reading()
        found = await wire.frame()
        while found[0] == FIN | TEXT:
            found = await wire.frame()

        assert found == (FIN | CLOSE, (1011).to_bytes(2, "big"))
    assert "a socket's writer failed" in caplog.text


async def test_a_socket_that_nobody_can_listen_to_is_closed(caplog):
    def nobody(socket: Socket) -> Echo:
        raise RuntimeError("nobody is there")

    async with serving(nobody) as place, wired(place) as wire:
        assert await wire.frame() == (FIN | CLOSE, (1011).to_bytes(2, "big"))
    assert "nobody could listen" in caplog.text


# Closing ------------------------------------------------------------------------------------


class Closer(Echo):
    """Says something and goodbye, twice."""

    def hear_text(self, text: str) -> None:
        super().hear_text(text)
        self.heard.append(text)
        self.socket.close(4001)
        self.socket.close(4002)
        self.socket.write(Message("too late"))


async def test_a_goodbye_comes_after_what_was_said_and_is_said_once():
    async with serving(Closer) as place, wired(place) as wire:
        await wire.send(HELLO + HELLO)
        assert await wire.frame() == ECHO
        assert await wire.frame() == (FIN | CLOSE, (4001).to_bytes(2, "big"))
        await wire.send(HELLO, frame(CLOSE, (4001).to_bytes(2, "big")))
        await wire.hung_up()
        wire.drop()
        async with asyncio.timeout(PATIENCE):
            await place.ears[0].ended.wait()

        assert place.ears[0].heard == ["hello"], "nothing is heard after one's own goodbye"
        assert place.ears[0].ends == 1


@pytest.fixture
def short_goodbye(monkeypatch):
    monkeypatch.setattr(sockets, "GOODBYE", 0.05)


async def test_a_peer_that_does_not_say_goodbye_is_left(short_goodbye):
    async with serving(Closer) as place, wired(place) as wire:
        await wire.send(HELLO)
        await wire.frames()
        async with asyncio.timeout(PATIENCE):
            await place.ears[0].ended.wait()


async def test_a_peer_that_says_goodbye_and_does_not_read_is_left(short_goodbye):
    async with serving(Writer) as place, wired(place) as wire:
        wire.writer.transport.pause_reading()
        async with asyncio.timeout(PATIENCE):
            await place.ears[0].stopped.wait()
            await wire.send(frame(CLOSE))
            await place.ears[0].ended.wait()


async def test_one_who_breaks_the_protocol_reads_why_though_they_go_on_sending(short_goodbye):
    """Unread bytes would turn the end into a reset, which throws the close frame away."""
    async with serving() as place, wired(place) as wire:
        await wire.send(frame(3), frame(TEXT, b"x" * 1000) * 500)

        assert await wire.frames() == [(FIN | CLOSE, (1002).to_bytes(2, "big"))]


async def test_an_aborted_socket_is_gone_at_once_and_takes_no_more():
    async with serving() as place, wired(place) as wire:
        ear = place.ears[0]
        ear.socket.abort()
        ear.socket.abort()
        ear.socket.write(Message("too late"))
        ear.socket.close(1000)
        async with asyncio.timeout(PATIENCE):
            await ear.ended.wait()
        ear.socket.write(Message("too late"))
        ear.socket.close(1000)
        ear.socket.abort()
        await wire.hung_up()

        assert ear.ends == 1


async def test_a_peer_that_vanishes_is_told_to_the_ear_once_and_forgotten():
    pulse = Pulse()
    async with serving(pulse=pulse) as place, wired(place) as wire:
        assert (len(pulse), len(place.state.connections)) == (1, 1)
        wire.drop()
        async with asyncio.timeout(PATIENCE):
            await place.ears[0].ended.wait()

        assert place.ears[0].ends == 1
        assert (len(pulse), len(place.state.connections)) == (0, 0)


class Impatient(Echo):
    def hear_text(self, text: str) -> None:
        self.heard.append(text)
        if len(self.heard) == 100:
            self.socket.abort()


async def test_a_flood_may_be_cut_in_the_middle(caplog):
    async with serving(Impatient) as place, wired(place) as wire:
        await wire.send(frame(TEXT, b"x") * 1000)
        async with asyncio.timeout(PATIENCE):
            await place.ears[0].ended.wait()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    assert len(place.ears[0].heard) == 100
    assert caplog.records == []


# Signs of life ------------------------------------------------------------------------------


async def test_a_silent_socket_is_pinged_and_then_cut():
    async with serving(pulse=Pulse(0.05)) as place, wired(place) as wire:
        assert await wire.frames() == [(FIN | PING, b"")]
        assert place.ears[0].ends == 1


async def test_a_socket_that_answers_its_pings_lives():
    async with serving(pulse=Pulse(0.05)) as place, wired(place) as wire:
        for _ in range(5):
            assert await wire.frame() == (FIN | PING, b"")
            await wire.send(frame(PONG))

        assert not place.ears[0].socket.closing


async def test_a_message_that_never_ends_is_not_waited_for():
    """Byte by byte they are alive, and hold as much memory as the largest message."""
    async with serving(pulse=Pulse(0.05)) as place, wired(place) as wire:
        await wire.send(frame(TEXT, b"x" * 60_000)[:50_000])
        async with asyncio.timeout(PATIENCE):
            while not place.ears[0].ended.is_set():
                with suppress(ConnectionError):
                    await wire.send(b"y")
                await asyncio.sleep(0.02)

    assert place.ears[0].heard == []


async def test_a_socket_that_closes_and_does_not_end_is_cut(monkeypatch):
    monkeypatch.setattr(sockets, "GOODBYE", 60)
    async with serving(Closer, pulse=Pulse(0.05)) as place, wired(place) as wire:
        await wire.send(HELLO)
        assert [first for first, _ in await wire.frames()] == [FIN | TEXT, FIN | CLOSE]
        async with asyncio.timeout(PATIENCE):
            await place.ears[0].ended.wait()


async def test_pings_are_spread_over_a_round():
    pulse, ticks, done = Pulse(0.2), [0], asyncio.Event()

    class Life:
        beats = 0

        def beat(self) -> None:
            self.beats += 1
            at[pulse._now] = at.get(pulse._now, 0) + 1
            ticks[0] += 1
            if ticks[0] == 1000:
                done.set()

    at: dict[int, int] = {}
    lives = [Life() for _ in range(500)]
    places = [pulse.join(each) for each in lives]
    async with asyncio.timeout(PATIENCE):
        await done.wait()

    assert len(at) == TICKS
    assert {each.beats for each in lives} == {2}, "each once in a round"
    for life, place in zip(lives, places, strict=True):
        pulse.leave(life, place)
    assert len(pulse) == 0
    assert pulse._timer is None


# What it weighs, and how it is compressed ---------------------------------------------------


async def test_a_socket_has_nothing_but_its_slots():
    async with serving() as place, wired(place):
        assert not hasattr(place.ears[0].socket, "__dict__")
        assert not hasattr(place.ears[0].socket._reader, "__dict__")


def address(place: Place) -> str:
    return f"ws://127.0.0.1:{place.port}/echo"


@pytest.mark.parametrize("compression", [None, "deflate"])
@pytest.mark.parametrize("message", ["é" * 5000, "short", "", bytes(5000), b""])
async def test_a_stock_client_is_understood_and_understands(compression, message):
    async with serving() as place:
        async with connect(address(place), compression=compression) as client:
            assert ("Sec-WebSocket-Extensions" in client.response.headers) == bool(compression)
            await client.send(message)
            assert await client.recv() == message
            await client.send([message[:7], message[7:11], message[11:]])
            assert await client.recv() == message
            await (await client.ping())
        assert client.close_code == 1000


async def test_a_stock_client_is_told_the_code():
    async with serving(Closer) as place, connect(address(place)) as client:
        await client.send("hello")
        assert await client.recv() == "hello"
        with pytest.raises(ConnectionClosed) as raised:
            await client.recv()

        assert raised.value.rcvd.code == 4001


async def test_compression_can_be_declined():
    async with serving(deflate=False) as place, connect(address(place)) as client:
        assert "Sec-WebSocket-Extensions" not in client.response.headers
