"""`manage.py serve` with something planted in it, named by PLANT: faults of what is around us, and
builds so broken that the tests of this folder must notice."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import django
from django.core.management import execute_from_command_line

django.setup()

from realtime import bus, hub, room, writer  # noqa: E402 - models need Django to be set up
from realtime.bus import Message  # noqa: E402
from realtime.sockets.socket import Socket  # noqa: E402

A_MOMENT = 0.05  # seconds, in which a kill is sure to come
DAY = 24 * 60 * 60.0


def cut_off() -> None:
    """Nothing passes the bus, either way, while there is a file of this port's name in CUT."""
    is_cut = (Path(os.environ["CUT"]) / os.environ["PORT"]).exists
    publish, receive = bus.ChannelsBus.publish, bus.ChannelsBus.receive

    async def publish_unless_cut(self: bus.ChannelsBus, message: Message) -> None:
        if not is_cut():
            await publish(self, message)

    async def receive_unless_cut(self: bus.ChannelsBus) -> Message:
        while True:
            message = await receive(self)
            if not is_cut():
                return message

    bus.ChannelsBus.publish = publish_unless_cut  # type: ignore[method-assign]
    bus.ChannelsBus.receive = receive_unless_cut  # type: ignore[method-assign]


def clock_jumps() -> None:
    """Twice a second the clock is set, a day forward or back."""
    now = time.time
    time.time = lambda: now() + DAY * (int(now() * 2) % 3 - 1)


class Queue:
    """A transport that keeps a copy of its own of everything, for as long as it takes."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport

    def write(self, data: bytes) -> None:
        self._transport.write(bytes(bytearray(data)))

    def set_write_buffer_limits(self, _: int) -> None:
        self._transport.set_write_buffer_limits(2**30)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def never_busy() -> None:
    """Broken: a queue for each reader, which holds whatever they do not read."""
    begin = Socket.__init__

    def begin_with_queue(self: Socket, transport: Any, *arguments: Any, **options: Any) -> None:
        begin(self, Queue(transport), *arguments, **options)  # type: ignore[arg-type]

    Socket.__init__ = begin_with_queue  # type: ignore[method-assign]


def answers_before_it_stores() -> None:
    """Broken: it says done, and stores afterwards."""
    store = writer.Writer._store

    async def answer_and_store(self: writer.Writer, decided: list[writer.Decided]) -> bool:
        for each in decided:
            if not each.asked.name.startswith("people."):
                each.asked.settle(each.entry.seq)
        await asyncio.sleep(A_MOMENT)
        return await store(self, decided)

    writer.Writer._store = answer_and_store  # type: ignore[method-assign]


def does_it_again() -> None:
    """Broken: a command that comes again is another one."""
    decide = room.Room.decide

    def decide_anew(self: room.Room, asked: writer.Asked, seq: int) -> writer.Decided:
        decided = decide(self, asked, seq)
        if asked.name.startswith("people."):
            return decided
        other = replace(decided.entry, ref=str(uuid4()))
        return replace(decided, entry=other)

    room.Room.decide = decide_anew  # type: ignore[method-assign]


def never_catches_up() -> None:
    """Broken: what the bus lost is not read from the log; an entry after a gap is taken as the
    next."""

    async def hear(self: room.Room, entries: object) -> None:
        for entry in entries:  # type: ignore[attr-defined]
            if entry.seq > self.seq:
                self.news.seq = entry.seq - 1
                self._take(entry)

    async def look_nowhere(self: hub.Hub) -> None:
        return

    room.Room.hear = hear  # type: ignore[method-assign, assignment]
    hub.Hub._look_at_heads = look_nowhere  # type: ignore[method-assign]


def never_looks_again() -> None:
    """Broken: rights are those one had at the door."""
    decide = room.Room.decide

    def decide_as_at_the_door(self: room.Room, asked: writer.Asked, seq: int) -> writer.Decided:
        person = self.person
        self.person = lambda id: asked.by if id == asked.by.id else person(id)  # type: ignore
        try:
            return decide(self, asked, seq)
        finally:
            del self.person

    room.Room.decide = decide_as_at_the_door  # type: ignore[method-assign]


PLANTS: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        cut_off,
        clock_jumps,
        never_busy,
        answers_before_it_stores,
        does_it_again,
        never_catches_up,
        never_looks_again,
    )
}

if __name__ == "__main__":
    for name in os.environ.get("PLANT", "").split():
        PLANTS[name]()
    execute_from_command_line(["manage.py", *sys.argv[1:]])
