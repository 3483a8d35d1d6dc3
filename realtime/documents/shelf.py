"""The shelf: the documents that an engine holds in the library's form, and what may be asked of it.

Of each there are two copies: the live one, of what is stored, and a shadow, on which updates are
tried. The shadow is one trial ahead until that trial is applied, or is made anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from realtime.documents.copy import Copy, Unsound, merged

SMALL = 100 * 1024  # a state up to this size is loaded afresh at every trial,
RELOAD_TRIALS, RELOAD_SECONDS = 32, 2.0  # a larger one now and then


class Request(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """Something asked about one document."""

    document: int


class Load(Request, frozen=True):
    """Take in a document, as it was stored: a state, and the updates after it, up to `seq`."""

    state: bytes
    updates: Sequence[bytes]
    seq: int


class Try(Request, frozen=True):
    """Try updates together on the shadow; with `alone`, one after the other, each marked before it
    is touched. `ends` says how far each client must then be."""

    updates: Sequence[bytes]
    ends: dict[int, int]
    alone: bool = False


class Apply(Request, frozen=True):
    """This update is stored as edit `seq`: make it true."""

    update: bytes
    seq: int


class Answer(Request, frozen=True):
    """What someone lacks who is as far as this state vector."""

    since: bytes


class Digest(Request, frozen=True):
    """What a browser compares with what it shows: a state vector, and the hash of the text."""


class Save(Request, frozen=True):
    """The state, if loading it gives the same document."""


class Drop(Request, frozen=True):
    """Nobody wants the document any more."""


class Reply(msgspec.Struct, tag=True, array_like=True, frozen=True):
    """What came of it."""


class Loaded(Reply, frozen=True):
    clocks: dict[int, int]


class Tried(Reply, frozen=True):
    """The updates as one, and how many bytes the state then has."""

    update: bytes
    length: int


class State(Reply, frozen=True):
    """As much of the document as was asked for, as it is after edit `seq`."""

    update: bytes
    seq: int


class Digested(Reply, frozen=True):
    state_vector: bytes
    sha256: bytes


class Done(Reply, frozen=True):
    """It was done."""


class Failed(Reply, frozen=True):
    """The library failed. Where that may have changed the document, it is here no more."""

    why: str


class Unknown(Reply, frozen=True):
    """There is no such document here: another engine had it, which is gone."""


Requests = Load | Try | Apply | Answer | Digest | Save | Drop
Replies = Loaded | Tried | State | Digested | Done | Failed | Unknown
Mark = Callable[[int], object]


@dataclass(slots=True)
class Shelved:
    """One document, both copies of it."""

    live: Copy
    seq: int
    clocks: dict[int, int]
    shadow: Copy | None = None
    tried: bytes | None = None  # by so much the shadow is ahead
    trials: int = 0  # since the state was last loaded afresh,
    reloaded: float = field(default_factory=time.monotonic)  # and when that was

    def attempt(self, asked: Try, mark: Mark) -> Tried:
        """Raises Unsound if the shadow does not take this, or says something else when loaded."""
        if self.tried is not None:
            self.shadow = self.tried = None
        shadow = self.shadow = self.shadow or Copy(self.live.state())
        self.shadow = None  # until it has turned out well
        state = self._applied_alone(shadow, asked, mark) if asked.alone else b""
        update = merged(asked.updates)
        if not asked.alone:
            shadow.apply(update)
            state = shadow.state()
        if shadow.clocks() != self.clocks | asked.ends:
            raise Unsound("something was left pending")
        if self._reload_is_due(len(state)):
            Copy(state).compare(shadow)
        self.shadow, self.tried = shadow, update
        return Tried(update, len(state))

    def apply(self, update: bytes, seq: int) -> None:
        """Raises Unsound if the live document does not take it, and is then good for nothing."""
        tried, self.tried = self.tried, None
        try:
            self.live.apply(update)
        except Unsound:
            shadow, self.shadow = self.shadow, None
            if tried != update or shadow is None:
                raise
            self.live = shadow
        if tried is None and self.shadow:
            self._follow(update)
        elif tried != update:
            self.shadow = None
        self.seq, self.clocks = seq, self.live.clocks()

    def save(self) -> State:
        """Raises Unsound."""
        state = self.live.state()
        Copy(state).compare(self.live)
        return State(state, self.seq)

    def _applied_alone(self, shadow: Copy, asked: Try, mark: Mark) -> bytes:
        """Whatever one of them can do to the library, it does here, under its mark."""
        state = b""
        for at, update in enumerate(asked.updates):
            mark(at)
            shadow.apply(update)
            state = shadow.state()
            Copy(state).compare(shadow)
        return state

    def _follow(self, update: bytes) -> None:
        assert self.shadow, "only a shadow follows"
        try:
            self.shadow.apply(update)
        except Unsound:
            self.shadow = None

    def _reload_is_due(self, length: int) -> bool:
        now = time.monotonic()
        recent = self.trials < RELOAD_TRIALS and now - self.reloaded < RELOAD_SECONDS
        if length > SMALL and recent:
            self.trials += 1
            return False
        self.trials, self.reloaded = 0, now
        return True


class Shelf:
    """The documents of one engine, by number."""

    def __init__(self) -> None:
        self.documents: dict[int, Shelved] = {}

    def handle(self, asked: Requests, mark: Mark = lambda at: None) -> Replies:
        """Do what is asked. Whatever the library raises is an answer too."""
        try:
            return self._handle(asked, mark)
        except Unsound as error:
            return Failed(str(error))

    def _handle(self, asked: Requests, mark: Mark) -> Replies:
        match asked:
            case Load():
                return self._load(asked)
            case Drop():
                self.documents.pop(asked.document, None)
                return Done()
        document = self.documents.get(asked.document)
        if document is None:
            return Unknown()
        match asked:
            case Try():
                return document.attempt(asked, mark)
            case Apply():
                return self._apply(asked, document)
            case Answer():
                return State(document.live.state(asked.since), document.seq)
            case Digest():
                return Digested(document.live.state_vector(), document.live.digest())
            case Save():
                return document.save()

    def _apply(self, asked: Apply, document: Shelved) -> Done:
        try:
            document.apply(asked.update, asked.seq)
        except Unsound:
            del self.documents[asked.document]
            raise
        return Done()

    def _load(self, asked: Load) -> Loaded:
        """Whoever asked may have been overtaken: what is further on stays."""
        here = self.documents.get(asked.document)
        if here is None or here.seq < asked.seq:
            live = Copy(asked.state)
            for update in asked.updates:
                live.apply(update)
            live.state()  # there are documents that can be loaded, and never again be saved
            here = self.documents[asked.document] = Shelved(live, asked.seq, live.clocks())
        return Loaded(here.clocks)


encode = msgspec.msgpack.Encoder().encode
decode_request: Any = msgspec.msgpack.Decoder(Requests).decode
decode_reply: Any = msgspec.msgpack.Decoder(Replies).decode
