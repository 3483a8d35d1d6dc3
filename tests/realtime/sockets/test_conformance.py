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


# 6: UTF-8 -----------------------------------------------------------------------------------

KOSME = bytes.fromhex("cebae1bdb9cf83cebcceb5")  # with an accent of three bytes
GERMAN = "Hello-µ@ßöäüàá-UTF-8!!".encode()
SURROGATE = bytes.fromhex("cebae1bdb9cf83cebcceb5eda080656469746564")
BEYOND = (bytes.fromhex("cebae1bdb9cf83cebcceb5f4"), b"\x90", b"\x80\x80edited")


def fragments(*payloads: bytes) -> list[bytes]:
    first, *between, end = payloads
    parts = [part(CONTINUATION, each) for each in between]
    return [part(TEXT, first), *parts, last(end)]


def octets(payload: bytes) -> list[bytes]:
    """Every byte a fragment of its own."""
    return fragments(*(payload[n : n + 1] for n in range(len(payload))))


VALID_IN_FRAMES = {
    "6.1.1": [frame(TEXT)],
    "6.1.2": fragments(b"", b"", b""),
    "6.1.3": fragments(b"", b"middle frame payload", b""),
    "6.2.1": [frame(TEXT, GERMAN)],
    "6.2.2": fragments(GERMAN[:14], GERMAN[14:]),
    "6.2.3": octets(GERMAN),
    "6.2.4": octets(KOSME),
    "6.5.1": [frame(TEXT, KOSME)],
    "6.5.2": fragments(KOSME[:5], KOSME[5:]),
    "6.5.3": fragments(KOSME[:4], KOSME[4:]),  # within a character
    "6.5.4": fragments(KOSME, b""),
    "6.5.5": fragments(b"", KOSME),
}
TEXTS = {"6.1.1": b"", "6.1.2": b"", "6.1.3": b"middle frame payload"}
TEXTS |= dict.fromkeys(("6.2.1", "6.2.2", "6.2.3"), GERMAN)


@pytest.mark.parametrize("name", VALID_IN_FRAMES)
async def test_text_is_echoed_wherever_it_is_cut(name):
    await assert_echoed(*VALID_IN_FRAMES[name], gives=[text(TEXTS.get(name, KOSME))])


@pytest.mark.parametrize(
    "pieces", [[frame(TEXT, SURROGATE)], octets(SURROGATE)], ids=["6.3.1", "6.3.2"]
)
async def test_text_that_is_none_ends_the_socket(pieces):
    await assert_failed(*pieces, code=1007)


@pytest.mark.parametrize(
    "pieces", [(BEYOND[0] + b"\x90", b"\x80\x80"), BEYOND[:2]], ids=["6.4.1", "6.4.2"]
)
async def test_text_in_fragments_fails_as_soon_as_it_can_no_longer_be_valid(pieces):
    """The message is never ended: only a server that looks at each fragment says anything."""
    first, second = pieces
    await assert_failed(part(TEXT, first), part(CONTINUATION, second), code=1007)


@pytest.mark.parametrize("chop", [13, 12], ids=["6.4.3", "6.4.4"])
async def test_text_in_one_frame_fails_when_it_is_complete(chop):
    """Within a frame we wait for its end, which Autobahn calls non-strict."""
    await assert_failed(frame(TEXT, b"".join(BEYOND)), code=1007, chop=chop)


def cases(group: str, *payloads: bytes) -> dict[str, bytes]:
    return {f"{group}.{n}": payload for n, payload in enumerate(payloads, 1)}


def hexes(group: str, payloads: str) -> dict[str, bytes]:
    return cases(group, *map(bytes.fromhex, payloads.split()))


def lonely(first: int, end: int) -> bytes:
    """Start bytes, each followed by a space."""
    return b"".join(bytes((start, 0x20)) for start in range(first, end))


PREFIXES = cases("6.6", *(KOSME[:n] for n in range(1, len(KOSME) + 1)))
WHOLE_CHARACTERS = {"6.6.2", "6.6.5", "6.6.7", "6.6.9", "6.6.11"}
INCOMPLETE = hexes("6.14", "c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf")
VALID_TEXT = {
    **{name: payload for name, payload in PREFIXES.items() if name in WHOLE_CHARACTERS},
    **hexes("6.7", "00 c280 e0a080 f0908080"),
    **hexes("6.9", "7f dfbf efbfbf f48fbfbf"),
    **hexes("6.11", "ed9fbf ee8080 efbfbd f48fbfbf"),
    **cases("6.22", *(chr(n << 16 | end).encode() for n in range(17) for end in (0xFFFE, 0xFFFF))),
    **cases("6.23", *(chr(n).encode() for n in range(0xFFF9, 0x10000))),
}
INVALID_TEXT = {
    **{name: payload for name, payload in PREFIXES.items() if name not in WHOLE_CHARACTERS},
    **hexes("6.8", "f888808080 fc8480808080"),
    **hexes("6.10", "f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf"),
    "6.11.5": bytes.fromhex("f4908080"),
    **hexes("6.12", "80 bf 80bf 80bf80 80bf80bf 80bf80bf80 80bf80bf80bf"),
    "6.12.8": bytes(range(0x80, 0xC0)),
    **cases("6.13", lonely(0xC0, 0xE0), lonely(0xE0, 0xF0), lonely(0xF0, 0xF8)),
    "6.13.4": lonely(0xF8, 0xFC),
    "6.13.5": lonely(0xFC, 0xFE),
    **INCOMPLETE,
    "6.15.1": b"".join(INCOMPLETE.values()),
    **hexes("6.16", "fe ff fefeffff"),
    **hexes("6.17", "c0af e080af f08080af f8808080af fc80808080af"),
    **hexes("6.18", "c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf"),
    **hexes("6.19", "c080 e08080 f0808080 f880808080 fc8080808080"),
    **hexes("6.20", "eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf"),
    **hexes("6.21", "eda080edb080 eda080edbfbf edadbfedb080 edadbfedbfbf"),
    "6.21.5": bytes.fromhex("edae80edb080"),
    "6.21.6": bytes.fromhex("edae80edbfbf"),
    "6.21.7": bytes.fromhex("edafbfedb080"),
    "6.21.8": bytes.fromhex("edafbfedbfbf"),
}


@pytest.mark.parametrize("name", VALID_TEXT)
async def test_valid_text_is_echoed(name):
    await assert_echoed(frame(TEXT, VALID_TEXT[name]), gives=[text(VALID_TEXT[name])])


@pytest.mark.parametrize("name", INVALID_TEXT)
async def test_invalid_text_ends_the_socket(name):
    await assert_failed(frame(TEXT, INVALID_TEXT[name]), code=1007)


# 7: closing ---------------------------------------------------------------------------------

BYE = frame(CLOSE, GOODBYE)


async def test_a_goodbye_after_a_message_is_answered():
    """7.1.1"""
    await assert_echoed(HELLO, gives=[ECHO])


@pytest.mark.parametrize("after", [BYE, frame(PING), HELLO], ids=["7.1.2", "7.1.3", "7.1.4"])
async def test_nothing_is_heard_after_a_goodbye(after):
    assert await exchanged(BYE + after) == [CLOSED]


async def test_a_goodbye_within_fragments_is_answered():
    """7.1.5"""
    assert await exchanged(part(TEXT, b"fragment1"), BYE, last(b"fragment2")) == [CLOSED]


async def test_a_goodbye_waits_for_a_large_message_before_it():
    """7.1.6"""
    large = b"BAsd7&jh23" * 26214
    assert await exchanged(frame(TEXT, large), BYE, frame(PING)) == [text(large), CLOSED]


GOODBYES = {
    "7.3.1": b"",
    "7.3.3": GOODBYE,
    "7.3.4": GOODBYE + b"Hello World!",
    "7.3.5": GOODBYE + b"*" * 123,
}


@pytest.mark.parametrize("name", GOODBYES)
async def test_a_goodbye_is_answered_with_its_code(name):
    assert await exchanged(frame(CLOSE, GOODBYES[name])) == [(FIN | CLOSE, GOODBYES[name][:2])]


BAD_GOODBYES = {
    "7.3.2": (b"a", 1002),
    "7.3.6": (GOODBYE + b"*" * 124, 1002),
    "7.5.1": (GOODBYE + SURROGATE, 1007),
}


@pytest.mark.parametrize("name", BAD_GOODBYES)
async def test_a_goodbye_that_is_none_is_refused(name):
    payload, code = BAD_GOODBYES[name]
    await assert_failed(frame(CLOSE, payload), code=code)


CODES = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999)
BAD_CODES = (0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999)
BAD = {f"7.9.{n}": code for n, code in enumerate(BAD_CODES, 1)}
BAD |= {"7.13.1": 5000, "7.13.2": 65535, "1015": 1015}


@pytest.mark.parametrize("code", CODES, ids=[f"7.7.{n}" for n, _ in enumerate(CODES, 1)])
async def test_a_code_that_may_be_said_is_echoed(code):
    assert await exchanged(frame(CLOSE, said(code))) == [(FIN | CLOSE, said(code))]


@pytest.mark.parametrize("name", BAD)
async def test_a_code_that_may_not_be_said_is_refused(name):
    await assert_failed(frame(CLOSE, said(BAD[name])), code=1002)


# 10: fragments made by a library ------------------------------------------------------------


async def test_64_kib_in_fragments_of_1300_bytes_are_put_together():
    """10.1.1"""
    payload = b"*" * 65536
    pieces = fragments(*(payload[n : n + 1300] for n in range(0, len(payload), 1300)))
    await assert_echoed(*pieces, gives=[text(payload)])
