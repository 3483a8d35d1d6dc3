"""The load generator, `load/load.c`, from Python: a crowd that does what it is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bench import tools
from bench.processes import LOAD_CORE, Process, running

REF, MARK = 36, 20  # lengths of what stands for $R and $T
SENTENCE = "At the back we hear badly: could you please speak closer to the microphone?"


class Attendance(msgspec.Struct):
    """Who is in, and how long the last ones took to come in."""

    open: int
    refused: int
    closed: int
    deflated: int
    seconds: float


class Heard(msgspec.Struct):
    """What came of the messages of one phase. Latencies in milliseconds."""

    sent: int
    acked: int
    refused: int
    deliveries: int
    frames: int
    payload: int
    all_frames: int
    busiest: int
    seconds: float
    arrival_p50: float
    arrival_p99: float
    answer_p50: float
    answer_p99: float
    open: int
    closed: int


@dataclass(frozen=True)
class Manners:
    """How to speak to a server. In what they `say`, $R is a fresh ref, $T the time, $N a digit
    below four."""

    say: str
    path: str = "/"
    hello: str = ""
    ready: str = ""
    seats: Path | None = None
    deflate: bool = False

    def options(self) -> Iterator[str]:
        yield from ("--say", self.say, "--path", self.path)
        if self.hello:
            yield from ("--hello", self.hello, "--ready", self.ready)
        if self.seats:
            yield from ("--seats", str(self.seats))
        if self.deflate:
            yield "--deflate"


@dataclass(frozen=True)
class Talk:
    """Messages to say: so many, some at once, every `period` seconds, by different people."""

    count: int
    period: float
    burst: int = 1
    speakers: int = 5


class Crowd:
    def __init__(self, process: Process) -> None:
        self._process = process
        self._asked = 0

    def enter(self, more: int) -> Attendance:
        """Let more sockets in. Raises RuntimeError unless all get in."""
        self._asked += more
        there = msgspec.convert(self._do(f"open {more}"), Attendance)
        if there.open < self._asked:
            raise RuntimeError(f"not everyone got in: {there} {self._process.said()}")
        return there

    def rest(self, seconds: float) -> Attendance:
        return msgspec.convert(self._do(f"rest {seconds}"), Attendance)

    def say(self, talk: Talk) -> Heard:
        """Returns when everything has arrived, or nothing more comes."""
        command = f"say {talk.count} {talk.burst} {talk.period} {talk.speakers}"
        return msgspec.convert(self._do(command), Heard)

    def _do(self, command: str) -> Any:
        popen = self._process.popen
        assert popen.stdin, "it listens"
        assert popen.stdout, "it answers"
        popen.stdin.write(f"{command}\n")
        popen.stdin.flush()
        if answer := popen.stdout.readline():
            return msgspec.json.decode(answer)
        raise RuntimeError(f"the load generator ended: {self._process.said()}")


@contextmanager
def crowd(port: int, manners: Manners) -> Iterator[Crowd]:
    """A crowd before the doors of the server on this port."""
    command = [str(tools.LOAD), "--port", str(port), *manners.options()]
    with running(command, LOAD_CORE) as process:
        yield Crowd(process)


def room_manners(room: str, seats: Path, *, say: str, deflate: bool = False) -> Manners:
    """As people in one of our rooms speak."""
    return Manners(
        say=say,
        path=f"/rooms/{room}/live",
        hello='{"type":"hello","epoch":"","since":0}',
        ready='{"type":"changes"',
        seats=seats,
        deflate=deflate,
    )


def command(name: str, fields: str) -> str:
    """A command of the room's protocol, as a message to say."""
    return f'{{"type":"do","do":"{name}","ref":"$R","with":{fields}}}'


def post() -> str:
    """A chat message for one of our rooms."""
    return command("chat.post", f'{{"text":"$T {SENTENCE}"}}')


def plain(size: int) -> str:
    """A message of so many bytes, with what a chat message must have, for a server that passes on
    whatever it gets."""
    head = '{"type":"chat","id":"$R","name":"Person 1","place":"hall","text":"$T'
    length = len(head) - len("$R$T") + REF + MARK
    filling = f" {SENTENCE}" * (size // len(SENTENCE) + 1)
    return f'{head}{filling[: max(0, size - length - 2)]}"}}'
