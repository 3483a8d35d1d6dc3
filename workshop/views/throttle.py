"""The throttle: how often somebody may fail before they have to wait.

It counts in Django's cache; while that is away, each process counts for itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.core.cache import cache, caches
from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workshop.addresses import household

logger = logging.getLogger(__name__)

T = TypeVar("T")


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
        noted = [*self.recent(who), time.time()]
        counted(lambda where: where.set(self.key(who), noted, self.seconds))

    def forget(self, who: str) -> None:
        counted(lambda where: where.delete(self.key(who)))

    def recent(self, who: str) -> list[float]:
        since = time.time() - self.seconds
        noted: list[float] = counted(lambda where: where.get(self.key(who), []))
        return [at for at in noted if at > since]

    def key(self, who: str) -> str:
        return f"throttle:{self.name}:{who}"

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Please wait: the same words whatever was asked."""
        response = render(request, "429.html", {"minutes": -(-self.seconds // 60)}, status=429)
        response.headers["Retry-After"] = str(self.seconds)
        return response


def counted(count: Callable[[BaseCache], T]) -> T:
    """Count where all do, or else here: who fails must wait, and nobody else may notice."""
    try:
        return count(cache)
    except Exception as error:  # noqa: BLE001 - whatever it is, the cache is away
        logger.warning("the cache is away: %s", type(error).__name__)
        return count(caches["own"])


def address(request: HttpRequest) -> str:
    """Where a request comes from, as it is counted."""
    return household(str(request.META.get("REMOTE_ADDR") or ""))
