"""How big and how often: what one person, or one connection, may ask of a room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

Clock = Callable[[], float]

KEPT = 10_000  # people of a room whose rates are remembered


class Bucket:
    """A token bucket: `rate` a second in the long run, `burst` at once."""

    def __init__(self, rate: float, burst: float, clock: Clock) -> None:
        self.rate, self.burst, self.clock = rate, burst, clock
        self._tokens, self._at = burst, clock()

    def take(self) -> float:
        """Take one token. Returns 0, or after how many seconds there will be one."""
        now = self.clock()
        self._tokens = min(self.burst, self._tokens + max(0.0, now - self._at) * self.rate)
        self._at = now
        if self._tokens < 1:
            return (1 - self._tokens) / self.rate
        self._tokens -= 1
        return 0


class Allowances:
    """Everyone's, kept beyond their last socket: or reconnecting would fill the buckets anew.
    The longest unused go first."""

    def __init__(self, limits: Mapping[str, Any], clock: Clock) -> None:
        self.limits, self.clock = limits, clock
        self._of: OrderedDict[str, Allowance] = OrderedDict()

    def of(self, person: str) -> Allowance:
        allowance = self._of.pop(person, None) or Allowance(self.limits, self.clock)
        self._of[person] = allowance
        while len(self._of) > KEPT:
            self._of.popitem(last=False)
        return allowance


class Allowance:
    """One person's buckets, shared by their tabs. Anything named in `limits` with a pair is a
    rate: `messages`, `updates`, or a command such as `chat.post`."""

    def __init__(self, limits: Mapping[str, Any], clock: Clock) -> None:
        self.limits, self.clock = limits, clock
        self._buckets: dict[str, Bucket] = {}

    def take(self, what: str) -> float:
        """Ask to do one of `what`. Returns 0, or how many seconds to wait."""
        if not isinstance(self.limits.get(what), tuple):
            return 0
        if what not in self._buckets:
            rate, burst = self.limits[what]
            self._buckets[what] = Bucket(rate, burst, self.clock)
        return self._buckets[what].take()
