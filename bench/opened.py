"""Opens a document again and again: `python -m bench.opened STATE TIMES`, in a hall's environment.

From the database, through the engine, up to the answer to the first reader. Prints the CPU in
milliseconds, this process' and the worker's, of the first time and of TIMES more; and how many
letters were there.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from pycrdt import Doc, XmlFragment  # noqa: E402 - models need Django to be set up

from bench.processes import ran  # noqa: E402
from realtime.documents.document import Document  # noqa: E402
from realtime.documents.engine import ProcessEngine  # noqa: E402
from realtime.documents.scribe import payload  # noqa: E402
from realtime.documents.store import Edit, Snapshot  # noqa: E402
from realtime.documents.store_django import DjangoDocumentStore  # noqa: E402

HERE = ("paper", "epoch")
SEQ = 260  # of the snapshot, as a thousand letters were one edit each


async def main(state: bytes, times: int) -> None:
    store, engine = DjangoDocumentStore(), ProcessEngine()
    edits = [Edit.of(n + 1, 0.0, b"\x00\x00", [("ana", 1, n, n + 1)]) for n in range(SEQ)]
    await store.append(*HERE, edits)
    await store.keep_snapshot(*HERE, Snapshot(SEQ, state, {"ana": [1]}))
    await store.append("a short one", HERE[1], edits[:1])
    await opened("a short one", store, engine)  # the worker is started once
    costs = []
    for _ in range(times + 1):
        before = used(engine)
        document, answer = await opened(HERE[0], store, engine)
        costs.append((used(engine) - before) * 1000)
        await document.close()
    await engine.close()
    found = {"first": costs[0], "costs": costs[1:], "length": letters(payload(answer))}
    print(json.dumps(found))


async def opened(
    name: str, store: DjangoDocumentStore, engine: ProcessEngine
) -> tuple[Document, bytes]:
    document = Document(name, HERE[1], store, time.time, stored=lambda seq: None, engine=engine)
    await document.open()
    answer, _ = await document.answer(b"\x00")
    return document, answer


def used(engine: ProcessEngine) -> float:
    """Seconds of CPU, of both processes."""
    worker = engine.worker
    return ran(os.getpid()) + (ran(worker.pid) if worker else 0)


def letters(state: bytes) -> int:
    doc: Doc[Any] = Doc()
    root = doc.get("minutes", type=XmlFragment)
    doc.apply_update(state)
    (paragraph,) = root.children
    (text,) = paragraph.children
    return len(str(text))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]).read_bytes(), int(sys.argv[2])))
