"""Whose cursor is where: what is told, what is believed, and what is not."""

from __future__ import annotations

import json
import time

import pytest

from realtime.documents.awareness import CLIENTS, GONE_KEPT, Awareness, read_awareness
from realtime.documents.document import Owners
from realtime.documents.guard import Rejected
from tests.realtime.rooms import Clock
from tests.realtime.updates import number, string

ANA, BEN = 7, 9


def message(*states: tuple[int, int, object]) -> bytes:
    body = number(len(states))
    for client, clock, state in states:
        body += number(client) + number(clock)
        body += string(state if isinstance(state, str) else json.dumps(state))
    return b"\x01" + number(len(body)) + body


class Room:
    """An awareness, and Ana and Ben in it."""

    def __init__(self) -> None:
        self.clock, self.owners = Clock(), Owners()
        self.awareness = Awareness(self.owners, clock=self.clock)

    def ana(self, *states, connection="ana's tab") -> None:
        self.awareness.receive(message(*states), "ana", "Ana", 1, connection)

    def ben(self, *states, connection="ben's tab") -> None:
        self.awareness.receive(message(*states), "ben", "Ben", 2, connection)

    def shown(self, since: int = 0) -> dict[int, object]:
        told = self.awareness.since(since)
        return {client: state for client, _, state in read_awareness(told)} if told else {}


@pytest.fixture
def room():
    return Room()


def test_a_cursor_is_told_and_signed_by_us(room):
    room.ana((ANA, 1, {"cursor": {"anchor": 1}, "user": {"name": "The mayor", "color": "red"}}))
    signed = {"name": "Ana", "color": "#14598a", "id": "ana"}
    assert room.shown() == {ANA: {"cursor": {"anchor": 1}, "user": signed}}


def test_the_latest_wins(room):
    room.ana((ANA, 5, {"at": 5}))
    room.ana((ANA, 4, {"at": 4}))
    room.ana((ANA, 5, {"at": "five again"}))
    assert room.shown()[ANA]["at"] == 5
    room.ana((ANA, 6, {"at": 6}))
    assert room.shown()[ANA]["at"] == 6


def test_readers_are_told_what_is_new_to_them(room):
    room.ana((ANA, 1, {"at": 1}))
    room.ben((BEN, 1, {"at": 1}))
    version = room.awareness.version
    room.ben((BEN, 2, {"at": 2}))

    assert room.shown(version).keys() == {BEN}
    assert room.shown().keys() == {ANA, BEN}
    assert room.awareness.since(room.awareness.version) is None
    assert room.awareness.since(version) is room.awareness.since(version)


def test_who_leaves_is_gone_with_all_their_cursors(room):
    room.ana((ANA, 3, {}), (ANA + 100, 1, {}))
    room.ana((ANA + 200, 1, {}), connection="another tab")
    version = room.awareness.version

    room.awareness.leave("ana's tab")

    assert room.shown(version) == {ANA: None, ANA + 100: None}
    assert room.shown().keys() == {ANA + 200}
    told = read_awareness(room.awareness.since(version))
    assert (ANA, 4, None) in told, "with the next clock, so that others believe it"
    room.ana((ANA, 5, {}))
    assert room.shown().keys() == {ANA, ANA + 200}


def test_one_may_leave_by_oneself(room):
    room.ana((ANA, 3, {}))
    room.ana((ANA, 3, None))
    assert room.shown() == {}


def test_nobody_moves_removes_or_takes_anothers(room):
    room.ana((ANA, 1, {"at": 1}))
    for state in ({"at": 2}, None):
        with pytest.raises(Rejected, match="client-taken"):
            room.ben((BEN, 1, {}), (ANA, 2**50, state))
    assert room.shown().keys() == {ANA}, "nothing of a refused message counts"
    assert room.shown()[ANA]["at"] == 1


def test_stock_clients_repeat_what_they_are_told_of_others(room):
    room.ana((ANA, 3, {"at": 1}))
    told = room.awareness.since(0)
    version = room.awareness.version
    room.awareness.receive(told, "ben", "Ben", 2, "ben's tab")
    assert room.awareness.version == version


def test_that_another_has_timed_out_somewhere_is_not_for_them_to_say(room):
    room.ana((ANA, 3, {}))
    with pytest.raises(Rejected, match="client-taken"):
        room.ben((ANA, 3, None))
    assert room.shown().keys() == {ANA}


def test_a_client_id_that_wrote_is_its_writers(room):
    room.owners.write(ANA, "ana")
    with pytest.raises(Rejected, match="client-taken"):
        room.ben((ANA, 1, {}))
    room.ana((ANA, 1, {}))


def test_someone_has_only_so_many_cursors(room):
    room.ana(*[(n, 1, {}) for n in range(CLIENTS)])
    with pytest.raises(Rejected, match="too-big"):
        room.ana((100, 1, {}))
    room.ana((0, 2, None))
    room.ana((100, 1, {}))
    room.ben((200, 1, {}))


def test_whoever_falls_silent_is_not_here(room):
    room.ana((ANA, 1, {}), connection="another process")
    room.clock.now += 60
    room.ben((BEN, 1, {}))
    assert room.shown().keys() == {BEN}


def test_a_departure_can_be_told_to_other_processes(room):
    room.ana((ANA, 1, {}))
    other = Awareness(clock=room.clock)
    other.receive(message((ANA, 1, {})), "ana", "Ana", 1, "a process")

    other.receive(room.awareness.leave("ana's tab"), "ana", "Ana", 1, "a process")

    assert other.since(0) is None
    assert room.awareness.leave("ana's tab") is None, "only once"


def test_those_who_left_leave_nothing_behind(room):
    for n in range(3 * GONE_KEPT):
        room.ana((n, 1, {}), connection=n)
        room.awareness.leave(n)
    assert len(room.awareness._cursors) <= GONE_KEPT + 1
    assert len(room.owners.clients_of("ana")) <= GONE_KEPT + 1


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x01", id="truncated"),
        pytest.param(b"\x01\xff\xff\xff\xff\x0f\x00", id="a length beyond the end"),
        pytest.param(b"\x01" + b"\xff" * 2000, id="a number without an end"),
        pytest.param(b"\x01\x01\x7f", id="more states than bytes"),
        pytest.param(message((ANA, 1, {})) + b"\x00", id="something after the end"),
        pytest.param(message((2**53, 1, {})), id="a client beyond 2^53"),
        pytest.param(message((ANA, 1, [])), id="a list"),
        pytest.param(message((ANA, 1, '"words"')), id="words"),
        pytest.param(message((ANA, 1, "{")), id="not JSON"),
        pytest.param(message((ANA, 1, '{"a": NaN}')), id="not a number"),
        pytest.param(message((ANA, 1, '{"a": 1e999}')), id="without end"),
        pytest.param(message((ANA, 1, '{"a": "\\ud83d"}')), id="half an emoji"),
        pytest.param(message((ANA, 1, '{"a":' * 300 + "1" + "}" * 300)), id="deep"),
        pytest.param(message((ANA, 1, {"a": "x" * 3000})), id="long"),
        pytest.param(b"\x00" + message((ANA, 1, {}))[1:], id="another kind of message"),
    ],
)
def test_hostile_messages_are_refused_or_harmless(room, hostile):
    begun = time.perf_counter()
    try:
        room.awareness.receive(hostile, "mallory", "Mallory", 3, "a tab")
    except Rejected:
        assert room.awareness.version == 0
    assert time.perf_counter() - begun < 0.1
    room.awareness.since(0)
