"""Health: whether this process lives, whether it is ready for people, and how it does."""

from __future__ import annotations

import asyncio
import secrets

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.middleware.common import CommonMiddleware
from django.views.decorators.cache import never_cache

from realtime.hub import Hub
from realtime.metrics import Metrics
from realtime.threads import in_thread

PATIENCE = 2.0  # seconds for the database to answer
LOOPBACK = ("127.0.0.1", "::1")
WATCHED = ("/healthz", "/readyz", "/metrics")


class CommonButForWatchers(CommonMiddleware):
    """Who watches asks a process by an address of its own, which no visitor knows us by and no
    ALLOWED_HOSTS could list: 127.0.0.1, a container's, a machine's of many."""

    def process_request(self, request: HttpRequest) -> HttpResponsePermanentRedirect | None:
        return None if request.path in WATCHED else super().process_request(request)


@never_cache
async def healthz(request: HttpRequest) -> HttpResponse:
    """It answers: do not restart it."""
    return JsonResponse({"ok": True})


@never_cache
async def readyz(request: HttpRequest) -> HttpResponse:
    """Whether to send people here. Without the bus we go on, two seconds late across processes."""
    hub: Hub = request.scope["door"]  # type: ignore[attr-defined]
    found = {
        "database": await database_answers(),
        "bus": hub.bus_is_well,
        "seals": await hub.seals_are_well(),
        "leaving": hub.leaving,
    }
    ready = found["database"] and found["seals"] and not hub.leaving
    return JsonResponse({"ready": ready} | found, status=200 if ready else 503)


@never_cache
async def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus: from this machine, or with the token of the settings."""
    if not may_measure(request):
        return HttpResponse(status=403)
    measured: Metrics = request.scope["metrics"]  # type: ignore[attr-defined]
    return HttpResponse(measured.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def may_measure(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if not token:
        return request.META.get("REMOTE_ADDR") in LOOPBACK
    given = request.headers.get("Authorization", "")
    return secrets.compare_digest(given.encode(), f"Bearer {token}".encode())


async def database_answers() -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await in_thread(ask)
    except Exception:  # noqa: BLE001 - whatever it is, it does not answer
        return False
    return True


def ask() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
