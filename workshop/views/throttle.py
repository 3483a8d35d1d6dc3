"""The throttle: how often somebody may fail before they have to wait.

It counts in Django's cache.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workshop.addresses import household


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
    """Where a request comes from, as it is counted."""
    return household(str(request.META.get("REMOTE_ADDR") or ""))
