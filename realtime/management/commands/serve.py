"""`manage.py serve`: the pages and the rooms; with `--demo`, the demonstration day and its
broadcast as well."""

from __future__ import annotations

import asyncio
import os
import sys
from argparse import ArgumentParser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import imageio_ffmpeg
import uvloop
from django.conf import settings
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand

from realtime import asgi
from realtime.broadcast.encoder import Encoder, demo_inputs, die_with_parent
from realtime.broadcast.signal import Signal
from realtime.reception import Reception
from realtime.server import Server, config

DEMO = "demo"
ENVELOPE = 1024  # bytes around the largest update


class Command(BaseCommand):
    help = "Serve the pages and the rooms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="with a day to try things on")
        parser.add_argument(
            "--no-migrate",
            action="store_true",
            help="where several processes share a database, which `migrate` has been run on",
        )

    def handle(self, *args: Any, demo: bool, no_migrate: bool, **options: Any) -> None:
        self.check(tags=[Tags.database], databases=["default"])
        if not no_migrate:
            call_command("migrate", verbosity=0)
        if demo:
            call_command("demo")
        uvloop.run(serve(demo))
        leave_at_once()


async def serve(demo: bool) -> None:
    reception = Reception(asgi.hub)
    most = settings.LIMITS["first_update"] + ENVELOPE
    told = config(asgi.application, reception, settings.HOST, settings.PORT, most)
    server = Server(told, asgi.hub.say_bye)
    async with files(), broadcast() if demo else nothing():
        await server.serve()


def leave_at_once() -> None:
    """Everything is stored and closed: taking Python apart module by module would only keep the
    person at the keyboard waiting, up to a second on a busy machine."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


@asynccontextmanager
async def broadcast() -> AsyncIterator[None]:
    """The demonstration's picture, and the news of whether it arrives."""
    encoder = Encoder(
        imageio_ffmpeg.get_ffmpeg_exe(),
        demo_inputs("Plénière de démonstration"),
        settings.MEDIA_ROOT / DEMO,
        asgi.hub.parts.clock,
    )
    tasks = [
        asyncio.create_task(encoder.run()),
        asyncio.create_task(Signal(asgi.hub, DEMO, encoder).run()),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def files() -> AsyncIterator[None]:
    """The process that serves the broadcasts' files, unless MEDIA_URL names another server."""
    if settings.BROADCAST_URL:
        yield
        return
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    place = ("--host", settings.HOST, "--port", str(settings.MEDIA_PORT), str(settings.MEDIA_ROOT))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "realtime.broadcast.files", *place, preexec_fn=die_with_parent
    )
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@asynccontextmanager
async def nothing() -> AsyncIterator[None]:
    yield
