"""A worker: the process in which the library runs, so that nothing it does can take the server with
it. `python -m realtime.documents.worker` reads requests on its stdin and answers on its stdout.

A message is its length in four bytes, and then msgpack. The first one says that it is READY. An
answer that begins with MARK says which of several updates is about to be touched; the answer proper
follows it.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from contextlib import suppress
from typing import BinaryIO

from realtime.broadcast.encoder import die_with_parent
from realtime.documents.shelf import Shelf, decode_request, encode

MEMORY = 1024 * 1024 * 1024  # bytes of address space: a hundred times what minutes take
LENGTH = 4  # bytes
ANSWER, MARK, READY = b"\x00", b"\x01", b"\x02"


def main() -> None:
    """Serve until the server lets go of us, or is gone."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to answer
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(BrokenPipeError):  # nobody is there any more to be answered
        write(sys.stdout.fileno(), READY)
        serve(Shelf(), sys.stdin.buffer, sys.stdout.fileno())


def serve(shelf: Shelf, requests: BinaryIO, answers: int) -> None:
    def mark(at: int) -> None:
        write(answers, MARK + at.to_bytes(LENGTH, "big"))

    while length := requests.read(LENGTH):
        asked = decode_request(requests.read(int.from_bytes(length, "big")))
        write(answers, ANSWER + encode(shelf.handle(asked, mark)))


def write(out: int, message: bytes) -> None:
    left = memoryview(len(message).to_bytes(LENGTH, "big") + message)
    while left:
        left = left[os.write(out, left) :]


if __name__ == "__main__":
    main()
