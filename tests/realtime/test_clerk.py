"""The clerk: what belongs in the minutes gets there by itself, once, whoever sees to it."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

import pytest
from django.conf import settings
from pycrdt import Doc, XmlElement, XmlFragment

from realtime.bus import MemoryBus
from realtime.clerk import Duties, client_of
from realtime.documents.store import MemoryDocumentStore
from realtime.hub import Hub, Parts, Standing
from realtime.log import MemoryLog
from realtime.room import Room
from realtime.visit import Visit
from tests.realtime.rooms import HAL, NINA, SEATS, Clock
from workshop import links
from workshop.features import FEATURES
from workshop.features.minutes.life import life_of
from workshop.features.minutes.rules import due_notes, may_write, to_seal
from workshop.minutes.notes import placed
from workshop.minutes.settling import live_blocks, settled
from workshop.minutes.tree import document, node, read, tree_of, words_of
from workshop.minutes.write import Draft


class Process:
    """One server process: a hub of its own on a log and a store that it shares with others."""

    def __init__(self, log: MemoryLog, store: MemoryDocumentStore) -> None:
        def make_room(id: str, epoch: str, publish: Any) -> Room:
            clock = Clock()
            return Room(
                id, epoch, features=FEATURES, seats=SEATS, log=log, publish=publish, clock=clock,
                links=links.follow,
            )  # fmt: skip

        async def standing(rooms):
            return {room: Standing("epoch") for room in rooms}

        self.gate = asyncio.Event()
        self.gate.set()
        duties = Duties(
            waiting=due_notes, written=self.written, place="minutes.place", to_seal=to_seal,
            live_blocks=live_blocks, settled=self.settled, sealed=self.sealed,
            seal="minutes.seal",
        )  # fmt: skip
        limits = settings.LIMITS
        parts = Parts(make_room, standing, log, store, may_write, Clock(), limits, duties)
        self.hub = Hub(MemoryBus(), parts)

    async def written(self, room: str, updates: list[bytes], note: Any, client: int) -> bytes:
        await self.gate.wait()
        return placed(updates, note, client, note.heading)

    async def settled(self, room: str, updates: list[bytes], client: int) -> bytes:
        await self.gate.wait()
        async with self.hub.visit(room) as visit:
            return settled(updates, client, visit.room.records, UTC)

    async def sealed(self, room: str, updates: list[bytes]) -> str:
        words = words_of(read(document(updates)))
        return hashlib.sha256(words.encode()).hexdigest()

    @asynccontextmanager
    async def visit(self) -> AsyncIterator[Visit]:
        async with self.hub.visit("r") as visit:
            for who in (HAL, NINA):
                await self.hub.seated(visit.room, who)
            yield visit
            await self.hub.close()


@pytest.fixture
def shared() -> tuple[MemoryLog, MemoryDocumentStore]:
    return MemoryLog(), MemoryDocumentStore()


async def until_placed(visit: Visit) -> None:
    async with asyncio.timeout(5):
        while due_notes(visit.room.records):
            visit.clerk.look()
            await asyncio.sleep(0.01)  # nobody tells when the log has moved
            await visit.room.learn()


async def until_sealed(visit: Visit) -> None:
    async with asyncio.timeout(5):
        while not life_of(visit.room.records).sha256:
            visit.clerk.look()
            await asyncio.sleep(0.01)
            await visit.room.learn()


async def text_of(visit: Visit) -> list[str]:
    """Its blocks, each as what it is and says."""
    minutes = await visit.document()
    await minutes.catch_up()
    doc: Doc[Any] = Doc()
    for update in minutes.updates:
        doc.apply_update(update)
    return [said(block) for block in doc.get("minutes", type=XmlFragment).children]


def said(block: XmlElement) -> str:
    attributes = dict(block.attributes)
    words = "".join(re.sub("<[^>]*>", "", str(each)) for each in block.children)
    return f"{block.tag} {attributes.get('record', '')}{words}".strip()


async def test_an_item_of_the_agenda_makes_a_heading_and_a_block(shared):
    process = Process(*shared)
    async with process.visit() as visit:
        await visit.room.submit("agenda.add", HAL, "i1", {"title": "Budget"})
        await visit.room.submit("agenda.start", HAL, "s1", {"item": "i1"})
        await until_placed(visit)
        text = await text_of(visit)

    assert text == ["heading Budget", "record agenda.item/i1", "paragraph"]


async def test_blocks_come_before_the_line_in_which_somebody_is_about_to_write(shared):
    process = Process(*shared)
    async with process.visit() as visit:
        for n in range(3):
            await visit.room.submit("minutes.decide", NINA, f"d{n}", {"words": f"{n}"})
            await until_placed(visit)
        text = await text_of(visit)

    assert text == [*(f"record minutes.decision/d{n}" for n in range(3)), "paragraph"]


async def test_two_processes_that_both_see_to_it_put_it_there_once(shared):
    one, two = Process(*shared), Process(*shared)
    async with one.visit() as here, two.visit() as there:
        await here.room.submit("minutes.decide", NINA, "d", {"words": "Yes"})
        await there.room.learn()
        one.gate.clear()
        two.gate.clear()
        for visit in (here, there):
            visit.clerk.look()
            await visit.document()
        one.gate.set()
        two.gate.set()
        for visit in (here, there):
            await until_placed(visit)
        texts = [await text_of(visit) for visit in (here, there)]

    assert texts[0] == texts[1]
    assert texts[0] == ["record minutes.decision/d", "paragraph"]


async def test_what_was_written_and_not_yet_said_to_be_is_not_written_again(shared):
    process = Process(*shared)
    async with process.visit() as visit:
        await visit.room.submit("minutes.decide", NINA, "d", {"words": "Yes"})
        (note,) = due_notes(visit.room.records)
        document = await visit.document()
        client = client_of(visit.room.epoch, note.id)
        await document.write(placed(document.updates, note, client), "system")
        await until_placed(visit)

        assert await text_of(visit) == ["record minutes.decision/d", "paragraph"]


async def test_locked_minutes_wait(shared):
    process = Process(*shared)
    async with process.visit() as visit:
        await visit.room.submit("minutes.lock", HAL, "l", {})
        await visit.room.submit("minutes.decide", NINA, "d", {"words": "Yes"})
        assert due_notes(visit.room.records) == []
        await visit.room.submit("minutes.unlock", HAL, "u", {})
        await until_placed(visit)

        assert await text_of(visit) == ["record minutes.decision/d", "paragraph"]


async def freeze(visit: Visit) -> None:
    for n, (name, by) in enumerate([("prepare", NINA), ("approve", NINA), ("freeze", HAL)]):
        await visit.room.submit(f"minutes.{name}", by, f"f{n}", {})


async def test_what_is_final_is_words(shared):
    process = Process(*shared)
    async with process.visit() as visit:
        for n in range(3):
            await visit.room.submit("minutes.decide", NINA, f"d{n}", {"words": f"No. {n}"})
        await until_placed(visit)
        await freeze(visit)
        await until_sealed(visit)
        text = await text_of(visit)

    assert not [each for each in text if each.startswith("record")]
    assert [each[-5:] for each in text if "No." in each] == ["No. 0", "No. 1", "No. 2"]


async def test_many_blocks_become_words_in_few_edits(shared):
    """Each edit reads the whole text anew: one for each block took minutes in a long one."""
    process = Process(*shared)
    async with process.visit() as visit:
        decisions = [(f"d{n}", {"words": f"No. {n:03}"}) for n in range(200)]
        for ref, fields in decisions:
            await visit.room.submit("minutes.decide", NINA, ref, {**fields, "here": True})
        blocks = [node("record", record=f"minutes.decision/{ref}", at=None) for ref, _ in decisions]
        document = await visit.document()
        for update in Draft([], 5).append(tree_of(blocks)):
            await document.write(update, NINA.id)
        before = document.seq
        await freeze(visit)
        await until_sealed(visit)
        text = await text_of(visit)

    assert [each[-7:] for each in text] == [fields["words"] for _, fields in decisions]
    assert document.seq - before <= 5


async def test_two_processes_make_words_of_a_block_once(shared):
    one, two = Process(*shared), Process(*shared)
    async with one.visit() as here, two.visit() as there:
        for n in range(3):
            await here.room.submit("minutes.decide", NINA, f"d{n}", {"words": "Yes"})
        await until_placed(here)
        await freeze(here)
        await there.room.learn()
        one.gate.clear()
        two.gate.clear()
        for visit in (here, there):
            visit.clerk.look()
        one.gate.set()
        two.gate.set()
        for visit in (here, there):
            await until_sealed(visit)
        texts = [await text_of(visit) for visit in (here, there)]

    assert texts[0] == texts[1]
    assert sum("Yes" in each for each in texts[0]) == 3
