"""Admission: how many may come at once, before anything is known of them.

A hall sits behind one address, and comes back as one after its network failed: an address may
therefore bring a crowd at once, but not for ever. Whoever opens a socket and says nothing makes
room for those who come after.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Mapping
from typing import Any, Protocol

from realtime.limits import Clock, Rates


class Expected(Protocol):
    """A connection of which nothing is known yet."""

    def give_up(self) -> None: ...


class Admission:
    """The sockets of one process. `limits` are the settings' own: see LIMITS there."""

    def __init__(self, limits: Mapping[str, Any], clock: Clock) -> None:
        self.limits, self.clock = limits, clock
        self._rates = Rates(limits, clock)
        self._sockets: Counter[str] = Counter()  # by address
        self._unsaid: OrderedDict[Expected, float] = OrderedDict()  # since when, oldest first

    def welcomes(self, address: str) -> bool:
        """Whether one more handshake from this address may be answered."""
        return not self.full(address) and not self._rates.take(address, "handshakes")

    def full(self, address: str) -> bool:
        most: int = self.limits["sockets_per_address"]
        return self._sockets[address] >= most

    def arrive(self, address: str) -> None:
        """One more socket of this address is open."""
        self._sockets[address] += 1

    def leave(self, address: str) -> None:
        self._sockets[address] -= 1
        if self._sockets[address] <= 0:
            del self._sockets[address]

    def expect(self, who: Expected) -> None:
        """Someone is to say hello. Where too many have not, the longest silent is given up."""
        self._unsaid[who] = self.clock()
        while len(self._unsaid) > self.limits["unsaid"]:
            self._give_up_oldest()

    def greeted(self, who: Expected) -> None:
        """They have said hello, or are gone."""
        self._unsaid.pop(who, None)

    def give_up_silent(self) -> None:
        """Those whose time to say hello is over."""
        latest = self.clock() - self.limits["hello_within"]
        while self._unsaid and next(iter(self._unsaid.values())) <= latest:
            self._give_up_oldest()

    def _give_up_oldest(self) -> None:
        who, _ = self._unsaid.popitem(last=False)
        who.give_up()
