"""A document: a text several people write at once, kept whole whatever it is sent.

On paper Yjs updates commute; in yrs they do not: delivered in another order, half of all histories
end up incomplete, silently. So a document's updates are numbered and applied in that one order
everywhere, and what builds on something unknown is never kept waiting inside the library.

An update passes, in this order:

1. the judge: the guard and the parent kinds, which read it without the library, and the question of
   whose client id it is. From here on it is pending, and its author's next ones may build on it;
2. at the end of the tick, merged with its neighbours: a trial in the engine, on a shadow of the
   document, which is encoded, loaded afresh and compared. Whoever's update fails is found by
   halving, and refused; an update of which the engine's worker dies twice is put in quarantine;
3. the store, under the next number. If another process was first, its edits are read, and what is
   pending is judged again on top of them;
4. the document itself; then those who are connected are told, and its authors that it is saved.

Only edits that came back from the store, or went into it, ever reach the live document.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from realtime.documents.copy import Unsound
from realtime.documents.engine import Died, Engine, InlineEngine
from realtime.documents.guard import (
    NOTHING,
    Limits,
    Rejected,
    Update,
    read_state_vector,
    read_update,
    written_state_vector,
)
from realtime.documents.history import STEP_1, STEP_2, History, digest_message, sync_message
from realtime.documents.judge import STORED, Judge, Pending
from realtime.documents.owners import Owners
from realtime.documents.shelf import (
    Answer,
    Apply,
    Digest,
    Digested,
    Drop,
    Failed,
    Load,
    Loaded,
    Replies,
    Requests,
    Save,
    State,
    Tried,
    Try,
    Unknown,
)
from realtime.documents.store import Author, DocumentStore, Edit, Snapshot
from realtime.log import OutOfDate
from workshop.people import SYSTEM

__all__ = ["Document", "Owners", "Rejected"]

logger = logging.getLogger(__name__)

TICK = 0.05  # seconds between two edits: what is written meanwhile becomes one
MERGED = 100  # updates in one edit
SIZE = 1024 * 1024  # bytes of a document's state, beyond which it only shrinks
SNAPSHOT_EVERY, SNAPSHOT_AT_CLOSE = 500, 50  # edits
ANSWERS_KEPT = 16
LONG = 16 * 1024  # bytes of a state that take the judge several milliseconds
TRIES = 3  # workers that a question may outlive


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
        engine: Engine | None = None,
        owners: Owners | None = None,
        limits: Limits | None = None,
        size: int = SIZE,
        tick: float = TICK,
    ) -> None:
        self.id, self.epoch, self.store, self.clock, self.stored = id, epoch, store, clock, stored
        self.engine = engine or InlineEngine()
        self.owners = owners or Owners()
        self.limits, self.size, self.tick = limits or Limits(), size, tick
        self.seq = 0
        self._name = self.engine.name()
        self._history = History()
        self._clocks: dict[int, int] = {}  # how far what is stored is
        self._judge: Judge | None = None  # of what is stored and what is pending; once one writes
        self._queue: list[Pending] = []
        self._length = 0  # of the state, when it was last encoded, and of what is pending
        self._answers: dict[bytes, asyncio.Task[State]] = {}
        self._digest: asyncio.Task[bytes] | None = None  # of the document as it is
        self._moving = asyncio.Lock()  # held while the document moves forward
        self._entering = asyncio.Lock()  # held by whoever is judged: one after the other
        self._ticking: asyncio.Task[None] | None = None
        self._ticked = 0.0

    # Coming and going ---------------------------------------------------------------------

    async def open(self) -> None:
        """Load the newest snapshot that can be loaded, and what was written since. Raises Unsound,
        Died, or whatever the store does."""
        for snapshot in await self.store.snapshots(self.id, self.epoch):
            try:
                await self._load(History(snapshot.seq, snapshot.state))
            except (Unsound, Died, Rejected) as error:
                logger.error("snapshot %d of %s is unreadable: %s", snapshot.seq, self.id, error)
            else:
                await self._own_all(snapshot)
                break
        await self.catch_up()

    async def close(self) -> None:
        """Store what is pending; keep a snapshot if much was written."""
        while self._ticking:
            await asyncio.wait([self._ticking])
        if self.seq - self._history.base_seq >= SNAPSHOT_AT_CLOSE:
            await self._keep_snapshot()
        try:
            await self.engine.ask(Drop(self._name))
        except Died:
            logger.warning("%s was closed over a lost worker", self.id)

    async def _load(self, history: History) -> None:
        """Put a document on the engine's shelf."""
        load = Load(self._name, history.base, history.since_base, self.seq or history.base_seq)
        loaded = checked(await self.engine.ask(load))
        assert isinstance(loaded, Loaded), "that is the answer to loading"
        if history is not self._history:
            self._history, self.seq, self._clocks = history, history.base_seq, loaded.clocks
            self._length = len(history.base)

    async def _own_all(self, snapshot: Snapshot) -> None:
        """Whose the client ids are that wrote it; of an old snapshot, by reading all edits."""
        if snapshot.owners is None:
            for author in await self.store.authors(self.id, self.epoch, snapshot.seq):
                self._own(author)
            return
        for person, clients in snapshot.owners.items():
            for client in clients:
                self.owners.write(client, person)

    async def _ask(self, request: Requests) -> Replies:
        """Ask the engine about this document, which a new worker is given first. Raises Unsound if
        the library fails, Died if it takes the worker with it."""
        for _ in range(TRIES):
            reply = await self.engine.ask(request)
            if not isinstance(reply, Unknown):
                return checked(reply)
            await self._load(self._history)
        raise Died("no worker lives long enough")

    # What readers are told ----------------------------------------------------------------

    def greeting(self) -> bytes:
        """Sync step 1: how far we are."""
        return sync_message(STEP_1, written_state_vector(self._clocks))

    async def answer(self, state_vector: bytes) -> tuple[bytes, int]:
        """Sync step 2: what someone lacks who is as far as this, and the seq of the last edit that
        is in it. Raises Rejected, or Died where no worker lives.

        Clients we do not know and clocks beyond ours are left out: they cost the library a second.
        """
        theirs = read_state_vector(state_vector)
        shared = {each: clock for each, clock in sorted(theirs.items()) if each in self._clocks}
        cut = {each: min(clock, self._clocks[each]) for each, clock in shared.items()}
        if not cut and self.seq == self._history.base_seq:
            return sync_message(STEP_2, self._history.base), self.seq
        try:
            state = await asyncio.shield(self._answer(written_state_vector(cut)))
        except Unsound as error:
            raise Rejected("malformed", "a state vector that cannot be answered") from error
        return sync_message(STEP_2, state.update), state.seq

    def since(self, seq: int) -> list[bytes]:
        """The messages that bring someone at `seq` here."""
        return self._history.messages(seq) if seq < self.seq else []

    @property
    def updates(self) -> list[bytes]:
        """The updates that make the document as it is stored."""
        return [self._history.base, *self._history.since_base]

    def knows(self, client: int) -> bool:
        """Whether something is stored under this client id."""
        return client in self._clocks

    async def digest(self) -> bytes:
        """The message that says what a browser should see which is as far as the document. Raises
        Died where no worker lives, Unsound."""
        if self._digest is None:
            self._digest = asyncio.create_task(self._find_digest())
        return await asyncio.shield(self._digest)

    def clients_of(self, person: str) -> frozenset[int]:
        """Every client id that is this person's."""
        return self.owners.clients_of(person)

    def _answer(self, since: bytes) -> asyncio.Task[State]:
        """Asked once for all who are as far: after a loss of the network these are many."""
        if since not in self._answers:
            if len(self._answers) >= ANSWERS_KEPT:
                self._answers.clear()
            self._answers[since] = asyncio.create_task(self._find_answer(since))
        return self._answers[since]

    async def _find_answer(self, since: bytes) -> State:
        answer = Answer(self._name, since)
        try:
            try:
                state = await self._ask(answer)
            except Died:
                state = await self._ask(answer)  # it need not have been that
        except BaseException:
            self._answers.pop(since, None)
            raise
        assert isinstance(state, State), "that is the answer"
        return state

    async def _find_digest(self) -> bytes:
        try:
            digested = await self._ask(Digest(self._name))
        except BaseException:
            self._digest = None
            raise
        assert isinstance(digested, Digested), "that is the answer"
        return digest_message(digested.state_vector, digested.sha256)

    # Writing ------------------------------------------------------------------------------

    async def write(self, update: bytes, by: str) -> None:
        """Take an update; return once it is stored.

        Raises Rejected if it is refused, and then it changed nothing; or whatever the store raises,
        and then it was not applied. Up to being pending it goes in the order of the calls.
        """
        async with self._entering:
            judge = self._judge or await self._find_judge()
        try:
            pending = self._take(judge, update, by)
        except Rejected as rejected:
            if rejected.code != "gap":
                raise
            # Another process may have stored what this builds on: never refuse for lagging behind.
            await self.catch_up()
            pending = self._take(judge, update, by)
        if pending:
            await pending.done

    async def _find_judge(self) -> Judge:
        """The first who writes waits until every piece of the document has been looked at; of a
        long one in a thread, so that nobody else does."""
        judge = Judge(self.owners, self.limits)
        async with self._moving:
            updates = self.updates
            if sum(map(len, updates)) > LONG:
                await asyncio.to_thread(judge.read, updates)
            else:
                judge.read(updates)
            self._judge = judge
        return judge

    def _take(self, judge: Judge, data: bytes, by: str) -> Pending | None:
        """Make an update pending. None if there is nothing new in it, and all is stored."""
        pending = Pending(data, by, asyncio.get_running_loop().create_future())
        self._admit(judge, pending)
        if not self._queue and pending.news == NOTHING:
            return None
        self._queue.append(pending)
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick())
        return pending

    def _admit(self, judge: Judge, pending: Pending) -> None:
        # The server has as much again: a text somebody has filled must still become final.
        size = 2 * self.size if pending.by == SYSTEM.id else self.size
        judge.admit(pending, size - self._length)
        self._length += len(pending.news)

    # The tick -----------------------------------------------------------------------------

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._queue:
                await asyncio.sleep(max(0.0, self._ticked + self.tick - loop.time()))
                self._ticked = loop.time()
                async with self._moving:
                    await self._store_some()
                if self.seq - self._history.base_seq >= SNAPSHOT_EVERY:
                    await self._keep_snapshot()
        except Exception as error:
            logger.exception("the tick of %s failed", self.id)
            self._fail(error)
        finally:
            self._ticking = None

    async def _store_some(self) -> None:
        """Try what is pending, store it, apply it. Whatever goes wrong, the next tick begins with a
        document that is as it was, and a queue that was judged against it."""
        batch = self._queue[:MERGED]
        if all(pending.news == NOTHING for pending in batch):
            return self._resolve(batch)
        tried = await self._trial(batch)
        if not isinstance(tried, Tried):
            return self._refuse(tried)
        authors = [author for pending in batch for author in pending.authors]
        edit = Edit.of(self.seq + 1, self.clock(), tried.update, authors)
        try:
            await self.store.append(self.id, self.epoch, [edit])
        except OutOfDate as error:
            await self._catch_up_or_fail(error)
        except Exception as error:  # noqa: BLE001 - whoever waits for it is told
            if await self._was_stored(edit):
                await self._settle(edit, batch)
            else:
                self._fail(error)
        else:
            await self._settle(edit, batch)

    async def _settle(self, edit: Edit, batch: list[Pending]) -> None:
        """The edit is stored: make it true."""
        for pending in batch:
            self._clocks.update(pending.ends)
            if self._judge:
                self._judge.settle(pending.deletes)
        try:
            self._move(edit)
            self._resolve(batch)
        finally:
            await self._apply(edit)

    async def _apply(self, edit: Edit) -> None:
        try:
            await self._ask(Apply(self._name, edit.update, edit.seq))
        except (Unsound, Died) as error:
            logger.error("edit %d of %s had passed its trial: %s", edit.seq, self.id, error)

    def _move(self, edit: Edit) -> None:
        assert edit.seq == self.seq + 1, "edits are applied in order, once each"
        self.seq = edit.seq
        self._history.add(edit)
        self._answers.clear()
        self._digest = None
        self.stored(self.seq)

    def _resolve(self, batch: list[Pending]) -> None:
        """These are first in the queue, and stored."""
        del self._queue[: len(batch)]
        if self._judge and not self._queue:
            self._judge.nothing_is_pending()
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
        self._go_back()
        self._admit_queue()

    def _go_back(self) -> None:
        if self._judge:
            self._judge.go_back(self._clocks)
        self._length -= sum(len(pending.news) for pending in self._queue)

    def _admit_queue(self) -> None:
        queue, self._queue = self._queue, []
        for pending in queue:
            assert self._judge, "what is pending was judged"
            try:
                self._admit(self._judge, pending)
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

    async def _trial(self, batch: list[Pending]) -> Tried | list[Pending]:
        """The batch as one update, if the document takes it; or those who do it harm."""
        try:
            return await self._try(batch)
        except Unsound as error:
            logger.warning("a trial on %s failed: %s", self.id, error)
            return await self._sift([], batch)
        except Died:
            return await self._try_alone(batch)

    async def _try_alone(self, batch: list[Pending]) -> Tried | list[Pending]:
        """The worker died over these, which may have been an accident. One by one, so that it is
        known over which it dies again."""
        try:
            return await self._try(batch, alone=True)
        except Unsound:
            return await self._sift([], batch)
        except Died as died:
            if died.at is None:
                raise
            deadly = [each for each in batch if each.news != NOTHING][died.at]
            logger.error("an update of %d bytes is in quarantine", len(deadly.data))
            assert self._judge, "what is pending was judged"
            self._judge.quarantine(deadly.data)
            return [deadly]

    async def _sift(self, sound: list[Pending], batch: list[Pending]) -> list[Pending]:
        """Halve by author until those are found who do harm on top of what is sound."""
        if await self._passes(sound + batch):
            sound += batch
            return []
        authors = list(dict.fromkeys(pending.by for pending in batch))
        if len(authors) == 1:
            return batch
        half = authors[: len(authors) // 2]
        first = await self._sift(sound, [pending for pending in batch if pending.by in half])
        return first + await self._sift(sound, [each for each in batch if each.by not in half])

    async def _passes(self, batch: list[Pending]) -> bool:
        if all(pending.news == NOTHING for pending in batch):
            return True
        try:
            await self._try(batch)
        except (Unsound, Died):
            return False
        return True

    async def _try(self, batch: list[Pending], *, alone: bool = False) -> Tried:
        """Raises Unsound, Died."""
        news = [pending.news for pending in batch if pending.news != NOTHING]
        ends: dict[int, int] = {}
        for pending in batch:
            ends |= pending.ends
        tried = await self._ask(Try(self._name, news, ends, alone))
        assert isinstance(tried, Tried), "that is the answer to trying"
        waiting = sum(len(pending.news) for pending in self._queue[len(batch) :])
        self._length = tried.length + waiting
        return tried

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
        for edit in edits:
            await self._learn(edit)
        return bool(edits)

    async def _learn(self, edit: Edit) -> None:
        if not edit.intact():
            raise Unsound(f"edit {edit.seq} of {self.id} is not what was stored")
        update = read_update(edit.update, STORED)
        await self._ask(Apply(self._name, edit.update, edit.seq))
        self._go_back()
        try:
            self._take_in(edit, update)
        finally:
            self._admit_queue()

    def _take_in(self, edit: Edit, update: Update) -> None:
        if self._judge:
            self._judge.learn(update)
        self._clocks.update(ends(update))
        self._length += len(edit.update)
        for author in edit.authors:
            self._own(author)
        self._move(edit)

    def _own(self, author: Author) -> None:
        person, client, begin, end = author
        if begin < end:
            self.owners.write(client, person)

    # Snapshots ----------------------------------------------------------------------------

    async def _keep_snapshot(self) -> None:
        """Keep the state, if loading it gives the same document. It is a cache: that it cannot be
        kept is no reason to stop."""
        try:
            state = await self._ask(Save(self._name))
            assert isinstance(state, State), "that is the answer to saving"
            self._history.rebase(state.seq, state.update)
            snapshot = Snapshot(state.seq, state.update, self.owners.written())
            await self.store.keep_snapshot(self.id, self.epoch, snapshot)
        except Exception as error:  # noqa: BLE001
            logger.warning("no snapshot of %s was kept: %s", self.id, error)


def checked(reply: Replies) -> Replies:
    """Raises Unsound if the library failed."""
    if isinstance(reply, Failed):
        raise Unsound(reply.why)
    return reply


def ends(update: Update) -> dict[int, int]:
    """How far the clients are whose pieces are in this."""
    last = {client: structs[-1] for client, structs in update.structs.items()}
    return {client: each.clock + each.length for client, each in last.items()}


def fail(pending: Pending, error: Exception) -> None:
    if not pending.done.done():
        pending.done.set_exception(error)
