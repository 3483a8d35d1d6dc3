"""A worker for documents in which the library does harm on a word: it crashes, hangs, or eats."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from realtime.documents.copy import Copy
from realtime.documents.worker import main

apply = Copy.apply


def harm(copy: Copy, data: bytes) -> None:
    if b"segfault" in data:
        os.kill(os.getpid(), signal.SIGSEGV)
    while b"hang" in data:
        pass
    if b"gigantic" in data:
        bytearray(8 * 1024**3)
    accident = Path(os.environ.get("ACCIDENT", os.devnull))
    if b"just once" in data and not accident.exists():
        accident.touch()
        os.kill(os.getpid(), signal.SIGSEGV)
    apply(copy, data)


Copy.apply = harm  # type: ignore[method-assign]

if __name__ == "__main__":
    main()
