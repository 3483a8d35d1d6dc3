"""People of every role, who come back whenever they are lost, ask again what was not answered, and
remember what was."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any
from uuid import UUID

from pycrdt import Doc, XmlElement, XmlFragment, XmlText
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.asked import asked, ballot
from tests.faults.doors import Door
from tests.realtime.documents import payload
from tests.realtime.test_socket import sync

LOST = (OSError, ConnectionClosed, InvalidHandshake, TimeoutError)
PATIENCE = 3.0  # seconds without a frame, after which one looks whether the server is there
TWICE = 0.1  # of what is asked, by the impatient
AGAIN = {"unavailable", "too-fast"}  # refusals after which one asks again
Wish = tuple[str, dict[str, Any]]


class Person:
    """Someone with a socket. `doors` are where they try to come in, in turn."""

    at_once = 3  # commands under way

    def __init__(
        self, name: str, slug: str, seat: str | None, doors: Sequence[Door], chance: random.Random
    ) -> None:
        self.name, self.slug, self.seat, self.chance = name, slug, seat, chance
        self.doors = list(doors)
        self.epoch, self.seq = "", 0
        self.records: dict[str, Any] = {}
        self.you: dict[str, Any] = {}
        self.waiting: dict[str, Wish] = {}  # by ref, not answered yet
        self.asked: dict[str, float] = {}  # when first
        self.answered: dict[str, int] = {}  # at which seq it was done
        self.refused: dict[str, str] = {}
        self.voted: dict[int, dict[str, Any]] = {}  # what was asked, by the seq of its entry
        self.put_off: Counter[str] = Counter()  # refusals that were no last word
        self.took: list[float] = []  # seconds from asking to the answer
        self.visits = 0
        self.faults: list[str] = []
        self.here = False
        self.quiet = False  # asks for nothing new
        self.socket: ClientConnection | None = None
        self._moved = asyncio.Condition()

    # Coming and going ---------------------------------------------------------------------

    async def stay(self) -> None:
        """Until cancelled. Whoever is lost comes back, at another door where there is one."""
        while True:
            door = self.doors[self.visits % len(self.doors)]
            self.visits += 1
            with suppress(*LOST):
                await self._visit(door)
            self.here = False
            await asyncio.sleep(self.chance.uniform(0.02, 0.2))

    async def _visit(self, door: Door) -> None:
        query = f"?seat={self.seat}" if self.seat else ""
        address = f"ws://127.0.0.1:{door.port}/rooms/{self.slug}/live{query}"
        async with connect(
            address,
            origin=door.url,  # type: ignore[arg-type]
            compression=None,
            open_timeout=10,
            close_timeout=0.2,
            ping_interval=None,
        ) as self.socket:
            await self.say(type="hello", epoch=self.epoch, since=self.seq)
            await self.arrived()
            while True:
                await self._hear(await self._next())

    async def _next(self) -> str | bytes:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._receive()
        except TimeoutError:
            await self.say(type="ping")
        async with asyncio.timeout(PATIENCE):
            return await self._receive()

    async def _receive(self) -> str | bytes:
        assert self.socket
        return await self.socket.recv()

    async def arrived(self) -> None:
        """The socket is open and one has said hello."""

    async def say(self, **message: Any) -> None:
        assert self.socket
        await self.socket.send(json.dumps(message))

    # Hearing ------------------------------------------------------------------------------

    async def _hear(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            await self.hear_minutes(message)
        else:
            await self._hear_frame(json.loads(message))
        if self.here:
            await self._ask_more()
        async with self._moved:
            self._moved.notify_all()

    async def _hear_frame(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "welcome":
                await self._be_welcomed(frame)
            case "changes":
                self._fold(frame)
            case "done":
                self._done(frame["ref"], frame["seq"])
            case "refused":
                await self._be_refused(frame)
            case "saved":
                self.saved(frame["updates"])
            case "unsaved":
                await self.unsaved(frame["update"], frame["code"])

    async def _be_welcomed(self, frame: dict[str, Any]) -> None:
        self.epoch, self.you, self.here = frame["epoch"], frame["you"], True
        for ref in list(self.waiting):
            await self._ask(ref)

    def _fold(self, frame: dict[str, Any]) -> None:
        if frame["since"] > self.seq and not frame["fresh"]:
            self.faults.append(f"gap: {self.name} at {self.seq} was told from {frame['since']}")
        if frame["fresh"]:
            self.records.clear()
        elif frame["seq"] < self.seq:
            self.faults.append(f"order: {self.name} at {self.seq} was told {frame['seq']}")
        for key in frame["gone"]:
            self.records.pop(key, None)
        self.records |= frame["put"]
        self.seq = frame["seq"]

    def _done(self, ref: str, seq: int) -> None:
        if self.answered.setdefault(ref, seq) != seq:
            self.faults.append(f"twice: {ref} was done at {self.answered[ref]} and at {seq}")
        if wish := self.waiting.pop(ref, None):
            self.took.append(time.monotonic() - self.asked[ref])
            if wish[0] == "polls.vote":
                self.voted[seq] = wish[1]

    async def _be_refused(self, frame: dict[str, Any]) -> None:
        ref, code = frame["ref"], frame["code"]
        if ref not in self.waiting:
            return
        if code in AGAIN:
            self.put_off[code] += 1
            later = asyncio.get_running_loop().call_later
            later(frame.get("wait", 0) + 0.1, self._ask_again, ref)
        else:
            del self.waiting[ref]
            self.refused[ref] = code

    # Asking -------------------------------------------------------------------------------

    def wish(self) -> Wish | None:
        """What to ask for next; None: nothing for now."""
        return None

    async def _ask_more(self) -> None:
        while not self.quiet and len(self.waiting) < self.at_once and (wish := self.wish()):
            ref = str(UUID(int=self.chance.getrandbits(128), version=4))
            self.waiting[ref], self.asked[ref] = wish, time.monotonic()
            for _ in range(1 + (self.chance.random() < TWICE)):
                await self._ask(ref)

    async def _ask(self, ref: str) -> None:
        name, fields = self.waiting[ref]
        await self.say(type="do", do=name, ref=ref, **{"with": fields})

    def _ask_again(self, ref: str) -> None:
        if ref in self.waiting and self.here:
            self._asking = asyncio.create_task(self._ask_if_here(ref))

    async def _ask_if_here(self, ref: str) -> None:
        with suppress(*LOST, KeyError):
            await self._ask(ref)

    async def demand(self, name: str, /, **fields: Any) -> str:
        """Ask for this one thing, and wait until it is answered. Returns its ref."""
        ref = str(UUID(int=self.chance.getrandbits(128), version=4))
        self.waiting[ref], self.asked[ref] = (name, fields), time.monotonic()
        if self.here:
            await self._ask_if_here(ref)
        await self.until(lambda: ref not in self.waiting)
        return ref

    async def until(self, fact: Callable[[], bool]) -> None:
        """Wait for something to be true of this person."""
        async with self._moved:
            await self._moved.wait_for(fact)

    # The minutes, for those who write them ------------------------------------------------

    async def hear_minutes(self, message: bytes) -> None: ...

    def saved(self, upto: int) -> None: ...

    async def unsaved(self, update: int, code: str) -> None: ...


class Participant(Person):
    """Talks, and votes whenever there is something to vote on."""

    said = 0

    def wish(self) -> Wish | None:
        poll = self.poll("open")
        if poll and self.chance.random() < 0.4:
            return "polls.vote", ballot(poll["id"], self.chance.randrange(3))
        self.said += 1
        return "chat.post", {"text": f"{self.name} says {self.said}."}

    def poll(self, status: str) -> dict[str, Any] | None:
        polls = (each for key, each in self.records.items() if key.startswith("polls.poll/"))
        return next((each for each in polls if each["status"] == status), None)


class Host(Participant):
    """Draws up polls, opens, closes and publishes them, one after the other."""

    at_once = 1
    steps = {"closed": "polls.publish", "open": "polls.close", "draft": "polls.open"}

    def wish(self) -> Wish | None:
        poll = (
            self.poll("counting") or self.poll("closed") or self.poll("open") or self.poll("draft")
        )
        if poll is None:
            secrecy = self.chance.choice(["public", "confidential", "secret"])
            plan = asked("What next?", ["one", "two", "three"], secrecy=secrecy)
            return "polls.draft", {"plan": plan}
        if poll["status"] == "counting" or (
            poll["status"] == "open" and self.chance.random() < 0.9
        ):
            self.said += 1
            return "chat.post", {"text": f"{self.name} says {self.said}."}
        return self.steps[poll["status"]], {"poll": poll["id"]}

    async def finish(self) -> None:
        """Publish what is open, so that nothing more falls due."""
        for status in ("open", "closed"):
            await self.until(lambda: self.poll("counting") is None)
            if poll := self.poll(status):
                await self.demand(self.steps[status], poll=poll["id"])
                # The answer may come before the news: until then nothing seems to be counted.
                await self.until(partial(self.has_gone_on, poll["id"], status))

    def has_gone_on(self, poll: str, status: str) -> bool:
        return self.records[f"polls.poll/{poll}"]["status"] != status


class NoteTaker(Person):
    """Writes paragraphs into the minutes, each a word that is found nowhere else."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.doc: Doc[Any] = Doc()
        self.root = self.doc.get("minutes", type=XmlFragment)
        self.made: list[bytes] = []
        self._watching = self.doc.observe(lambda event: self.made.append(event.update))
        self.words: set[str] = set()
        self.kept: set[str] = set()  # words that were called saved
        self._sent: dict[int, set[str]] = {}  # what the updates of this visit carry
        self._number = 0
        self._writes = False

    async def arrived(self) -> None:
        self._sent, self._number, self._writes = {}, 0, False
        await self._send(sync(0, self.doc.get_state()))

    async def _send(self, message: bytes) -> None:
        assert self.socket
        await self.socket.send(message)

    async def hear_minutes(self, message: bytes) -> None:
        kind = message[:2]
        if kind in (b"\x00\x01", b"\x00\x02"):
            self.doc.apply_update(payload(message))
        elif kind == b"\x00\x00":
            self._writes = True
            missing = self.doc.get_update(payload(message))
            await self._write(sync(1, missing), self.words - self.kept)

    async def _write(self, message: bytes, words: set[str]) -> None:
        self._number += 1
        self._sent[self._number] = words
        await self._send(message)

    async def _ask_more(self) -> None:
        if self.quiet or not self._writes or len(self._sent) >= 3:
            return
        word = f"{self.name}-{len(self.words)}."
        self.words.add(word)
        with self.doc.transaction():
            paragraph = self.root.children.append(XmlElement("paragraph"))
            paragraph.children.append(XmlText(word))
        await self._write(sync(2, self.made[-1]), {word})

    def saved(self, upto: int) -> None:
        for number in [each for each in self._sent if each <= upto]:
            self.kept |= self._sent.pop(number)

    async def unsaved(self, update: int, code: str) -> None:
        """Say again what is missing: the server asks for it when it is greeted."""
        self._sent.pop(update, None)
        if self._writes:
            self._writes = False
            asyncio.get_running_loop().call_later(0.2, self._greet_again)

    def _greet_again(self) -> None:
        if self.here and self.socket:
            self._greeting = asyncio.create_task(self._greet_if_here())

    async def _greet_if_here(self) -> None:
        with suppress(*LOST):
            await self._send(sync(0, self.doc.get_state()))

    @property
    def settled(self) -> bool:
        return self.words == self.kept
