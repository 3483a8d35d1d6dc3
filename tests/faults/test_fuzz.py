"""Frames that no client of ours would send, from every role: the worst that follows is a closed
socket of the sender's."""

from __future__ import annotations

import asyncio
import json
import random
import time
from typing import Any
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.faults.company import company
from tests.faults.doors import Door, doors
from tests.faults.sizes import dice, record, size
from tests.faults.test_rights import MAY, ROLES
from tests.realtime.test_socket import STEP_1, sync

pytestmark = pytest.mark.django_db(transaction=True)
FRAMES = size(2000, 60_000)
A_VISIT = 40  # frames, and then one looks whether the server is there
GROWN = 64 * 1024 * 1024  # bytes, at most: what is allowed among it is stored
OUR_FAULT = {1011, 1014}  # who is closed while their line is full is cut off: that is 1006

STRANGE: list[Any] = [
    None, True, 0, -1, 2**53, 2**64, -(2**70), 1e400, 1.5, "", " ", "\x00", "a\x00b", "\ud800",
    "😀", "\u202e", "x" * 3000, [], {}, [[]] * 9, {"": None}, {"type": "hello"}, "all", "system",
    "facilitators", "../..", "%s", "'; --", str(uuid4()),
]  # fmt: skip


async def test_strange_frames_harm_nobody(django_db_setup):
    begun, chance = time.monotonic(), dice("fuzz")
    with doors(1) as (door,):
        async with company([door], writers=1) as there:
            seats = [await there.seat(f"{r}", r) if r else None for r in ROLES]
            await fuzzed(door, there.session.slug, seats, chance, FRAMES // 10)  # warm
            before, codes = door.memory(), set[int]()
            codes |= await fuzzed(door, there.session.slug, seats, chance, FRAMES)
            grown = door.memory() - before
            for each in there.people:
                each.epoch, each.seq = "", 0  # strangers may have done what their roles may do
            there.host.quiet = True
            said = door.said()
            assert (await asyncio.to_thread(door.get, "/readyz"))[0] == 200

    closed_with = [str(code) for code in sorted(codes)]
    record("strange frames", frames=FRAMES, roles=len(ROLES), closed_with=closed_with,
           grown_mib=grown // 2**20, seconds=round(time.monotonic() - begun))  # fmt: skip
    assert "Traceback" not in said, said[-3000:]
    assert not codes & OUR_FAULT
    assert grown < GROWN


async def fuzzed(
    door: Door, slug: str, seats: list[str | None], chance: random.Random, frames: int
) -> set[int]:
    """Send so many, of all roles in turn. Returns the codes with which sockets were closed."""
    codes: set[int] = set()
    for n in range(frames // A_VISIT):
        seat = seats[n % len(seats)]
        address = f"ws://127.0.0.1:{door.port}/rooms/{slug}/live{f'?seat={seat}' if seat else ''}"
        options = {"origin": door.url, "compression": None, "max_queue": None}
        async with connect(address, **options) as socket:
            try:
                await visit(socket, chance)
            except ConnectionClosed:
                codes.add(socket.close_code or 0)
    return codes


async def visit(socket: ClientConnection, chance: random.Random) -> None:
    """Strange frames; then an answer to a ping shows that they were all taken."""
    if chance.random() < 0.9:
        await socket.send(json.dumps({"type": "hello", "epoch": "", "since": 0}))
        await socket.send(STEP_1)
    for _ in range(A_VISIT):
        await strange(socket, chance)
    await asyncio.wait_for(await socket.ping(), 10)


async def strange(socket: ClientConnection, chance: random.Random) -> None:
    match chance.randrange(8):
        case 0:
            await socket.send(broken(chance, json.dumps(message(chance)).encode()))
        case 1:
            await socket.send(broken(chance, json.dumps(message(chance)).encode()), text=True)
        case 2:
            kind = chance.randrange(3)
            await socket.send(sync(kind, chance.randbytes(chance.randrange(60))))
        case 3:
            await socket.send(bytes([1]) + chance.randbytes(chance.randrange(60)))
        case _:
            await socket.send(json.dumps(twisted(chance, message(chance))))


def message(chance: random.Random) -> dict[str, Any]:
    name, (_, fields) = chance.choice(list(MAY.items()))
    return chance.choice(
        [
            {"type": "hello", "epoch": "", "since": chance.randrange(99)},
            {"type": "do", "do": name, "ref": str(uuid4()), "with": dict(fields)},
            {"type": "older", "kind": "chat.message", "before": chance.randrange(99)},
            {"type": "ephemeral", "what": "chat.typing", "with": {}},
            {"type": "ping"},
        ]
    )


def twisted(chance: random.Random, told: dict[str, Any]) -> dict[str, Any]:
    """The same with something strange in one place, one thing more, or one less."""
    inner = told.get("with")
    where = inner if isinstance(inner, dict) and inner and chance.random() < 0.7 else told
    key = chance.choice(list(where))
    match chance.randrange(5):
        case 0:
            del where[key]
        case 1:
            where[str(chance.choice(STRANGE))[:20]] = chance.choice(STRANGE)
        case _:
            where[key] = chance.choice(STRANGE)
    return told


def broken(chance: random.Random, told: bytes) -> bytes:
    """Some bytes of it changed, lost or doubled."""
    made = bytearray(told)
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(made))
        made[at : at + chance.randrange(2)] = chance.randbytes(chance.randrange(3))
    return bytes(made)
