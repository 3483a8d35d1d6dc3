"""RFC 6455 by the cases of Autobahn's testsuite, groups 1 to 7 and 10, against a real server.

The testsuite itself does not run on Python 3: these are its cases, numbered as there, on a socket
of bare bytes. What each expects is what it calls "OK" or "non-strict".
"""

from __future__ import annotations

import pytest

from tests.realtime.sockets.echo import (
    BINARY,
    CLOSE,
    CONTINUATION,
    FIN,
    PING,
    PONG,
    TEXT,
    frame,
    serving,
    wired,
)

GOODBYE = (1000).to_bytes(2, "big")
CLOSED = (FIN | CLOSE, GOODBYE)
SIZES = {1: 0, 2: 125, 3: 126, 4: 127, 5: 128, 6: 65535, 7: 65536}
CHOPPED_SIZES = {8: 65536}


def said(code: int) -> bytes:
    return code.to_bytes(2, "big")


async def exchanged(*pieces: bytes, chop: int = 0) -> list[tuple[int, bytes]]:
    """Everything the server says to these bytes, up to its end."""
    async with serving() as place, wired(place) as wire:
        if chop:
            await wire.send_chopped(b"".join(pieces), chop)
        else:
            await wire.send(*pieces)
        return await wire.frames()


async def assert_echoed(*pieces: bytes, gives: list[tuple[int, bytes]], chop: int = 0) -> None:
    """These frames give those, and the socket still says goodbye as it should."""
    assert await exchanged(*pieces, frame(CLOSE, GOODBYE), chop=chop) == [*gives, CLOSED]


async def assert_failed(
    *pieces: bytes, code: int, before: list[tuple[int, bytes]] | None = None, chop: int = 0
) -> None:
    """These bytes end the socket with the code, after what was answered before."""
    assert await exchanged(*pieces, chop=chop) == [*(before or []), (FIN | CLOSE, said(code))]


def text(payload: bytes) -> tuple[int, bytes]:
    return (FIN | TEXT, payload)


def binary(payload: bytes) -> tuple[int, bytes]:
    return (FIN | BINARY, payload)


def pong(payload: bytes = b"") -> tuple[int, bytes]:
    return (FIN | PONG, payload)


# 1: framing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES.values(), ids=[f"1.1.{n}" for n in SIZES])
async def test_text_of_any_size_is_echoed(size):
    await assert_echoed(frame(TEXT, b"*" * size), gives=[text(b"*" * size)])


@pytest.mark.parametrize("size", SIZES.values(), ids=[f"1.2.{n}" for n in SIZES])
async def test_bytes_of_any_size_are_echoed(size):
    await assert_echoed(frame(BINARY, b"\xfe" * size), gives=[binary(b"\xfe" * size)])


@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["1.1.8", "1.2.8"])
async def test_a_large_message_in_pieces_of_997_bytes_is_echoed(opcode):
    payload = b"*" * 65536
    await assert_echoed(frame(opcode, payload), gives=[(FIN | opcode, payload)], chop=997)


# 2: pings and pongs -------------------------------------------------------------------------

PINGS = {"2.1": b"", "2.2": b"Hello, world!", "2.3": b"\x00\xff\xfe\xfd\xfc\xfb\x00\xff"}
PINGS["2.4"] = b"\xfe" * 125


@pytest.mark.parametrize("payload", PINGS.values(), ids=PINGS)
async def test_a_ping_is_answered_with_what_it_held(payload):
    await assert_echoed(frame(PING, payload), gives=[pong(payload)])


async def test_a_ping_of_126_bytes_is_refused():
    """2.5"""
    await assert_failed(frame(PING, b"\xfe" * 126), code=1002)


async def test_a_ping_byte_by_byte_is_answered():
    """2.6"""
    await assert_echoed(frame(PING, b"\xfe" * 125), gives=[pong(b"\xfe" * 125)], chop=1)


@pytest.mark.parametrize("payload", [b"", b"unsolicited"], ids=["2.7", "2.8"])
async def test_an_unsolicited_pong_is_ignored(payload):
    await assert_echoed(frame(PONG, payload), gives=[])


async def test_a_ping_after_an_unsolicited_pong_is_answered():
    """2.9"""
    await assert_echoed(frame(PONG, b"unsolicited"), frame(PING, b"p"), gives=[pong(b"p")])


@pytest.mark.parametrize("chop", [0, 1], ids=["2.10", "2.11"])
async def test_ten_pings_are_answered_in_order(chop):
    pings = [b"payload-%d" % n for n in range(10)]
    await assert_echoed(*(frame(PING, p) for p in pings), gives=[pong(p) for p in pings], chop=chop)


# 3: reserved bits ---------------------------------------------------------------------------

HELLO = frame(TEXT, b"Hello, world!")
ECHO = text(b"Hello, world!")


def reserved(bits: int, opcode: int = TEXT, payload: bytes = b"Hello, world!") -> bytes:
    return frame(opcode, payload, first=FIN | bits << 4)


async def test_a_reserved_bit_ends_the_socket():
    """3.1"""
    await assert_failed(reserved(1), code=1002)


RESERVED = {"3.2": (2, 0), "3.3": (3, 0), "3.4": (4, 1)}


@pytest.mark.parametrize(("bits", "chop"), RESERVED.values(), ids=RESERVED)
async def test_a_reserved_bit_after_a_message_ends_the_socket(bits, chop):
    pieces = (HELLO, reserved(bits), frame(PING))
    await assert_failed(*pieces, code=1002, before=[ECHO], chop=chop)


@pytest.mark.parametrize(
    ("bits", "opcode"), [(5, BINARY), (6, PING), (7, CLOSE)], ids=["3.5", "3.6", "3.7"]
)
async def test_reserved_bits_on_any_frame_end_the_socket(bits, opcode):
    await assert_failed(reserved(bits, opcode), code=1002)


# 4: opcodes ---------------------------------------------------------------------------------

OPCODES = {f"4.{group}.{n}": 8 * (group - 1) + 2 + n for group in (1, 2) for n in range(1, 6)}


@pytest.mark.parametrize("name", OPCODES)
async def test_a_reserved_opcode_ends_the_socket(name):
    first, opcode = int(name[-1]), OPCODES[name]
    bad = frame(opcode, b"" if first in (1, 3) else b"reserved opcode payload")
    if first < 3:
        await assert_failed(bad, code=1002)
    else:
        chop = 1 if first == 5 else 0
        await assert_failed(HELLO, bad, frame(PING), code=1002, before=[ECHO], chop=chop)


# 5: fragments -------------------------------------------------------------------------------


def part(opcode: int, payload: bytes = b"") -> bytes:
    return frame(opcode, payload, first=0)


def last(payload: bytes = b"") -> bytes:
    return frame(CONTINUATION, payload)


@pytest.mark.parametrize("opcode", [PING, PONG], ids=["5.1", "5.2"])
async def test_a_control_frame_in_fragments_ends_the_socket(opcode):
    await assert_failed(part(opcode, b"fragment1"), last(b"fragment2"), code=1002)


TWO = (part(TEXT, b"fragment1"), last(b"fragment2"))
WHOLE = text(b"fragment1fragment2")


@pytest.mark.parametrize("together", [False, True], ids=["5.3", "5.4"])
async def test_fragments_are_put_together(together):
    pieces = [b"".join(TWO)] if together else TWO
    await assert_echoed(*pieces, gives=[WHOLE])


async def test_fragments_byte_by_byte_are_put_together():
    """5.5"""
    await assert_echoed(*TWO, gives=[WHOLE], chop=1)


@pytest.mark.parametrize("chop", [0, 2000, 1], ids=["5.6", "5.7", "5.8"])
async def test_a_ping_between_fragments_is_answered_at_once(chop):
    pieces = (TWO[0], frame(PING, b"ping payload"), TWO[1])
    await assert_echoed(*pieces, gives=[pong(b"ping payload"), WHOLE], chop=chop)


@pytest.mark.parametrize("chop", [0, 2000, 1], ids=["5.9", "5.10", "5.11"])
async def test_a_continuation_of_nothing_ends_the_socket(chop):
    pieces = (last(b"non-continuation payload"), HELLO)
    await assert_failed(*pieces, code=1002, chop=chop)


@pytest.mark.parametrize("chop", [0, 2000, 1], ids=["5.12", "5.13", "5.14"])
async def test_an_open_continuation_of_nothing_ends_the_socket(chop):
    pieces = (part(CONTINUATION, b"non-continuation payload"), HELLO)
    await assert_failed(*pieces, code=1002, chop=chop)


async def test_a_continuation_after_a_whole_message_ends_the_socket():
    """5.15"""
    pieces = (*TWO, part(CONTINUATION, b"fragment3"), frame(TEXT, b"fragment4"))
    await assert_failed(*pieces, code=1002, before=[WHOLE])


@pytest.mark.parametrize("first", [0, FIN], ids=["5.16", "5.17"])
async def test_a_continuation_before_the_text_ends_the_socket(first):
    pieces = (frame(CONTINUATION, b"fragment1", first=first), part(TEXT, b"f2"), last(b"f3"))
    await assert_failed(*pieces, code=1002)


async def test_a_second_text_within_fragments_ends_the_socket():
    """5.18"""
    await assert_failed(part(TEXT, b"fragment1"), frame(TEXT, b"fragment2"), code=1002)


@pytest.mark.parametrize("chop", [0, 7], ids=["5.19", "5.20"])
async def test_five_fragments_with_pings_between_are_put_together(chop):
    pieces = (
        part(TEXT, b"fragment1"),
        part(CONTINUATION, b"fragment2"),
        frame(PING, b"pongme 1!"),
        part(CONTINUATION, b"fragment3"),
        part(CONTINUATION, b"fragment4"),
        frame(PING, b"pongme 2!"),
        last(b"fragment5"),
    )
    whole = text(b"fragment1fragment2fragment3fragment4fragment5")
    gives = [pong(b"pongme 1!"), pong(b"pongme 2!"), whole]
    await assert_echoed(*pieces, gives=gives, chop=chop)
