"""Those who have connected and not yet said what they want: for five seconds, and no longer.

One timer for all of them. Whoever opens thousands of connections and says nothing, or says it byte
by byte, costs a slot in a dict each, and loses them.
"""

from __future__ import annotations

import asyncio
from itertools import takewhile
from typing import Protocol

PATIENCE = 5.0  # seconds for the whole head of a request


class Guest(Protocol):
    def turn_out(self) -> None: ...


class Waiting:
    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._until: dict[Guest, float] = {}  # the longest waiting first
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._until)

    def join(self, guest: Guest) -> None:
        loop = asyncio.get_running_loop()
        self._until[guest] = loop.time() + self._patience
        if self._timer is None:
            self._look_again(loop)

    def leave(self, guest: Guest) -> None:
        """The timer stays: to stop and start it would cost every accepted socket two of them."""
        self._until.pop(guest, None)

    def _look_again(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = loop.call_later(self._patience / 10, self._look)

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        self._timer, now = None, loop.time()
        late = takewhile(lambda guest: self._until[guest] <= now, self._until)
        for guest in list(late):
            self.leave(guest)
            guest.turn_out()
        if self._until:
            self._look_again(loop)
