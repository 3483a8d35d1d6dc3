"""A document: a text several people write at once, kept whole whatever it is sent.

On paper Yjs updates commute; in yrs they do not: delivered in another order, half of all histories
end up incomplete, silently. So a document's updates are numbered and applied in that one order
everywhere, and what builds on something unknown is never kept waiting inside the library.

An update passes, in this order:

1. the guard and the parent kinds, which read it without the library, and the question of whose
   client id it is. From here on it is pending, and its author's next ones may build on it;
2. at the end of the tick, merged with its neighbours: a trial on a shadow of the document, which is
   encoded, loaded afresh and compared. Whoever's update fails is found by halving, and refused;
3. the store, under the next number. If another process was first, its edits are read, and what is
   pending is judged again on top of them;
4. the document itself; then those who are connected are told, and its authors that it is saved.

Only edits that came back from the store, or went into it, ever reach the live document.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText, merge_updates

from realtime.documents.guard import (
    NOTHING,
    ROOT,
    Limits,
    Ranges,
    Rejected,
    Update,
    read_state_vector,
    read_update,
    write_number,
    written_state_vector,
    written_update,
)
from realtime.documents.parent_kinds import ParentKinds
from realtime.documents.store import Author, DocumentStore, Edit
from realtime.log import OutOfDate

__all__ = ["Document", "Owners", "Rejected"]

logger = logging.getLogger(__name__)

TICK = 0.05  # seconds between two edits: what is written meanwhile becomes one
MERGED = 100  # updates in one edit
SIZE = 1024 * 1024  # bytes of a document's state, beyond which it only shrinks
SMALL = 100 * 1024  # a state up to this size is loaded afresh at every tick,
RELOAD_TICKS, RELOAD_SECONDS = 32, 2.0  # a larger one now and then
SNAPSHOT_EVERY, SNAPSHOT_AT_CLOSE = 500, 50  # edits
TAIL_EDITS, TAIL_BYTES = 500, 256 * 1024  # edits in memory for those who are a little behind
ANSWERS_KEPT = 16
STORED = Limits(bytes=2**31, structs=2**31, clients=2**31)  # it was judged when it came in

SYNC, STEP_1, STEP_2, UPDATE = 0, 0, 1, 2


class Unsound(Exception):
    """The library failed, or what it made of an update is not what it says it is."""


class Owners:
    """Whose client ids are whose: a client id belongs to whoever used it first, in the text or for
    a cursor, so that nobody writes under another's name."""

    def __init__(self) -> None:
        self._of: dict[int, str] = {}
        self._by: dict[str, set[int]] = {}
        self._written: set[int] = set()

    def of(self, client: int) -> str | None:
        return self._of.get(client)

    def clients_of(self, person: str) -> frozenset[int]:
        return frozenset(self._by.get(person, ()))

    def check(self, client: int, person: str) -> None:
        if self._of.get(client, person) != person:
            raise Rejected("client-taken", f"client {client}")

    def point(self, client: int, person: str) -> None:
        """A cursor is shown under this client id."""
        self.check(client, person)
        self._of[client] = person
        self._by.setdefault(person, set()).add(client)

    def write(self, client: int, person: str) -> None:
        """Text is stored under this client id: from now on it is theirs for good. The store is
        believed, whatever was claimed here meanwhile."""
        self._release(client)
        self.point(client, person)
        self._written.add(client)

    def forget(self, client: int) -> None:
        """A cursor was shown under this client id, long ago."""
        if client not in self._written:
            self._release(client)

    def _release(self, client: int) -> None:
        if person := self._of.pop(client, None):
            self._by[person].discard(client)


@dataclass(slots=True, eq=False)
class Pending:
    """An update on its way into the store: as it came, and what of it is new."""

    data: bytes
    by: str
    done: asyncio.Future[None]
    news: bytes = NOTHING
    runs: dict[int, tuple[int, int]] = field(default_factory=dict)
    deletes: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def authors(self) -> Iterator[Author]:
        for client, (begin, end) in self.runs.items():
            yield self.by, client, begin, end
        if self.deletes and not self.runs:
            yield self.by, 0, 0, 0


class Document:
    """One document in this process. `stored(seq)` is called after every edit that was applied,
    whoever made it."""

    def __init__(
        self,
        id: str,
        epoch: str,
        store: DocumentStore,
        clock: Callable[[], float],
        *,
        stored: Callable[[int], None],
        owners: Owners | None = None,
        limits: Limits | None = None,
        size: int = SIZE,
        tick: float = TICK,
    ) -> None:
        self.id, self.epoch, self.store, self.clock, self.stored = id, epoch, store, clock, stored
        self.owners = owners or Owners()
        self.limits, self.size, self.tick = limits or Limits(), size, tick
        self.seq = 0
        self._live = Copy()
        self._shadow: Copy | None = None  # as the live one, for trials; None: to be made anew
        self._clocks: dict[int, int] = {}  # how far the live document is
        self._deleted = Ranges()
        self._kinds = ParentKinds()  # of the live document and what is pending
        self._deleting = Ranges()  # by what is pending
        self._queue: list[Pending] = []
        self._length = 0  # of the state, when it was last encoded, and of what is pending
        self._tail: deque[Edit] = deque()
        self._tail_bytes = 0
        self._told: dict[int, bytes] = {}
        self._answers: dict[bytes, bytes] = {}
        self._snapshot = 0  # the seq of the last one
        self._reloaded = (0, 0.0)  # ticks since, and when
        self._moving = asyncio.Lock()  # held while the document moves forward
        self._ticking: asyncio.Task[None] | None = None
        self._ticked = 0.0

    # Coming and going ---------------------------------------------------------------------

    async def open(self) -> None:
        """Load the newest snapshot that can be loaded, and what was written since."""
        for seq, state in await self.store.snapshots(self.id, self.epoch):
            try:
                self._begin(seq, state)
                break
            except (Unsound, Rejected) as error:
                logger.error("snapshot %d of %s cannot be loaded: %s", seq, self.id, error)
        for author in await self.store.authors(self.id, self.epoch, self.seq):
            self._own(author)
        await self.catch_up()

    async def close(self) -> None:
        """Store what is pending; keep a snapshot if much was written."""
        while self._ticking:
            await asyncio.wait([self._ticking])
        if self.seq - self._snapshot >= SNAPSHOT_AT_CLOSE:
            await self._keep_snapshot()

    def _begin(self, seq: int, state: bytes) -> None:
        live, kinds, update = Copy(state), ParentKinds(), read_update(state, STORED)
        kinds.admit(update, strict=False)
        self._live, self._kinds, self._clocks = live, kinds, dict(kinds.clocks)
        self._mark_deleted(update.deletes)
        self._length, self.seq, self._snapshot = len(state), seq, seq

    # What readers are told ----------------------------------------------------------------

    def greeting(self) -> bytes:
        """Sync step 1: how far we are."""
        return sync_message(STEP_1, written_state_vector(self._clocks))

    def answer(self, state_vector: bytes) -> bytes:
        """Sync step 2: what someone lacks who is as far as this. Raises Rejected.

        Clients we do not know and clocks beyond ours are left out: they cost the library a second.
        """
        theirs = read_state_vector(state_vector)
        shared = {each: clock for each, clock in sorted(theirs.items()) if each in self._clocks}
        cut = {each: min(clock, self._clocks[each]) for each, clock in shared.items()}
        since = written_state_vector(cut)
        if since not in self._answers:
            if len(self._answers) >= ANSWERS_KEPT:
                self._answers.clear()
            self._answers[since] = self._answer(since)
        return self._answers[since]

    def since(self, seq: int) -> bytes | None:
        """One update that brings someone at `seq` here; None if there is nothing new."""
        if seq >= self.seq:
            return None
        if seq not in self._told:
            self._told[seq] = sync_message(UPDATE, self._since(seq))
        return self._told[seq]

    def state(self) -> bytes:
        """The whole document as one update."""
        return self._live.state()

    def knows(self, client: int) -> bool:
        """Whether something is stored under this client id."""
        return client in self._clocks

    def clients_of(self, person: str) -> frozenset[int]:
        """Every client id that is this person's."""
        return self.owners.clients_of(person)

    def _answer(self, since: bytes) -> bytes:
        try:
            return sync_message(STEP_2, self._live.state(since))
        except Unsound as error:
            raise Rejected("malformed", "a state vector that cannot be answered") from error

    def _since(self, seq: int) -> bytes:
        missing = self.seq - seq
        updates = [edit.update for edit in list(self._tail)[-missing:]]
        if missing > len(updates):
            return self._live.state()
        return updates[0] if missing == 1 else merged(updates)

    # Writing ------------------------------------------------------------------------------

    async def write(self, update: bytes, by: str) -> None:
        """Take an update; return once it is stored.

        Raises Rejected if it is refused, and then it changed nothing; or whatever the store raises,
        and then it was not applied. Up to being pending it goes in the order of the calls.
        """
        try:
            pending = self._take(update, by)
        except Rejected as rejected:
            if rejected.code != "gap":
                raise
            # Another process may have stored what this builds on: never refuse for lagging behind.
            await self.catch_up()
            pending = self._take(update, by)
        if pending:
            await pending.done

    def _take(self, data: bytes, by: str) -> Pending | None:
        """Make an update pending. None if there is nothing new in it, and all is stored."""
        pending = Pending(data, by, asyncio.get_running_loop().create_future())
        self._admit(pending)
        if not self._queue and pending.news == NOTHING:
            return None
        self._queue.append(pending)
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick())
        return pending

    def _admit(self, pending: Pending) -> None:
        """Judge an update against everything admitted before. Raises Rejected."""
        for client in pending.runs:  # judged before, and somebody else may have come first
            self.owners.check(client, pending.by)
        update = read_update(pending.data, self.limits)
        known = {client: self._kinds.clocks.get(client, 0) for client in update.structs}
        self._check_new(update, known, pending.by)
        pending.runs = self._kinds.admit(update)
        pending.deletes = self._new_deletes(update)
        if pending.runs or pending.deletes:
            pending.news = written_update(update, known, pending.deletes)
        else:
            pending.news = NOTHING
        self._length += len(pending.news)
        for client in pending.runs:
            self.owners.write(client, pending.by)

    def _check_new(self, update: Update, known: Mapping[int, int], by: str) -> None:
        """New content is by whom its client id belongs to, and there is room for it. Deleting and
        sending again what is known is open to all."""
        for client, structs in update.structs.items():
            if structs[-1].clock + structs[-1].length > known[client]:
                self.owners.check(client, by)
                if self._length + len(update.data) > self.size:
                    raise Rejected("too-big", "the document is full")

    def _new_deletes(self, update: Update) -> list[tuple[int, int, int]]:
        new = [
            (client, *part)
            for client, begin, end in update.deletes
            for missing in self._deleted.lacks(client, begin, end)
            for part in self._deleting.lacks(client, *missing)
        ]
        for client, begin, end in new:
            self._deleting.add(client, begin, end)
        return new

    # The tick -----------------------------------------------------------------------------

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._queue:
                await asyncio.sleep(max(0.0, self._ticked + self.tick - loop.time()))
                self._ticked = loop.time()
                async with self._moving:
                    await self._store_some()
                await self._keep_snapshot_if_due()
        except Exception as error:
            logger.exception("the tick of %s failed", self.id)
            self._fail(error)
        finally:
            self._ticking = None

    async def _store_some(self) -> None:
        """Try what is pending, store it, apply it. Whatever goes wrong, the next tick begins with a
        document that is as it was, and a queue that was judged against it."""
        batch = self._queue[:MERGED]
        if harmful := self._harmful(batch):
            return self._refuse(harmful)
        news = [pending.news for pending in batch if pending.news != NOTHING]
        if not news:
            return self._resolve(batch)
        authors = [author for pending in batch for author in pending.authors]
        edit = Edit.of(self.seq + 1, self.clock(), merged(news), authors)
        try:
            await self.store.append(self.id, self.epoch, [edit])
        except OutOfDate as error:
            self._shadow = None
            await self._catch_up_or_fail(error)
        except Exception as error:  # noqa: BLE001 - whoever waits for it is told
            if await self._was_stored(edit):
                self._settle(edit, batch)
            else:
                self._fail(error)
        else:
            self._settle(edit, batch)

    def _settle(self, edit: Edit, batch: list[Pending]) -> None:
        """The edit is stored: make it true."""
        try:
            self._live.apply(edit.update)
        except Unsound:
            logger.exception("edit %d of %s had passed its trial", edit.seq, self.id)
            assert self._shadow, "a trial leaves a shadow"
            self._live, self._shadow = self._shadow, None
        for pending in batch:
            self._clocks.update((client, end) for client, (_, end) in pending.runs.items())
            self._mark_deleted(pending.deletes)
        self._move(edit)
        self._resolve(batch)

    def _move(self, edit: Edit) -> None:
        assert edit.seq == self.seq + 1, "edits are applied in order, once each"
        self.seq = edit.seq
        self._tail.append(edit)
        self._tail_bytes += len(edit.update)
        while len(self._tail) > TAIL_EDITS or self._tail_bytes > TAIL_BYTES:
            self._tail_bytes -= len(self._tail.popleft().update)
        self._told.clear()
        self._answers.clear()
        self.stored(self.seq)

    def _resolve(self, batch: list[Pending]) -> None:
        """These are first in the queue, and stored."""
        del self._queue[: len(batch)]
        if not self._queue:
            self._deleting.clear()
        for pending in batch:
            if not pending.done.done():
                pending.done.set_result(None)

    def _refuse(self, harmful: list[Pending]) -> None:
        logger.warning("refused %d updates that did %s harm", len(harmful), self.id)
        for pending in harmful:
            self._queue.remove(pending)
            fail(pending, Rejected("malformed", "it does the document harm"))
        self._judge_again()

    def _fail(self, error: Exception) -> None:
        """The store cannot be written. What is pending would build on what is not there: all of it
        goes back to its authors, who keep it."""
        logger.warning("%s cannot be stored: %s", self.id, type(error).__name__)
        queue, self._queue = self._queue, []
        for pending in queue:
            fail(pending, error)
        self._judge_again()

    def _judge_again(self) -> None:
        """Go back to what is stored, and admit what is pending on top of it."""
        self._shadow = None
        self._go_back()
        self._admit_queue()

    def _go_back(self) -> None:
        self._kinds.go_back(self._clocks)
        self._deleting.clear()
        self._length -= sum(len(pending.news) for pending in self._queue)

    def _admit_queue(self) -> None:
        queue, self._queue = self._queue, []
        for pending in queue:
            try:
                self._admit(pending)
            except Rejected as rejected:
                fail(pending, rejected)
            else:
                self._queue.append(pending)

    async def _was_stored(self, edit: Edit) -> bool:
        """Whether a commit whose answer was lost was made all the same."""
        try:
            found = await self.store.since(self.id, self.epoch, self.seq)
        except Exception:  # noqa: BLE001 - the store is as unwell as it was: the caller says so
            return False
        return bool(found) and found[0] == edit

    # The trial ----------------------------------------------------------------------------

    def _harmful(self, batch: list[Pending]) -> list[Pending]:
        """Those whose updates do the document harm: nobody, as a rule."""
        if self._passes(batch):
            return []
        harmful = self._sift([], batch)
        self._shadow = None
        return harmful

    def _sift(self, sound: list[Pending], batch: list[Pending]) -> list[Pending]:
        """Halve by author until those are found who do harm on top of what is sound."""
        self._shadow = None
        if self._passes(sound + batch):
            sound += batch
            return []
        authors = list(dict.fromkeys(pending.by for pending in batch))
        if len(authors) == 1:
            return batch
        half = authors[: len(authors) // 2]
        first = self._sift(sound, [pending for pending in batch if pending.by in half])
        return first + self._sift(sound, [each for each in batch if each.by not in half])

    def _passes(self, batch: list[Pending]) -> bool:
        """Whether the shadow takes these, and what it then says can be loaded as the same."""
        news = [pending.news for pending in batch if pending.news != NOTHING]
        if not news:
            return True
        expected = dict(self._clocks)
        for pending in batch:
            expected.update((client, end) for client, (_, end) in pending.runs.items())
        try:
            self._try(merged(news), expected)
        except Unsound as error:
            logger.warning("a trial on %s failed: %s", self.id, error)
            return False
        return True

    def _try(self, update: bytes, expected: Mapping[int, int]) -> None:
        shadow = self._shadow = self._shadow or Copy(self._live.state())
        shadow.apply(update)
        state = shadow.state()
        if shadow.clocks() != expected:
            raise Unsound("something was left pending")
        if self._reload_is_due(len(state)):
            Copy(state).compare(shadow)
        waiting = sum(len(pending.news) for pending in self._queue[MERGED:])
        self._length = len(state) + waiting

    def _reload_is_due(self, length: int) -> bool:
        ticks, at = self._reloaded
        now = asyncio.get_running_loop().time()
        if length > SMALL and ticks < RELOAD_TICKS and now - at < RELOAD_SECONDS:
            self._reloaded = ticks + 1, at
            return False
        self._reloaded = 0, now
        return True

    # Other processes ----------------------------------------------------------------------

    async def hear(self, seq: int) -> None:
        """Another process stored something, up to `seq`. It is read in order."""
        if seq > self.seq:
            async with self._moving:
                if seq > self.seq:
                    await self._read_store()

    async def catch_up(self) -> None:
        async with self._moving:
            await self._read_store()

    async def _catch_up_or_fail(self, error: Exception) -> None:
        """Somebody was first. Without anything to learn from that, trying again would end where it
        began, for ever."""
        try:
            learnt = await self._read_store()
        except Exception as failure:  # noqa: BLE001 - whoever waits for it is told
            self._fail(failure)
        else:
            if not learnt:
                self._fail(error)

    async def _read_store(self) -> bool:
        """Apply what others stored, and judge again what is pending; say if there was anything."""
        edits = await self.store.since(self.id, self.epoch, self.seq)
        if not edits:
            return False
        self._go_back()
        try:
            for edit in edits:
                self._learn(edit)
        finally:
            self._admit_queue()
        return True

    def _learn(self, edit: Edit) -> None:
        if not edit.intact():
            raise Unsound(f"edit {edit.seq} of {self.id} is not what was stored")
        update = read_update(edit.update, STORED)
        runs = self._kinds.admit(update, strict=False)
        try:
            self._live.apply(edit.update)
        except Unsound:
            self._kinds.go_back(self._clocks)
            raise
        self._shadow_too(edit.update)
        self._clocks.update((client, end) for client, (_, end) in runs.items())
        self._mark_deleted(update.deletes)
        self._length += len(edit.update)
        for author in edit.authors:
            self._own(author)
        self._move(edit)

    def _shadow_too(self, update: bytes) -> None:
        try:
            if self._shadow:
                self._shadow.apply(update)
        except Unsound:
            self._shadow = None

    def _own(self, author: Author) -> None:
        person, client, begin, end = author
        if begin < end:
            self.owners.write(client, person)

    def _mark_deleted(self, deletes: Iterable[tuple[int, int, int]]) -> None:
        for client, begin, end in deletes:
            self._deleted.add(client, begin, end)

    # Snapshots ----------------------------------------------------------------------------

    async def _keep_snapshot_if_due(self) -> None:
        if self.seq - self._snapshot >= SNAPSHOT_EVERY:
            await self._keep_snapshot()

    async def _keep_snapshot(self) -> None:
        """Keep the state, if loading it gives the same document. It is a cache: that it cannot be
        kept is no reason to stop."""
        seq, self._snapshot = self.seq, self.seq
        try:
            state = self._live.state()
            Copy(state).compare(self._live)
            await self.store.keep_snapshot(self.id, self.epoch, seq, state)
        except Exception as error:  # noqa: BLE001
            logger.warning("snapshot %d of %s was not kept: %s", seq, self.id, error)


class Copy:
    """The document in the library's own form. Every use may fail, and fails as Unsound."""

    def __init__(self, state: bytes = NOTHING) -> None:
        with sound():
            self._doc: Doc[Any] = Doc()
            self._root = self._doc.get(ROOT, type=XmlFragment)
            if state != NOTHING:
                self._doc.apply_update(state)

    def apply(self, update: bytes) -> None:
        with sound():
            self._doc.apply_update(update)

    def state(self, since: bytes = b"\x00") -> bytes:
        with sound():
            return self._doc.get_update(since)

    def clocks(self) -> dict[int, int]:
        with sound():
            return read_state_vector(self._doc.get_state(), most=2**31)

    def tree(self) -> str:
        """The text as the library writes it: quick, but its attributes come in any order."""
        with sound():
            return str(self._root)

    def plain(self) -> list[Any]:
        """The text as plain data, with its attributes in order."""
        with sound():
            return [plain(each) for each in self._root.children]

    def compare(self, other: Copy) -> None:
        """Raise Unsound unless both hold the same."""
        if self.clocks() != other.clocks():
            raise Unsound("another state vector after loading")
        if self.tree() != other.tree() and self.plain() != other.plain():
            raise Unsound("another text after loading")


@contextmanager
def sound() -> Iterator[None]:
    """Turn whatever the library raises into Unsound. A panic is no Exception: it would pass by
    every `except Exception` on its way to the end of the process."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise Unsound(f"{type(error).__name__}: {error}") from error


def plain(node: Any) -> Any:
    match node:
        case XmlText():
            return [(plain(piece), plain(marks)) for piece, marks in node.diff()]
        case XmlElement():
            children = [plain(each) for each in node.children]
            attributes: Any = node.attributes
            return node.tag, plain(dict(attributes)), children
        case dict():
            return sorted((key, plain(value)) for key, value in node.items())
        case list():
            return [plain(each) for each in node]
    return repr(node)  # so that a number that is none equals itself


def merged(updates: list[bytes]) -> bytes:
    with sound():
        return updates[0] if len(updates) == 1 else merge_updates(*updates)


def fail(pending: Pending, error: Exception) -> None:
    if not pending.done.done():
        pending.done.set_exception(error)


def sync_message(kind: int, payload: bytes) -> bytes:
    out = bytearray((SYNC, kind))
    write_number(out, len(payload))
    return bytes(out + payload)
