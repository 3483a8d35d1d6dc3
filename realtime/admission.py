"""Admission: how many may come at once, before anything is known of them.

A hall sits behind one address, and comes back as one after its network failed: an address may
therefore bring a crowd at once, but not for ever. Whoever opens a socket and says nothing makes
room for those who come after.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from realtime.limits import Allowances, Clock


class Admission:
    """The sockets of one process. `limits` are the settings' own: see LIMITS there."""

    def __init__(self, limits: Mapping[str, Any], clock: Clock) -> None:
        self.limits = limits
        self._handshakes = Allowances(limits, clock)
        self._sockets: Counter[str] = Counter()  # by address
        self._unsaid: OrderedDict[object, Callable[[], None]] = OrderedDict()  # oldest first

    def welcomes(self, address: str) -> bool:
        """Whether one more handshake from this address may be answered."""
        if self._sockets[address] >= self.limits["sockets_per_address"]:
            return False
        return not self._handshakes.of(address).take("handshakes")

    @contextmanager
    def socket(self, address: str) -> Iterator[None]:
        """One socket of this address, for as long as it is open."""
        self._sockets[address] += 1
        try:
            yield
        finally:
            self._sockets[address] -= 1
            if not self._sockets[address]:
                del self._sockets[address]

    def expect(self, who: object, give_up: Callable[[], None]) -> None:
        """Someone is to say hello. Where too many have not, the longest silent is given up."""
        self._unsaid[who] = give_up
        while len(self._unsaid) > self.limits["unsaid"]:
            _, give_up = self._unsaid.popitem(last=False)
            give_up()

    def greeted(self, who: object) -> None:
        """They have said hello, or are gone."""
        self._unsaid.pop(who, None)
