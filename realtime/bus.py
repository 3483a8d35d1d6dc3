"""The bus: how processes hear that a room has moved. A hint: it may lose anything, and a message
may be late or come twice."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

Message = dict[str, Any]
"""{"room": …} and one of: "entry", "edit", "people", "ephemeral", "awareness"."""


class Bus(Protocol):
    @property
    def alone(self) -> bool:
        """Whether there is surely nobody to tell."""

    async def subscribe(self, room: str) -> None:
        """From now on `receive` gives this room's messages, perhaps our own among them."""

    async def unsubscribe(self, room: str) -> None: ...

    async def publish(self, message: Message) -> None:
        """Tell every process that has subscribed to message["room"]."""

    async def receive(self) -> Message:
        """The next message of the rooms subscribed to. May raise when the bus is gone: try again,
        and subscribe again."""


class MemoryBus:
    """The processes of one test, or the only process there is: they share a `wire`."""

    def __init__(self, wire: list[MemoryBus] | None = None) -> None:
        self.wire = wire if wire is not None else []
        self.wire.append(self)
        self.rooms: set[str] = set()
        self.queue: asyncio.Queue[Message] = asyncio.Queue(1000)

    @property
    def alone(self) -> bool:
        return self.wire == [self]

    async def subscribe(self, room: str) -> None:
        self.rooms.add(room)

    async def unsubscribe(self, room: str) -> None:
        self.rooms.discard(room)

    async def publish(self, message: Message) -> None:
        for each in self.wire:
            if each is not self and message["room"] in each.rooms and not each.queue.full():
                each.queue.put_nowait(message)

    async def receive(self) -> Message:
        return await self.queue.get()


class ChannelsBus:
    """The bus on a channel layer. One channel for the whole process, in a group for each room:
    sockets never join groups (a `group_send` per socket costs 30 to 60 times more)."""

    alone = False

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self._channel: str | None = None
        self._naming = asyncio.Lock()

    async def subscribe(self, room: str) -> None:
        await self.layer.group_add(f"room.{room}", await self._own_channel())

    async def unsubscribe(self, room: str) -> None:
        await self.layer.group_discard(f"room.{room}", await self._own_channel())

    async def publish(self, message: Message) -> None:
        await self.layer.group_send(f"room.{message['room']}", {"type": "hub", **message})

    async def receive(self) -> Message:
        message: Message = await self.layer.receive(await self._own_channel())
        message.pop("type", None)
        return message

    async def _own_channel(self) -> str:
        # One at a time: with two channels the process would listen on one and be told on the other.
        async with self._naming:
            if self._channel is None:
                self._channel = await self.layer.new_channel("hub.")
            return self._channel
