"""What a process wrote and synced, as strace saw it; and what of its files a power cut would leave.

A write is sure to be on disk once a sync of its file, begun after it, has returned. Of all others a
cut leaves some and loses some, as chance has it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

CALLS = "pwrite64,write,writev,sendto,sendmsg,fsync,fdatasync,ftruncate"
STRACE = ("strace", "-ff", "-y", "-ttt", "-T", "-s", "200000", "-xx", "-e", f"trace={CALLS}", "-o")
LINE = re.compile(r"([\d.]+) (\w+)\(\d+<([^>]*)>(.*)\)\s+= (-?\d+).* <([\d.]+)>")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True, slots=True)
class Call:
    begun: float
    ended: float
    name: str
    file: str
    data: bytes
    numbers: tuple[int, ...]


def calls(folder: Path) -> list[Call]:
    """Those that succeeded, of all threads, in the order in which they began."""
    lines = (line for path in folder.iterdir() for line in path.read_text().splitlines())
    return sorted(parsed(lines), key=lambda call: call.begun)


def parsed(lines: Iterable[str]) -> Iterator[Call]:
    for line in lines:
        if (found := LINE.match(line)) and int(found[5]) >= 0:
            begun, rest = float(found[1]), found[4]
            data = b"".join(unescaped(each) for each in STRING.findall(rest))
            numbers = tuple(int(each) for each in re.findall(r", (\d+)", STRING.sub("", rest)))
            file = unescaped(found[3]).decode()
            yield Call(begun, begun + float(found[6]), found[2], file, data, numbers)


def unescaped(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", "")) if text.startswith("\\x") else text.encode()


class Disk:
    """Files, as they were before the first call; then as a cut at some moment leaves them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = {name: bytearray(content) for name, content in files.items()}
        self.unsure: dict[str, list[Call]] = {name: [] for name in files}

    def see(self, call: Call) -> None:
        if call.file not in self.files:
            return
        if call.name.endswith("sync"):
            waiting = self.unsure[call.file]
            self.unsure[call.file] = [each for each in waiting if each.ended > call.begun]
            self._apply(each for each in waiting if each.ended <= call.begun)
        elif call.name in ("pwrite64", "ftruncate"):
            self.unsure[call.file].append(call)

    def cut(self, chance: random.Random) -> dict[str, bytes]:
        """The files after a power cut now."""
        left = Disk({name: bytes(content) for name, content in self.files.items()})
        for waiting in self.unsure.values():
            left._apply(each for each in waiting if chance.random() < 0.5)
        return {name: bytes(content) for name, content in left.files.items()}

    def _apply(self, calls: Iterable[Call]) -> None:
        for call in calls:
            content = self.files[call.file]
            if call.name == "ftruncate":
                del content[call.numbers[0] :]
                continue
            at = call.numbers[-1]
            content.extend(bytes(max(0, at - len(content))))
            content[at : at + len(call.data)] = call.data
