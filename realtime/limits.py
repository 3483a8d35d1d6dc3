"""How big and how often: what one person, or one connection, may ask of a room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Clock = Callable[[], float]

KEPT = 10_000  # rates in memory, before those that are spent no longer are let go of


class Rates:
    """Token buckets, by who asks and for what. `limits` holds pairs: so many a second in the long
    run, so many at once. Anything in it that is no pair is no rate.

    A bucket is kept as one number, the moment at which it will be full again (the generic cell
    rate algorithm, ITU-T I.371): a full one needs none, so that whoever asks nothing costs nothing,
    and reconnecting fills no bucket anew.
    """

    def __init__(self, limits: Mapping[str, Any], clock: Clock) -> None:
        self.limits, self.clock = limits, clock
        self._full: dict[tuple[object, str], float] = {}
        self._most = KEPT

    def take(self, who: object, what: str) -> float:
        """Ask to do one of `what`. Returns 0, or how many seconds to wait."""
        limit = self.limits.get(what)
        if not isinstance(limit, tuple):
            return 0
        (rate, burst), now = limit, self.clock()
        full = max(now, self._full.get((who, what), now)) + 1 / rate
        wait: float = full - now - burst / rate
        if wait > 1e-9:  # what is left of a sum of fractions
            return wait
        self._full[who, what] = full
        if len(self._full) > self._most:
            self._forget_full(now)
        return 0

    def _forget_full(self, now: float) -> None:
        """Seldom: where a crowd has spent more than KEPT, to look through all of them each time
        would hold up everyone."""
        self._full = {key: full for key, full in self._full.items() if full > now}
        self._most = max(KEPT, 2 * len(self._full))
