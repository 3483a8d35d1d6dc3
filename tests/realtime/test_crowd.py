"""The crowd: whoever comes, goes, falls behind, types, votes or changes role meanwhile, everyone is
told everything that is for them, in order, without a gap, and nothing that is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from itertools import count

import pytest
from django.conf import settings as django
from hypothesis import example, given, settings
from hypothesis import strategies as st

from realtime.bus import MemoryBus
from realtime.connection import Connection
from realtime.crowd import BREATH, Crowd
from realtime.documents.store import MemoryDocumentStore
from realtime.hub import Hub, Parts, Standing
from realtime.log import MemoryLog
from realtime.message import Message, together
from realtime.room import Room
from realtime.visit import Visit
from tests.asked import asked, ballot
from tests.realtime.rooms import ANA, BEN, HAL, SEATS, Clock, seat
from workshop.door import Unavailable
from workshop.feature import Refused
from workshop.features import FEATURES
from workshop.features.minutes.rules import may_write
from workshop.people import OBSERVER, Person

PEOPLE = (HAL, ANA, BEN, OBSERVER)
COMMANDS = [
    ("chat.post", {"text": "hi"}),
    ("people.move", {"place": "remote"}),
    ("people.move", {"place": "hall"}),
    ("people.give", {"person": "ana", "role": "facilitator"}),
    ("people.give", {"person": "ana", "role": "participant"}),
    ("people.remove", {"person": "ben"}),
    ("polls.draft", {"plan": asked("Now?", ["yes", "no"])}),
    ("polls.discard", {"poll": "c0"}),
    ("polls.open", {"poll": "c0"}),
    ("polls.vote", ballot("c0", 1)),
    ("polls.count", {"poll": "c0"}),
    ("polls.close", {"poll": "c0"}),
    ("polls.publish", {"poll": "c0"}),
]


class Browser:
    """A browser that remembers, on a line that may be blocked and lost."""

    def __init__(self, who: Person) -> None:
        self.who = who
        self.copy: dict[str, object] = {}
        self.seq, self.epoch = 0, ""
        self.typing: list[str] = []
        self.busy = True
        self.connection: Connection | None = None

    packing = staticmethod(together)

    def put(self, messages: Sequence[Message]) -> None:
        assert not self.busy, "nothing is written to who does not read"
        for message in messages:
            self.hear(json.loads(message.content))

    def hear(self, frame: dict) -> None:
        match frame["type"]:
            case "welcome":
                self.epoch = frame["epoch"]
            case "changes":
                self.fold(frame)
            case "ephemeral":
                assert frame["from"] != self.who.id, "nobody is told that they are typing"
                self.typing.append(frame["from"])

    def fold(self, frame: dict) -> None:
        assert frame["since"] <= self.seq or frame["fresh"], "a gap"
        assert frame["seq"] >= self.seq or frame["fresh"], "out of order"
        if frame["fresh"]:
            self.copy.clear()
        for key in frame["gone"]:
            self.copy.pop(key, None)
        self.copy |= frame["put"]
        self.seq = frame["seq"]

    def close(self, code: int) -> None:
        self.lose()

    def abort(self) -> None:
        self.lose()

    def lose(self) -> None:
        self.busy = True
        if self.connection:
            connection, self.connection = self.connection, None
            connection.full()
            connection.gone()

    def block(self) -> None:
        self.busy = True
        if self.connection:
            self.connection.full()

    def drain(self) -> None:
        self.busy = False
        if self.connection:
            self.connection.drained()

    def come(self, visit, limits) -> None:
        """Come in, or come back, as whoever one is by now."""
        self.lose()
        who = self.who if self.who == OBSERVER else visit.room.person(self.who.id)
        if who is None:
            return
        self.busy = False
        self.connection = Connection(visit, who, self, limits)
        visit.arrive(self.connection)
        hello = {"type": "hello", "epoch": self.epoch, "since": self.seq}
        self.connection.hear_text(json.dumps(hello))


index = st.integers(0, 7)
step = st.one_of(
    st.tuples(st.just("do"), st.sampled_from(COMMANDS), st.sampled_from(PEOPLE[:3])),
    st.tuples(st.just("do"), st.sampled_from(COMMANDS), st.sampled_from(PEOPLE[:3])),
    st.tuples(st.just("come"), index),
    st.tuples(st.just("lose"), index),
    st.tuples(st.just("block"), index),
    st.tuples(st.just("drain"), index),
    st.tuples(st.just("type"), index),
    st.tuples(st.just("count")),
    st.tuples(st.just("flush")),
)
DRAFT, OPEN, VOTE = COMMANDS[6], COMMANDS[8], COMMANDS[9]
IN_A_GROUP = [  # a vote is one's own, whoever else stands with the voter
    *(("come", n) for n in range(8)),
    ("flush",),
    ("do", DRAFT, HAL),
    ("do", OPEN, HAL),
    ("flush",),
    ("do", VOTE, ANA),
    ("flush",),
]


@example(IN_A_GROUP)
@settings(max_examples=200, deadline=None)
@given(st.lists(step, max_size=60))
def test_everyone_is_told_what_is_for_them(script):
    asyncio.run(play(script))


async def play(script) -> None:
    fast = dict.fromkeys(("messages", "chat.post", "room.chat.post", "ephemerals"), (1e6, 1e6))
    limits = django.LIMITS | fast
    hub, clock, refs = make_hub(limits), Clock(), count()
    async with AsyncExitStack() as stack:
        visit = await stack.enter_async_context(hub.visit("r"))
        await seat(visit.room, HAL, ANA, BEN)
        browsers = [Browser(who) for _ in range(2) for who in PEOPLE]
        for each in script:
            clock.now += 1
            match each:
                case ("do", (name, fields), who):
                    with suppress(Refused, Unavailable):
                        await visit.room.submit(name, who, f"c{next(refs)}", fields)
                case ("come", n):
                    browsers[n].come(visit, limits)
                case ("type", n) if (there := browsers[n].connection) and not browsers[n].busy:
                    there.hear_text('{"type":"ephemeral","what":"chat.typing","with":{}}')
                case ("count",):
                    visit.count()
                case ("flush",):
                    flush(visit.crowd)
                case (verb, n) if verb in ("lose", "block", "drain"):
                    getattr(browsers[n], verb)()
        everyone_catches_up(visit, browsers, limits)
        await hub.close()


def everyone_catches_up(visit, browsers: list[Browser], limits) -> None:
    for browser in browsers:
        if browser.connection is None:
            browser.come(visit, limits)
        elif browser.busy:
            browser.drain()
    flush(visit.crowd)
    flush(visit.crowd)
    for browser in browsers:
        if there := browser.connection:
            truth = json.loads(visit.room.news.frame(0, there.person.audiences).message.content)
            assert browser.copy == truth["put"], there.person
            assert there.group, "whoever has been told everything stands with the others"
            assert there.group.audiences == there.person.shared
    visit.crowd._breath and visit.crowd._breath.cancel()


def flush(crowd: Crowd) -> None:
    """Breathe now."""
    if crowd._breath:
        crowd._breath.cancel()
    crowd._breathe(asyncio.get_running_loop())


def make_hub(limits) -> Hub:
    log = MemoryLog()

    async def standing(rooms):
        return {room: Standing("epoch") for room in rooms}

    def make_room(id, epoch, publish):
        parts = {"features": FEATURES, "seats": SEATS, "log": log, "publish": publish}
        return Room(id, epoch, clock=Clock(), **parts)

    store = MemoryDocumentStore()
    return Hub(MemoryBus(), Parts(make_room, standing, log, store, may_write, Clock(), limits))


@pytest.mark.parametrize("planted", ["personal", "behind"])
def test_planted_bugs_are_found(monkeypatch, planted):
    """A group told without those who have something of their own; one joined by who is behind."""
    if planted == "personal":
        monkeypatch.setattr(Visit, "individuals", lambda self: set())
    else:
        join = Crowd._join

        def careless(self, reader):
            if reader.stand and not reader.line.busy:
                reader.stand = self.told.here(minutes=False)
            join(self, reader)

        breathe = Connection.breathe
        monkeypatch.setattr(Crowd, "_join", careless)
        monkeypatch.setattr(
            Connection, "breathe", lambda self: None if self.group is None else breathe(self)
        )

    with pytest.raises(AssertionError):
        asyncio.run(play(IN_A_GROUP))


def test_a_burst_is_one_flush_and_a_quiet_room_does_not_wait():
    async def play() -> tuple[float, float]:
        loop, crowd = asyncio.get_running_loop(), Crowd(Silence(), counts=None)
        crowd._readers[object()] = None
        crowd.stir()
        quiet = crowd._breath.when() - loop.time()
        crowd._breath.cancel()
        crowd._breath = None
        crowd.stir(more=True)
        busy = crowd._breath.when() - loop.time()
        crowd._breath.cancel()
        return quiet, busy

    quiet, busy = asyncio.run(play())
    assert quiet <= 0 < busy <= BREATH


class Silence:
    """Nothing to tell."""
