"""The engine: what the library does to its worker reaches nobody else."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from select import select

import pytest

from realtime.documents import document as module
from realtime.documents.document import Document, Rejected
from realtime.documents.engine import Died, ProcessEngine
from realtime.documents.shelf import Answer, Drop, Load, State, Unknown, encode
from realtime.documents.store import MemoryDocumentStore
from tests.realtime.documents import Writer, opened, payload, words_in

ANA, BEN, CHI = 7, 9, 11
DEADLY = (sys.executable, "-m", "tests.realtime.deadly_worker")
SOON = 1.0  # seconds: the watchdog of these tests


@pytest.fixture
async def engine(tmp_path, monkeypatch):
    monkeypatch.setenv("ACCIDENT", str(tmp_path / "accident"))
    engine = ProcessEngine(DEADLY, watchdog=SOON)
    await engine.ask(Drop(0))
    yield engine
    await engine.close()


async def words(document: Document) -> str:
    answer, _ = await document.answer(b"\x00")
    return words_in(payload(answer))


async def write(document: Document, *said: str) -> list[str | None]:
    """What several people are answered who write at the same moment: nothing, or a code."""
    writers = [Writer(20 + n, f"person {n}") for n in range(len(said))]
    answers = await asyncio.gather(
        *(
            document.write(who.write(text), who.name)
            for who, text in zip(writers, said, strict=True)
        ),
        return_exceptions=True,
    )
    return [getattr(each, "code", each and repr(each)) for each in answers]


async def test_a_document_is_written_and_read_through_a_process(engine):
    document, ana = await opened(engine=engine), Writer(ANA)
    for n in range(5):
        await document.write(ana.write(str(n)), "ana")
    assert await words(document) == "0|1|2|3|4"
    assert engine.deaths == 0


@pytest.mark.parametrize("harm", ["segfault", "hang"])
async def test_who_kills_the_worker_is_refused_and_the_others_notice_nothing(engine, harm):
    document = await opened(store := MemoryDocumentStore(), engine=engine)
    await document.write(Writer(ANA).write("before"), "ana")

    answers = await write(document, "a", "b", harm, "c")

    assert answers == [None, None, "malformed", None]
    assert engine.deaths == 2
    assert sorted((await words(document)).split("|")) == ["a", "b", "before", "c"]
    again = await opened(store)
    assert sorted((await words(again)).split("|")) == ["a", "b", "before", "c"]


async def test_memory_is_limited(engine):
    document = await opened(engine=engine)
    assert await write(document, "a", "gigantic") == [None, "malformed"]
    assert await words(document) == "a"


async def test_an_update_in_quarantine_is_not_tried_again(engine):
    document, killing = await opened(engine=engine), Writer(ANA).write("segfault")
    for _ in range(3):
        with pytest.raises(Rejected, match="malformed"):
            await document.write(killing, "ana")
    assert engine.deaths == 2
    await document.write(Writer(ANA).write("sorry"), "ana")


async def test_a_worker_that_dies_once_is_an_accident(engine):
    document = await opened(engine=engine)
    assert await write(document, "a", "just once", "b") == [None] * 3
    assert engine.deaths == 1
    assert sorted((await words(document)).split("|")) == ["a", "b", "just once"]


async def test_two_who_kill_it_in_one_tick_are_both_found(engine):
    document = await opened(engine=engine)
    assert await write(document, "a", "segfault", "b", "segfault") == [
        None, "malformed", None, "malformed",
    ]  # fmt: skip


async def test_a_document_of_another_room_is_there_again(engine):
    ours, theirs = await opened(engine=engine), await opened(engine=engine)
    ana = Writer(ANA)
    await ours.write(ana.write("ours"), "ana")
    assert await write(theirs, "segfault") == ["malformed"]

    assert await words(ours) == "ours"
    await ours.write(ana.write("more"), "ana")
    assert await words(ours) == "ours|more"


async def test_a_worker_lost_at_any_moment_costs_nobody_a_word(engine, monkeypatch):
    """It is killed again and again while people write and read."""
    document, ana, ben = await opened(engine=engine), Writer(ANA), Writer(BEN)
    ask, dice = engine.ask, random.Random(1)

    async def killing(request):
        if engine.worker and dice.random() < 0.05:
            engine.worker.send_signal(signal.SIGKILL)
        return await ask(request)

    async def writing(writer: Writer) -> None:
        for n in range(60):
            update = writer.write(f"{writer.name}-{n}")
            while True:
                with suppress(Died):
                    await document.write(update, writer.name)
                    break

    monkeypatch.setattr(engine, "ask", killing)
    await asyncio.gather(writing(ana), writing(ben))

    assert engine.deaths > 1
    expected = [f"{each.name}-{n}" for each in (ana, ben) for n in range(60)]
    assert sorted((await words(document)).split("|")) == sorted(expected)


async def test_an_answer_survives_a_loss(engine):
    document = await opened(engine=engine)
    await document.write(Writer(ANA).write("a"), "ana")
    engine.worker.kill()
    assert await words(document) == "a"


async def test_a_snapshot_that_kills_is_passed_over(engine, monkeypatch):
    monkeypatch.setattr(module, "SNAPSHOT_EVERY", 2)
    store = MemoryDocumentStore()
    document, ana = await opened(store, engine=engine), Writer(ANA)
    for n in range(5):
        await document.write(ana.write(str(n)), "ana")
    load = engine.ask
    killed: list[int] = []

    async def kills(request):
        if isinstance(request, Load) and request.seq == 4 and not killed:
            killed.append(request.seq)
            raise Died("it was this snapshot")
        return await load(request)

    monkeypatch.setattr(engine, "ask", kills)
    again = await opened(store, engine=engine)
    assert killed == [4]
    assert await words(again) == "0|1|2|3|4"


async def test_what_is_further_on_is_not_loaded_over(engine):
    update = Writer(ANA).write("a")
    await engine.ask(Load(1, b"\x00\x00", [update], 1))
    await engine.ask(Load(1, b"\x00\x00", [], 0))
    reply = await engine.ask(Answer(1, b"\x00"))
    assert isinstance(reply, State)
    assert reply.seq == 1
    assert await engine.ask(Answer(2, b"\x00")) == Unknown()


async def test_whoever_leaves_does_not_take_the_answer_with_them(engine):
    document = await opened(engine=engine)
    await document.write(Writer(ANA).write("a"), "ana")
    asking = asyncio.create_task(engine.ask(Answer(document._name, b"\x00")))
    await asyncio.sleep(0)
    asking.cancel()
    assert await words(document) == "a"
    assert engine.deaths == 0


async def test_a_closed_engine_leaves_no_process(engine):
    document = await opened(engine=engine)
    await document.write(Writer(ANA).write("a"), "ana")
    worker = engine.worker
    await engine.close()
    assert worker.returncode == 0
    with pytest.raises(Died):
        await document.write(Writer(BEN).write("b"), "ben")


SERVER = """
import asyncio, sys
from realtime.documents.engine import ProcessEngine
from realtime.documents.shelf import Load
from tests.realtime.documents import Writer
async def main():
    engine = ProcessEngine([sys.executable, "-m", "tests.realtime.deadly_worker"], watchdog=60)
    await engine.ask(Load(1, b"\\0\\0", [], 0))
    print(engine.worker.pid, flush=True)
    if sys.argv[1] == "hang":
        await engine.ask(Load(2, b"\\0\\0", [Writer(1).write("hang")], 1))
    await asyncio.sleep(60)
asyncio.run(main())
"""


def test_a_worker_that_nobody_listens_to_ends_without_a_word():
    worker = subprocess.Popen(
        DEADLY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    worker.stdout.close()
    asked = encode(Load(1, b"\x00\x00", [], 0))
    _, said = worker.communicate(len(asked).to_bytes(4, "big") + asked, timeout=10)
    assert (worker.returncode, said) == (0, b"")  # nobody heard that it was ready, either


@pytest.mark.parametrize("how", ["idle", "hang"])
def test_a_server_that_is_killed_leaves_noworker(how):
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, how], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    worker = os.pidfd_open(int(server.stdout.readline()))
    server.kill()
    server.wait()
    server.stdout.close()
    assert gone(worker), "it has ended"


def gone(pidfd: int) -> bool:
    """Wait for a process that is not our child."""
    try:
        return bool(select([pidfd], [], [], 5)[0])
    finally:
        os.close(pidfd)
