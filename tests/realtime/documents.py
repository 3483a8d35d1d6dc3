"""Documents for tests, stores that misbehave, and writers who have a copy of their own."""

from __future__ import annotations

import asyncio
import base64
import random
from typing import Any

from pycrdt import XmlElement, XmlFragment, XmlText

from realtime.documents.copy import Copy
from realtime.documents.document import Document
from realtime.documents.guard import NOTHING, Reader
from realtime.documents.store import MemoryDocumentStore
from realtime.log import OutOfDate
from tests.realtime.yjs import minutes, tree


async def opened(store: Any = None, **options: Any) -> Document:
    told: list[int] = []
    options = {"stored": told.append, "tick": 0.0} | options
    document = Document("r", "epoch", store or MemoryDocumentStore(), lambda: 1000.0, **options)
    document.told = told  # type: ignore[attr-defined]
    await document.open()
    return document


def live(document: Document) -> Copy:
    """The live copy, on the shelf of an engine that runs in this process."""
    return document.engine.shelf.documents[document._name].live  # type: ignore[attr-defined]


def state_of(document: Document) -> bytes:
    shelf = document.engine.shelf  # type: ignore[attr-defined]
    return live(document).state() if document._name in shelf.documents else NOTHING


def text_of(document: Document) -> list[Any]:
    return tree(minutes(state_of(document)))


def words(document: Document) -> str:
    return words_in(state_of(document))


def words_in(state: bytes) -> str:
    return "|".join(
        "".join(run[0] for run in child.get("text", []))
        for paragraph in tree(minutes(state))
        for child in paragraph["children"]
    )


def assert_sound(document: Document) -> None:
    """It can be saved, and what is saved can be loaded as the same, here and from the store."""
    if document.seq:
        Copy(state_of(document)).compare(live(document))
        clocks = live(document).clocks()
        assert clocks == document._clocks, "nothing is left pending in the library"


def payload(message: bytes) -> bytes:
    reader = Reader(message)
    kind = reader.number(), reader.number()
    length = reader.number()
    assert kind[0] == 0
    assert length == len(message) - reader.at
    return message[reader.at :]


class Writer:
    """Someone with a copy of the minutes. What they write is sent to a document as updates."""

    def __init__(self, client: int, name: str = "", *, state: bytes = b"\x00\x00") -> None:
        self.doc, self.name = minutes(state, client), name or f"person {client}"
        self.root = self.doc.get("minutes", type=XmlFragment)
        self.sent = self.doc.get_state()

    def write(self, said: str, at: int | None = None) -> bytes:
        """A new paragraph; the update that says so."""
        paragraph = XmlElement("paragraph")
        self.root.children.insert(len(self.root.children) if at is None else at, paragraph)
        paragraph.children.append(XmlText(said))
        return self.news()

    def type(self, said: str) -> bytes:
        """More words at the end of the first paragraph."""
        self.root.children[0].children[0].insert(0, said)
        return self.news()

    def erase(self, number: int = 0) -> bytes:
        del self.root.children[number]
        return self.news()

    def hear(self, update: bytes | None) -> None:
        if update:
            self.doc.apply_update(update)
            self.sent = self.doc.get_state()

    def news(self) -> bytes:
        update, self.sent = self.doc.get_update(self.sent), self.doc.get_state()
        return update

    @property
    def text(self) -> list[Any]:
        return tree(self.doc)


class SlowStore(MemoryDocumentStore):
    """Waits for a little before and after it does anything, so that others come in between."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        self.dice = random.Random(seed)

    async def append(self, document, epoch, edits):
        await self._wait()
        await super().append(document, epoch, edits)
        await self._wait()

    async def since(self, document, epoch, seq):
        await self._wait()
        found = await super().since(document, epoch, seq)
        await self._wait()
        return found

    async def _wait(self) -> None:
        for _ in range(self.dice.randrange(6)):
            await asyncio.sleep(0)


class BrokenStore(MemoryDocumentStore):
    """Does as the test says: `fails` refuses to store, `stores` fails after it has stored, `blind`
    cannot be read either, `lies` says that somebody was first."""

    def __init__(self) -> None:
        super().__init__()
        self.mood = ""

    async def append(self, document, epoch, edits):
        if self.mood == "lies":
            raise OutOfDate
        if self.mood == "fails" or self.mood == "blind":
            raise OSError("no space left on device")
        await super().append(document, epoch, edits)
        if self.mood == "stores":
            raise OSError("the answer was lost")

    async def since(self, document, epoch, seq):
        if self.mood == "blind":
            raise OSError("the database is away")
        return await super().since(document, epoch, seq)


def decoded(*encoded: str) -> list[bytes]:
    return [base64.b64decode(each) for each in encoded]
