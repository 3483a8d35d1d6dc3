"""The throttle: how often somebody may fail before they have to wait.

It counts in Django's cache. The address is the connection's own: what a header claims can be
made up afresh for every guess.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from ipaddress import ip_network

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@dataclass(frozen=True)
class Throttle:
    """At most `limit` failures within any `seconds`."""

    name: str
    limit: int
    seconds: int

    def reached(self, who: str) -> bool:
        return len(self.recent(who)) >= self.limit

    def note(self, who: str) -> None:
        """Somebody failed."""
        cache.set(self.key(who), [*self.recent(who), time.time()], self.seconds)

    def forget(self, who: str) -> None:
        cache.delete(self.key(who))

    def recent(self, who: str) -> list[float]:
        since = time.time() - self.seconds
        return [at for at in cache.get(self.key(who), []) if at > since]

    def key(self, who: str) -> str:
        return f"throttle:{self.name}:{who}"

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Please wait: the same words whatever was asked."""
        response = render(request, "429.html", {"minutes": -(-self.seconds // 60)}, status=429)
        response.headers["Retry-After"] = str(self.seconds)
        return response


def address(request: HttpRequest) -> str:
    """Where a request comes from. Of an IPv6 address the first half: a household is given all of
    the second, and could guess from a new one each time."""
    given = str(request.META.get("REMOTE_ADDR") or "")
    try:
        return str(ip_network(f"{given}/64", strict=False)) if ":" in given else given
    except ValueError:
        return given
