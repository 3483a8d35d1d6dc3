"""The engine: what applies updates in the library, in a process of its own.

The library is native code that is given other people's bytes. If it crashes, hangs or takes too
much memory, only the worker goes, and a new one is given the documents anew. No two requests are
out at once: it is known over which one a worker was lost.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Protocol

from realtime.documents.shelf import Done, Drop, Replies, Requests, Shelf, decode_reply, encode
from realtime.documents.worker import ANSWER, LENGTH

logger = logging.getLogger(__name__)

WATCHDOG = 5.0  # seconds for one request: opening the longest minutes takes a tenth of one
START = 30.0  # seconds to start: a tenth of one, where nobody else uses the machine
LAST = 1.0  # seconds to end by itself
WORKER = (sys.executable, "-m", "realtime.documents.worker")
ROOT = Path(__file__).parents[2]


class Died(Exception):
    """The worker was lost over a request. `at` is which of several updates it had begun with."""

    def __init__(self, why: str, at: int | None = None) -> None:
        super().__init__(why)
        self.at = at


class Engine(Protocol):
    def name(self) -> int:
        """A number for a document, which no other has."""

    async def ask(self, request: Requests) -> Replies:
        """Have this done. Raises Died."""

    async def close(self) -> None:
        """Nothing more will be asked."""


class InlineEngine:
    """The same in this process, for tests and tools: here, what harms the library harms us."""

    def __init__(self) -> None:
        self.shelf, self._names = Shelf(), count(1)

    def name(self) -> int:
        return next(self._names)

    async def ask(self, request: Requests) -> Replies:
        return self.shelf.handle(request)

    async def close(self) -> None:
        self.shelf = Shelf()


class ProcessEngine:
    """One worker, started when it is first needed, and again whenever it has died."""

    def __init__(self, command: Sequence[str] = WORKER, watchdog: float = WATCHDOG) -> None:
        self.command, self.watchdog = command, watchdog
        self.deaths = 0
        self._names = count(1)
        self.worker: Process | None = None
        self._closed = False
        self._one = asyncio.Lock()  # request at a time

    def name(self) -> int:
        return next(self._names)

    async def ask(self, request: Requests) -> Replies:
        # In a task of its own: whoever asked may leave, and half an answer must not stay unread.
        return await asyncio.shield(asyncio.create_task(self._ask(request)))

    async def close(self) -> None:
        async with self._one:
            self._closed = True
            if worker := self.worker:
                self.worker = None
                assert worker.stdin, "it reads"
                worker.stdin.close()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LAST):
                        await worker.wait()
                await end(worker)

    async def _ask(self, request: Requests) -> Replies:
        async with self._one:
            if self.worker is None and isinstance(request, Drop):
                return Done()  # it went with the worker that had it
            if self._closed:
                raise Died("the engine is closed")
            worker = self.worker = self.worker or await self._start()
            asking = Asking(worker)
            try:
                async with asyncio.timeout(self.watchdog):
                    return await asking.answer(encode(request))
            except (OSError, EOFError, TimeoutError) as error:
                why = f"{type(error).__name__} over {type(request).__name__}"
                raise await self._bury(worker, why, asking.at) from error

    async def _start(self) -> Process:
        try:
            # In a session of its own: Ctrl-C is the server's to answer.
            worker = await asyncio.create_subprocess_exec(
                *self.command, stdin=PIPE, stdout=PIPE, cwd=ROOT, start_new_session=True
            )
        except OSError as error:
            raise Died("no worker can be started") from error
        try:
            async with asyncio.timeout(START):
                await Asking(worker).hear()
        except (OSError, EOFError, TimeoutError) as error:
            raise await self._bury(worker, "it did not start", None) from error
        return worker

    async def _bury(self, worker: Process, why: str, at: int | None) -> Died:
        self.worker = None
        self.deaths += 1
        await end(worker)
        logger.error("the worker for documents was lost (%s): %s", worker.returncode, why)
        return Died(why, at)


class Asking:
    """One request to a worker, and how far it has come with it."""

    def __init__(self, worker: Process) -> None:
        assert worker.stdin, "it reads"
        assert worker.stdout, "it answers"
        self._in, self._out = worker.stdin, worker.stdout
        self.at: int | None = None

    async def answer(self, request: bytes) -> Replies:
        """Raises OSError or EOFError when the worker is gone."""
        self._in.write(len(request).to_bytes(LENGTH, "big") + request)
        await self._in.drain()
        while (message := await self.hear())[:1] != ANSWER:
            self.at = int.from_bytes(message[1:], "big")
        return decode_reply(message[1:])  # type: ignore[no-any-return]

    async def hear(self) -> bytes:
        length = int.from_bytes(await self._out.readexactly(LENGTH), "big")
        return await self._out.readexactly(length)


async def end(worker: Process) -> None:
    with suppress(ProcessLookupError):
        worker.kill()
    await worker.wait()
