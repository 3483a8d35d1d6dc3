"""The reader of frames: however a stream is cut, and whatever it holds."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.message import deflate
from realtime.sockets import frames
from realtime.sockets.faults import ProtocolError
from realtime.sockets.frames import MOST_FRAGMENTS, Close, Event, Ping, Pong, Reader, events
from tests.realtime.sockets.echo import (
    BINARY,
    CLOSE,
    CONTINUATION,
    FIN,
    PING,
    PONG,
    RSV1,
    TEXT,
    frame,
)

MOST = 1000
short = st.binary(max_size=125)
codes = st.sampled_from([1000, 1001, 1011, 3000, 4999])


@st.composite
def messages(draw) -> tuple[list[bytes], list[Event]]:
    """Frames, and the events that they are: a message in any fragments, controls between them."""
    said = draw(st.one_of(st.text(max_size=80), st.binary(max_size=300)))
    payload = said.encode() if isinstance(said, str) else said
    cuts = sorted(draw(st.lists(st.integers(0, len(payload)), max_size=3)))
    parts = [payload[a:b] for a, b in zip([0, *cuts], [*cuts, len(payload)], strict=True)]
    sent, found = [], []
    for n, piece in enumerate(parts):
        opcode = CONTINUATION if n else TEXT if isinstance(said, str) else BINARY
        sent.append(frame(opcode, piece, first=FIN if n == len(parts) - 1 else 0))
        if n < len(parts) - 1 and draw(st.booleans()):
            ping = draw(short)
            kind = draw(st.sampled_from([PING, PONG]))
            sent.append(frame(kind, ping))
            found.append(Ping(ping) if kind == PING else Pong(ping))
    return sent, [*found, said]


@given(st.lists(messages(), max_size=5), st.lists(st.integers(1, 40)), codes, st.text(max_size=20))
def test_a_stream_gives_the_same_events_wherever_it_is_cut(said, sizes, code, reason):
    stream = b"".join(piece for sent, _ in said for piece in sent)
    stream += frame(CLOSE, code.to_bytes(2, "big") + reason.encode())
    expected = [event for _, found in said for event in found] + [Close(code, reason)]

    assert read(stream, sizes) == expected
    assert read(stream, [1] * len(stream)) == expected


def read(stream: bytes, sizes: list[int]) -> list[Event]:
    reader, found, at = Reader(MOST), [], 0
    for size in [*sizes, len(stream)]:
        if stream[at : at + size]:
            found += events(reader, stream[at : at + size])
        at += size
    return found


@given(st.lists(st.binary(max_size=60), max_size=8), st.booleans())
def test_any_bytes_give_events_or_a_protocol_error(pieces, deflating):
    assert ending(pieces, deflating=deflating) in (None, 1002, 1007, 1009)


def ending(pieces: list[bytes], most: int = MOST, *, deflating: bool = False) -> int | None:
    """The code with which this ends; None if it may go on."""
    reader = Reader(most, deflating=deflating)
    try:
        for piece in pieces:
            for event in events(reader, piece):
                assert isinstance(event, str | bytes | Ping | Pong | Close)
    except ProtocolError as error:
        return error.code
    return None


opcodes = st.sampled_from([0, 1, 2, 8, 9, 10])


@given(st.lists(st.tuples(opcodes, st.booleans(), st.booleans(), short), max_size=8))
def test_any_well_masked_frames_give_events_or_a_protocol_error(given_frames):
    """Random bytes are seldom frames: these get further."""
    pieces = [
        frame(opcode, payload, first=FIN * final | RSV1 * compressed)
        for opcode, final, compressed, payload in given_frames
    ]

    assert ending(pieces, deflating=True) in (None, 1002, 1007, 1009)


@pytest.mark.parametrize("opcode", [TEXT, BINARY, CONTINUATION, PING])
def test_a_frame_without_a_mask_is_refused(opcode):
    assert refused(frame(opcode, b"x" * 20, mask=False)) == 1002


def refused(*pieces: bytes, most: int = MOST, deflating: bool = False) -> int | None:
    return ending(list(pieces), most, deflating=deflating)


@pytest.mark.parametrize("size", [0, 125, 126, 127, MOST])
def test_a_length_need_not_be_written_in_the_shortest_way(size):
    """RFC 6455 asks it of the sender; to be strict with it gains nothing."""
    payload = b"x" * size
    long = bytes([FIN | BINARY, 0x80 | 127]) + size.to_bytes(8, "big") + bytes(4) + payload

    assert read(long, [3, 9]) == [payload]


# What is too much ---------------------------------------------------------------------------


def test_a_message_may_be_as_large_as_the_limit_and_no_larger():
    assert read(frame(TEXT, b"x" * MOST), []) == ["x" * MOST]
    assert refused(frame(TEXT, b"x" * (MOST + 1))) == 1009


@pytest.mark.parametrize("size", [MOST + 1, 1 << 40, (1 << 64) - 1])
def test_a_frame_that_is_too_large_is_refused_before_it_comes(size):
    head = bytes([FIN | BINARY, 0x80 | 127]) + size.to_bytes(8, "big") + b"mask"

    assert refused(head) == 1009


def test_fragments_count_together():
    halves = [frame(TEXT, b"x" * 600, first=0), frame(CONTINUATION, b"x" * 400, first=0)]

    assert refused(*halves, frame(CONTINUATION, b"x")) == 1009
    assert read(b"".join(halves) + frame(CONTINUATION), []) == ["x" * MOST]


def test_a_fragment_that_makes_a_message_too_large_is_refused_before_it_comes():
    head = frame(CONTINUATION, b"x" * 500)[:8]

    assert refused(frame(TEXT, b"x" * 600, first=0), head) == 1009


def test_a_control_frame_within_a_full_message_is_heard():
    reader = Reader(MOST)
    sent = frame(TEXT, b"x" * MOST, first=0) + frame(PING, b"still there?")

    assert list(events(reader, sent)) == [Ping(b"still there?")]


def test_a_message_has_no_more_than_so_many_fragments():
    parts = [frame(TEXT, first=0)] + [frame(CONTINUATION, first=0)] * MOST_FRAGMENTS

    assert refused(*parts) == 1009
    assert read(b"".join(parts[:MOST_FRAGMENTS]), []) == []


# Time and memory ----------------------------------------------------------------------------


def test_a_reader_at_rest_holds_nothing():
    reader, stream = Reader(), frame(TEXT, b"x" * 70_000)
    assert list(events(reader, stream[:-1])) == []
    assert len(reader._buffer) == len(stream) - 1

    assert list(events(reader, stream[-1:])) == ["x" * 70_000]
    assert reader._buffer == b""
    assert isinstance(reader._buffer, bytes)
    assert not hasattr(reader, "__dict__")


def test_a_large_message_in_tiny_pieces_takes_linear_time():
    """To copy what has come for every two bytes that come would copy 62 GB here."""
    stream = frame(BINARY, b"x" * 500_000)
    reader, found = Reader(), []
    begun = time.process_time()
    for at in range(0, len(stream), 2):
        found += events(reader, stream[at : at + 2])

    assert found == [b"x" * 500_000]
    assert time.process_time() - begun < 2


def test_many_small_messages_at_once_take_linear_time():
    """A slice of the rest for every message would copy 26 GB here."""
    reader, count = Reader(), 100_000
    begun = time.process_time()

    assert sum(1 for _ in events(reader, frame(TEXT, b"x") * count)) == count
    assert time.process_time() - begun < 2


# Compression --------------------------------------------------------------------------------


def compressed(payload: bytes) -> bytes:
    return frame(TEXT, deflate(payload), first=FIN | RSV1)


def test_a_compressed_message_is_inflated():
    reader = Reader(MOST, deflating=True)

    assert list(events(reader, compressed("é".encode() * 400))) == ["é" * 400]


def test_a_compressed_message_may_come_in_fragments():
    whole = deflate("é".encode() * 400)
    parts = [frame(TEXT, whole[:3], first=RSV1), frame(CONTINUATION, whole[3:])]

    assert list(events(Reader(MOST, deflating=True), b"".join(parts))) == ["é" * 400]


def test_a_bomb_is_refused_without_being_inflated():
    bomb = frame(BINARY, deflate(bytes(50_000_000)), first=FIN | RSV1)
    tracemalloc.start()
    try:
        assert refused(bomb, most=512 * 1024, deflating=True) == 1009
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("payload", [b"\xff\xff\xff\xff", b"\x07", b"\x03\x00hidden"])
def test_what_cannot_be_inflated_is_refused(payload):
    assert refused(frame(TEXT, payload, first=FIN | RSV1), deflating=True) == 1007


def test_text_is_checked_once_inflated():
    assert refused(compressed(b"\xff\xfe" * 200), deflating=True) == 1007


def test_the_compression_bit_is_for_the_first_frame_of_a_message_alone():
    continued = frame(CONTINUATION, b"x", first=FIN | RSV1)

    assert refused(frame(TEXT, b"x", first=0), continued, deflating=True) == 1002
    assert refused(frame(PING, b"x", first=FIN | RSV1), deflating=True) == 1002
    assert refused(compressed(b"x")) == 1002


# Unmasking without the extension ------------------------------------------------------------


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_both_ways_to_unmask_agree(payload, mask):
    assert frames.xored(payload, mask) == frames.apply_mask(payload, mask)
