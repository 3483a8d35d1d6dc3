"""A stock y-websocket client at /rooms/<slug>/minutes: it reads, writes if it may, converges."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.realtime.servers import ROOT, connected, running
from tests.realtime.sessions_for_tests import make_seat, make_session
from tests.realtime.test_socket import STEP_1, Writer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server(django_db_setup):
    with running("uvicorn") as server:
        yield server
        assert "Traceback" not in server.said()


async def stock(server, session, seat: str, writes: str, awaits: str):
    address = f"ws://127.0.0.1:{server.port}/rooms/{session.slug}"
    return await asyncio.create_subprocess_exec(
        "node", "tests/yjs/stock.mjs", address, seat, writes, awaits,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def test_it_converges_with_ours(server):
    session = await make_session()
    nina = await make_seat(session, "Nina", role="note_taker")
    async with connected(server, session.slug, nina) as ours:
        await ours.hello()
        await ours.socket.send(STEP_1)
        await ours.next_binary()
        await ours.next_binary()
        theirs = await stock(server, session, nina, "from theirs", "from ours")
        while b"from theirs" not in await ours.next_binary():
            pass
        await ours.socket.send(Writer().write("from ours"))
        output, _ = await theirs.communicate()

    assert theirs.returncode == 0
    told = json.loads(output)
    assert sorted(told["text"].split("</paragraph>")[:2]) == sorted(
        ["<paragraph>from theirs", "<paragraph>from ours"]
    )


async def test_nobody_wears_anothers_name(server):
    session = await make_session()
    nina = await make_seat(session, "Nina", role="note_taker")
    async with connected(server, session.slug, nina) as ours:
        await ours.hello()
        await ours.socket.send(STEP_1)
        theirs = await stock(server, session, nina, "hello", "goodbye")
        shown = b""
        while not shown.startswith(b"\x01"):
            shown = await ours.next_binary()
        await ours.socket.send(Writer().write("goodbye"))
        await theirs.communicate()

    assert b"Nina" in shown
    assert b"Somebody else" not in shown


async def test_without_the_right_it_reads_and_nothing_it_writes_counts(server):
    session = await make_session()
    eve = await make_seat(session, "Eve")
    theirs = await stock(server, session, eve, "graffiti", "graffiti")
    await theirs.communicate()
    async with connected(server, session.slug) as reader:
        await reader.hello()
        await reader.socket.send(STEP_1)

        assert b"graffiti" not in await reader.next_binary()
