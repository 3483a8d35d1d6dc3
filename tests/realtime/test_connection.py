"""A connection: slow readers, late hellos, floods. No server, no database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from hashlib import sha256
from uuid import uuid4

import pytest
from django.conf import settings

from realtime.bus import MemoryBus
from realtime.connection import Connection
from realtime.documents.history import digest_message
from realtime.documents.store import MemoryDocumentStore
from realtime.hub import Hub, NoSuchRoom, Parts, Standing
from realtime.log import Entry, MemoryLog
from realtime.message import Message, together
from realtime.room import Room
from realtime.stream import Reply
from tests.asked import asked
from tests.realtime.rooms import ANA, BEN, HAL, NINA, SEATS, Clock, faulty, nobody_hears
from workshop.door import Unavailable
from workshop.features import FEATURES
from workshop.features.minutes.rules import may_write
from workshop.people import OBSERVER, Person


class Sink:
    """A browser at the end of a line that may be blocked."""

    def __init__(self) -> None:
        self.got: list[str | bytes] = []
        self.closed: int | None = None
        self.aborted = False
        self.busy = False
        self.moved = asyncio.Event()

    packing = staticmethod(together)

    def put(self, messages: Sequence[Message]) -> None:
        assert not self.busy, "nothing is written to who does not read"
        self.got += [message.content for message in messages]
        self.moved.set()

    def block(self, reader: Connection) -> None:
        """They stop reading, and as much as there may be is unsent."""
        self.busy = True
        reader.full()

    def close(self, code: int) -> None:
        self.closed = code
        self.moved.set()

    def abort(self) -> None:
        self.aborted = self.busy = True
        self.moved.set()

    async def until(self, happened: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not happened():
                self.moved.clear()
                await self.moved.wait()

    def frames(self, type: str) -> list[dict]:
        texts = [json.loads(each) for each in self.got if isinstance(each, str)]
        return [frame for frame in texts if frame["type"] == type]


Join = Callable[[Person], Awaitable[tuple[Connection, Sink]]]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hub(clock):
    log = MemoryLog()

    decided = {"r": Standing("epoch")}

    async def standing(rooms):
        return {room: decided[room] for room in rooms if room in decided}

    def make_room(id, epoch, publish):
        parts = {"features": FEATURES, "seats": SEATS, "log": log, "publish": publish}
        return Room(id, epoch, clock=clock, **parts)

    store = MemoryDocumentStore()
    fast = (1000, 1000)
    limits = settings.LIMITS | dict.fromkeys(("messages", "chat.post", "room.chat.post"), fast)
    hub = Hub(MemoryBus(), Parts(make_room, standing, log, store, may_write, clock, limits))
    hub.standing = decided
    return hub


@pytest.fixture
async def join(hub):
    async with AsyncExitStack() as stack:

        async def join(person: Person, **limits) -> tuple[Connection, Sink]:
            visit = await stack.enter_async_context(hub.visit("r"))
            seated = person if person == OBSERVER else await hub.seated(visit.room, person)
            sink = Sink()
            connection = Connection(visit, seated, sink, hub.parts.limits | limits)
            visit.arrive(connection)
            return connection, sink

        yield join
        await hub.close()


async def hello(connection: Connection, sink: Sink) -> None:
    connection.hear_text('{"type":"hello","epoch":"","since":0}')
    await sink.until(lambda: sink.frames("changes"))


def post(text: str) -> str:
    fields = {"text": text}
    return json.dumps({"type": "do", "do": "chat.post", "ref": str(uuid4()), "with": fields})


async def test_who_says_nothing_is_shown_out(join: Join, hub, clock):
    _, sink = await join(ANA)
    clock.now += 5
    hub.admission.give_up_silent()

    assert sink.closed == 4408
    assert sink.frames("bye") == [{"type": "bye", "code": "no-hello", "again": True, "wait": 0.0}]


async def test_who_comes_first_of_all_is_told_without_a_gap(join: Join):
    """An observer in an empty room; then somebody sits down, which observers are not told."""
    watching, at_watching = await join(OBSERVER)
    await hello(watching, at_watching)
    writer, at_writer = await join(ANA)
    await hello(writer, at_writer)
    writer.hear_text(post("hello"))
    await at_watching.until(lambda: "hello" in "".join(map(str, at_watching.got)))

    stands = 0
    for frame in at_watching.frames("changes"):
        assert frame["fresh"] or frame["since"] <= stands
        stands = frame["seq"]


async def test_a_reader_who_does_not_read_catches_up_with_one_frame(join: Join):
    writer, at_writer = await join(ANA)
    reader, at_reader = await join(BEN)
    await hello(writer, at_writer)
    await hello(reader, at_reader)
    at_reader.block(reader)

    for n in range(50):
        writer.hear_text(post(f"{n}"))
    await at_writer.until(lambda: len(at_writer.frames("done")) == 50)
    before = len(at_reader.got)
    at_reader.busy = False
    reader.drained()
    await at_reader.until(lambda: "49" in "".join(map(str, at_reader.got)))

    assert len(at_reader.got) - before <= 4, "what was on its way, and one frame with the rest"
    assert reader.visit.hub.counts.skipped, "whoever watches over the server sees it"


async def test_a_reader_who_never_reads_costs_the_others_nothing(join: Join):
    writer, at_writer = await join(ANA)
    reader, at_reader = await join(BEN)
    await hello(writer, at_writer)
    at_reader.block(reader)

    writer.hear_text(post("hello"))

    await at_writer.until(lambda: at_writer.frames("done"))


async def test_a_stuck_reader_is_closed(join: Join, hub, clock):
    reader, sink = await join(BEN)
    await hello(reader, sink)
    sink.block(reader)
    reader.visit.close_the_stuck(60)
    clock.now += 61
    reader.visit.close_the_stuck(60)

    assert reader.closing
    assert reader.closing.close == 4008
    assert reader.visit.presence.here()[0] == {"ben": "remote"}, "for a moment's grace"
    await sink.until(lambda: sink.aborted)
    assert sink.closed is None, "a goodbye would wait behind what they do not read"


async def test_one_who_asks_and_never_reads_is_closed(join: Join):
    reader, sink = await join(BEN)
    await hello(reader, sink)
    sink.block(reader)
    for _ in range(600):
        reader.hear_text('{"type":"ping"}')

    assert reader.closing
    assert reader.closing.close == 4008
    await sink.until(lambda: sink.aborted)


async def test_what_waits_for_one_who_does_not_read_is_bounded_in_bytes(join: Join):
    writer, at_writer = await join(ANA)
    reader, sink = await join(BEN)
    for connection, at in ((writer, at_writer), (reader, sink)):
        await hello(connection, at)
    for _ in range(40):
        writer.hear_text(post("x" * 2000))
    await at_writer.until(lambda: len(at_writer.frames("done")) == 40)
    sink.block(reader)
    for _ in range(10):
        reader.hear_text('{"type":"older","kind":"chat.message","before":1000}')
    await sink.until(lambda: sink.aborted)

    assert reader.closing
    assert reader.closing.close == 4008


async def test_a_flood_far_over_the_rate_closes(join: Join, hub):
    hub.parts.limits["messages"] = (1, 2)
    reader, sink = await join(BEN)
    await hello(reader, sink)
    for _ in range(40):
        reader.hear_text('{"type":"ping"}')
    await sink.until(lambda: sink.closed)

    assert sink.closed == 4429


async def test_a_room_that_talks_too_fast_becomes_slow(join: Join, hub):
    hub.parts.limits["room.chat.post"] = (1, 3)
    crowd = [await join(Person(f"p{n}", f"P{n}")) for n in range(4)]
    for connection, sink in crowd:
        await hello(connection, sink)
        connection.hear_text(post("me too"))
    for _, sink in crowd:
        await sink.until(lambda sink=sink: sink.frames("done") or sink.frames("refused"))
    refused = crowd[3][1].frames("refused")[0]

    assert [len(sink.frames("done")) for _, sink in crowd] == [1, 1, 1, 0]
    assert (refused["code"], refused["wait"]) == ("too-fast", settings.LIMITS["slow_mode"])


async def test_a_facilitator_speaks_in_a_slow_room(join: Join, hub):
    hub.parts.limits["room.chat.post"] = (1, 0)
    host, sink = await join(HAL)
    await hello(host, sink)
    host.hear_text(post("One after the other, please."))

    await sink.until(lambda: sink.frames("done"))


async def test_a_room_holds_so_many_sockets(join: Join, hub):
    hub.parts.limits["sockets_per_room"] = 1
    connection, _ = await join(ANA)

    assert connection.visit.full


async def test_a_seat_revoked_while_the_room_did_not_hear_is_taken_in_the_end(join: Join, hub):
    connection, sink = await join(ANA)
    await hello(connection, sink)
    hub.standing["r"] = Standing("epoch", frozenset({ANA.id}))
    await hub._look_at_standing()
    await sink.until(lambda: sink.closed)

    assert sink.closed == 4401


async def test_a_session_deleted_elsewhere_is_let_go_of(join: Join, hub):
    connection, sink = await join(ANA)
    await hello(connection, sink)
    del hub.standing["r"]
    await hub._look_at_standing()
    await sink.until(lambda: sink.closed)

    assert sink.closed == 4404


async def test_a_session_whose_past_was_changed_elsewhere_begins_anew(join: Join, hub):
    connection, sink = await join(ANA)
    await hello(connection, sink)
    hub.standing["r"] = Standing("another epoch")
    await hub._look_at_standing()
    await sink.until(lambda: sink.closed)
    async with hub.visit("r") as visit:
        assert visit.room.epoch == "another epoch"

    assert sink.closed == 4410


async def test_bursts_become_few_frames(join: Join):
    writer, at_writer = await join(ANA)
    reader, at_reader = await join(BEN)
    await hello(writer, at_writer)
    await hello(reader, at_reader)

    for n in range(100):
        writer.hear_text(post(f"{n}"))
    await at_reader.until(lambda: any('"99"' in str(each) for each in at_reader.got))

    assert len(at_reader.frames("changes")) < 50


async def test_alike_readers_share_one_frame(join: Join):
    writer, at_writer = await join(ANA)
    readers = [await join(Person(f"p{n}", f"P{n}")) for n in range(5)]
    for connection, sink in [(writer, at_writer), *readers]:
        await hello(connection, sink)
    writer.hear_text(post("hello"))
    for _, sink in readers:
        await sink.until(lambda sink=sink: any("hello" in str(each) for each in sink.got))

    frames = [next(e for e in sink.got if '"hello"' in str(e)) for _, sink in readers]
    assert len({id(frame) for frame in frames}) == 1


@pytest.mark.parametrize("alike", [True, False], ids=["in a group", "apart"])
async def test_one_who_cannot_be_told_keeps_nobody_from_being_told(join: Join, alike):
    crowd = [await join(Person(f"p{n}", f"P{n}")) for n in range(3)]
    for connection, sink in crowd:
        await hello(connection, sink)
    writer, at_writer = await join(ANA)
    await hello(writer, at_writer)
    if alike:
        writer.hear_text(post("everyone"))  # from here on they stand together
        await crowd[0][1].until(lambda: crowd[0][0].group)
    broken, at_broken = crowd[1]

    def fails(messages) -> None:
        raise RuntimeError("a line that is broken")

    broken.visit.crowd.set_apart(broken)
    at_broken.put = fails
    if alike:
        broken.visit.crowd._join(broken)
    writer.hear_text(post("hello"))
    for _, sink in (crowd[0], crowd[2], (writer, at_writer)):
        await sink.until(lambda sink=sink: '"hello"' in str(sink.got))

    assert bool(broken.group) is False
    assert at_broken.aborted


async def test_a_bus_that_hangs_is_unwell_and_holds_nobody_up(hub, monkeypatch):
    told, asked = [], asyncio.Event()

    class Frozen(MemoryBus):
        alone = False
        frozen = True

        async def publish(self, message) -> None:
            asked.set()
            if self.frozen:
                await asyncio.Event().wait()
            told.append(message["edit"])

    monkeypatch.setattr("realtime.hub.PATIENCE", 0.01)
    hub.bus = Frozen()
    async with hub.visit("r"):
        hub.tell("r", {"edit": 1})
        await asked.wait()
        async with asyncio.timeout(5):
            while hub.bus_is_well:  # noqa: ASYNC110 - it is nobody's event
                await asyncio.sleep(0)
        hub.bus.frozen = False
        hub.tell("r", {"edit": 2})
        async with asyncio.timeout(5):
            while not hub.bus_is_well:  # noqa: ASYNC110 - likewise
                await asyncio.sleep(0)
    await hub.close()

    assert told == [2]


async def test_goodbyes_are_spread_over_time(join: Join, hub):
    sinks = [(await join(Person(f"p{n}", f"P{n}")))[1] for n in range(3)]
    hub.say_bye()
    for sink in sinks:
        await sink.until(lambda sink=sink: sink.closed)

    assert [sink.closed for sink in sinks] == [4012] * 3
    assert [sink.frames("bye")[0]["again"] for sink in sinks] == [True] * 3
    assert len({sink.frames("bye")[0]["wait"] for sink in sinks}) > 0


async def test_there_is_no_room_without_a_session(hub):
    with pytest.raises(NoSuchRoom):
        async with hub.visit("nowhere"):
            pass
    await hub.close()


async def test_a_room_that_failed_to_open_opens_later(hub):
    log, hub.parts.log.since = hub.parts.log.since, None
    with pytest.raises(Unavailable):
        async with hub.visit("r"):
            pass
    hub.parts.log.since = log

    async with hub.visit("r") as visit:
        assert visit.room.seq == 0
    await hub.close()


async def test_one_who_cannot_be_told_is_cut_off_and_the_others_are_told(join: Join, hub):
    """Whether they stand with the others or apart."""
    people = [await join(OBSERVER) for _ in range(3)]
    for each in people:
        await hello(*each)
    (lost, at_lost), *others = people
    async with hub.visit("r") as visit:
        visit.crowd.stir()
        await asyncio.sleep(0.05)
        assert lost.group
        lost.group.members[lost] = at_lost.put = failing
        for text in ("together", "apart"):
            await hub.seated(visit.room, ANA)
            await visit.room.submit("chat.post", ANA, text, {"text": text})
            for _, sink in others:
                await sink.until(lambda sink=sink, text=text: text in str(sink.got))
            visit.crowd.set_apart(lost)

    assert at_lost.aborted


def failing(message: object) -> None:
    raise RuntimeError("write after the end")


async def test_who_says_hello_again_goes_on_with_the_minutes(join: Join, hub):
    nina, at_nina = await join(NINA)
    await hello(nina, at_nina)
    nina.hear_bytes(b"\x00\x00\x01\x00")
    await at_nina.until(lambda: nina.place.edit is not None)
    await hello(nina, at_nina)

    assert nina.place.edit == 0


async def test_who_reads_the_minutes_may_ask_what_they_should_see(join: Join, hub):
    nina, at_nina = await join(NINA)
    await hello(nina, at_nina)
    nina.hear_bytes(b"\x40\x00")
    nina.hear_bytes(b"\x00\x00\x01\x00")
    await at_nina.until(lambda: nina.place.edit is not None)
    assert not [each for each in at_nina.got if isinstance(each, bytes) and each[0] == 0x40]

    nina.hear_bytes(b"\x40\x00")

    await at_nina.until(lambda: digest_message(b"\x00", sha256(b"[]").digest()) in at_nina.got)


async def test_who_learns_of_their_own_demotion_is_told_nothing_more(hub):
    """They ask a process that has not heard of it yet, over HTTP and for what is still to come."""
    secret = {"plan": asked("A secret?", ["yes", "no"])}
    async with hub.visit("r") as visit:
        for person in (HAL, NINA):
            await hub.seated(visit.room, person)
        give = {"person": NINA.id, "role": "facilitator"}
        await visit.room.submit("people.give", HAL, "up", give)
        nina = visit.room.person(NINA.id)
        elsewhere = hub.parts.make_room("r", "epoch", nobody_hears)
        await elsewhere.open()
        await elsewhere.submit("people.give", HAL, "down", give | {"role": "participant"})
        await elsewhere.submit("polls.draft", HAL, str(uuid4()), secret)
        reply = Reply()
        Connection(visit, nina, reply, hub.parts.limits).hear_text('{"type":"hello","since":99}')
        frames = await reply.some()

    assert [json.loads(frame)["code"] for frame in frames] == ["rights"]
    await hub.close()


async def test_a_room_that_cannot_be_read_keeps_no_other_from_moving(hub):
    """Its entry may be of a newer version of ours, in another process."""
    hub.standing["s"] = Standing("epoch")
    unknown = {"later.kind/1": {"id": "1"}}
    async with hub.visit("r") as one, hub.visit("s") as other:
        log = hub.parts.log
        await log.append("r", [Entry(1, "r", "later.do", "ana", 0.0, unknown)])
        await log.append("s", [Entry(1, "s", "chat.post", "ana", 0.0, {})])
        await hub._look_at_heads()

        assert (one.room.seq, other.room.seq) == (0, 1)
    await hub.close()


async def test_a_crowd_of_observers_leaves_as_fast_as_any(hub):
    """All of them are one to whoever looks for a person."""

    class Watching:
        person, group, stand = OBSERVER, None, None

    async with hub.visit("r") as visit:
        crowd = [Watching() for _ in range(20_000)]
        for each in crowd:
            visit.crowd.arrive(each)
        begun = asyncio.get_running_loop().time()
        for each in crowd:
            visit.crowd.leave(each)
        took = asyncio.get_running_loop().time() - begun

    assert took < 1, "it was five seconds"
    await hub.close()


async def test_a_kiosk_shares_its_limits_among_its_sockets(hub, join):
    """Each socket had limits of its own: a kiosk's link was a machine for ballots."""
    kiosk, codes = Person("kiosk", "Kiosk", role="kiosk", place="hall"), []
    vote = {"poll": "p", "version": 1, "answer": 0}
    for _ in range(2):
        connection, sink = await join(kiosk)
        await hello(connection, sink)
        for _ in range(5):
            connection.hear_text(do("polls.vote", **vote))
        await sink.until(lambda sink=sink: len(sink.frames("refused")) == 5)
        codes.append({each["code"] for each in sink.frames("refused")})

    assert codes == [{"not-open"}, {"too-fast"}]


async def test_what_fails_when_it_is_due_keeps_nothing_else_from_happening(hub, join, clock):
    """One rule that failed ended the clock of its room: no vote closed any more."""
    connection, sink = await join(HAL)
    await hello(connection, sink)
    room, fails = connection.visit.room, faulty()
    room.features = {"faulty": fails, **room.features}
    room.rules["faulty.fail"] = fails
    plan = asked("Lunch?", ["soup", "salad"])
    await room.submit("polls.draft", HAL, "p", {"plan": plan | {"seconds": 1, "grace": 0}})
    await room.submit("polls.open", HAL, "o", {"poll": "p"})
    clock.now += 5

    await sink.until(
        lambda: any(
            each["put"].get("polls.poll/p", {}).get("status") == "closed"
            for each in sink.frames("changes")
        )
    )


def do(name: str, **fields: object) -> str:
    return json.dumps({"type": "do", "do": name, "ref": str(uuid4()), "with": fields})
