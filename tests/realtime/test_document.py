"""What a document promises, whatever it is sent and whatever becomes of its store."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

import pytest

from realtime.documents import copy, history, shelf
from realtime.documents import document as module
from realtime.documents.copy import Copy, Unsound
from realtime.documents.digest import digest
from realtime.documents.document import Document, Owners, Rejected
from realtime.documents.guard import read_state_vector
from realtime.documents.history import digest_message
from realtime.documents.store import Edit, MemoryDocumentStore, Snapshot
from realtime.log import OutOfDate
from tests.realtime import yjs
from tests.realtime.documents import (
    BrokenStore,
    SlowStore,
    Writer,
    assert_sound,
    decoded,
    opened,
    payload,
    state_of,
    text_of,
    words,
)
from tests.realtime.updates import attribute, characters, element, number, text, update
from workshop.people import SYSTEM

ANA, BEN, CHI = 7, 9, 11
# The first: a length of nought; the second and third: deletions of what is not there.
HARMFUL = decoded("AQJjAAcBAAQAAAA=", "AAGa7AMDPgFhA2MC", "/////w8BAgM=")


async def stored(store, seq: int = 0):
    return await store.since("r", "epoch", seq)


# Writing ---------------------------------------------------------------------------------------


async def test_what_is_written_is_stored_applied_and_told():
    store = MemoryDocumentStore()
    document = await opened(store)

    await document.write(Writer(ANA).write("Bonghjornu"), "ana")

    assert words(document) == "Bonghjornu"
    assert (document.seq, document.told) == (1, [1])
    (edit,) = await stored(store)
    assert (edit.seq, edit.at, edit.authors) == (1, 1000.0, [("ana", ANA, 0, 12)])
    assert edit.intact()


async def test_what_is_written_in_one_tick_is_one_edit():
    store = MemoryDocumentStore()
    document = await opened(store)
    ana, ben = Writer(ANA), Writer(BEN)

    updates = [(ana.write("a"), "ana"), (ben.write("b"), "ben"), (ana.write("c"), "ana")]
    await asyncio.gather(*(document.write(*each) for each in updates))

    (edit,) = await stored(store)
    assert edit.authors == [("ana", ANA, 0, 3), ("ben", BEN, 0, 3), ("ana", ANA, 3, 6)]
    assert sorted(words(document).split("|")) == ["a", "b", "c"]


async def test_ticks_are_apart():
    store = MemoryDocumentStore()
    document, ana = await opened(store, tick=0.02), Writer(ANA)
    await document.write(ana.write("at once"), "ana")
    begun = asyncio.get_running_loop().time()

    await asyncio.gather(*(document.write(ana.write(str(n)), "ana") for n in range(50)))

    assert asyncio.get_running_loop().time() - begun > 0.01
    assert len(await stored(store)) == 2


async def test_a_hundred_updates_at_most_are_one_edit():
    store = MemoryDocumentStore()
    document, ana = await opened(store), Writer(ANA)

    await asyncio.gather(*(document.write(ana.write(str(n)), "ana") for n in range(250)))

    assert [len(edit.authors) for edit in await stored(store)] == [100, 100, 50]


async def test_an_empty_update_is_acknowledged_and_not_stored():
    document = await opened()
    await document.write(b"\x00\x00", "ana")
    assert (document.seq, document.told) == (0, [])


async def test_what_is_known_may_be_sent_again_by_anyone_and_is_not_stored_again():
    store = MemoryDocumentStore()
    document, ana = await opened(store), Writer(ANA)
    written = ana.write("a")
    await document.write(written, "ana")

    await document.write(written, "ben")
    await document.write(Writer(BEN, state=state_of(document)).doc.get_update(), "ben")

    assert len(await stored(store)) == 1


async def test_what_is_still_being_stored_is_not_called_saved_when_sent_again():
    store = BrokenStore()
    document, written = await opened(store), Writer(ANA).write("a")
    store.mood = "fails"

    first, again = await asyncio.gather(
        document.write(written, "ana"), document.write(written, "ana"), return_exceptions=True
    )

    assert isinstance(first, OSError)
    assert isinstance(again, OSError)


async def test_of_what_is_partly_known_the_rest_is_stored():
    store = MemoryDocumentStore()
    document, ana = await opened(store), Writer(ANA)
    await document.write(ana.write("a"), "ana")
    ana.write("b")

    await document.write(ana.doc.get_update(), "ana")

    last = (await stored(store))[-1]
    assert last.authors == [("ana", ANA, 3, 6)]
    assert len(last.update) < len(ana.doc.get_update()) - 10


async def test_deleting_is_writing():
    store = MemoryDocumentStore()
    document, ana = await opened(store), Writer(ANA)
    await document.write(ana.write("a"), "ana")
    await document.write(ana.write("b"), "ana")
    ben = Writer(BEN, state=state_of(document))
    erasing = ben.erase()

    await document.write(erasing, "ben")
    await document.write(erasing, "ben")

    assert words(document) == "b"
    edits = await stored(store)
    assert len(edits) == 3
    assert edits[-1].authors == [("ben", 0, 0, 0)]
    assert document.clients_of("ben") == frozenset()


async def test_updates_keep_the_order_of_the_calls():
    document, ana = await opened(tick=0.001), Writer(ANA)
    updates = [ana.write(str(n)) for n in range(300)]
    await asyncio.gather(*(document.write(each, "ana") for each in updates))
    assert words(document) == "|".join(map(str, range(300)))


# Whose it is -----------------------------------------------------------------------------------


async def test_a_client_id_belongs_to_whoever_used_it_first():
    store = MemoryDocumentStore()
    document, ana = await opened(store), Writer(ANA)
    await document.write(ana.write("a"), "ana")
    more = ana.write("b")

    with pytest.raises(Rejected, match="client-taken"):
        await document.write(more, "ben")
    later = await opened(store)
    with pytest.raises(Rejected, match="client-taken"):
        await later.write(more, "ben")

    assert document.clients_of("ana") == later.clients_of("ana") == {ANA}
    assert words(document) == words(later) == "a"
    await later.write(more, "ana")


async def test_a_cursors_client_id_too():
    owners = Owners()
    document = await opened(owners=owners)
    owners.point(ANA, "ana")

    with pytest.raises(Rejected, match="client-taken"):
        await document.write(Writer(ANA).write("a"), "ben")
    owners.forget(ANA)
    await document.write(Writer(ANA).write("a"), "ben")
    owners.forget(ANA)
    assert owners.of(ANA) == "ben"


async def test_a_refused_update_takes_no_client_id():
    document = await opened()
    with pytest.raises(Rejected, match="gap"):
        await document.write(update({ANA: (0, [element(left=(BEN, 0))])}), "ben")
    await document.write(Writer(ANA).write("a"), "ana")


# What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("harmful", HARMFUL)
async def test_what_once_did_harm_changes_nothing(harmful):
    document, ana = await opened(), Writer(ANA)
    await document.write(ana.write("a"), "ana")

    with pytest.raises(Rejected):
        await document.write(harmful, "mallory")

    await document.write(ana.write("b"), "ana")
    assert words(document) == "a|b"
    assert_sound(document)


async def test_a_gap_is_refused_and_nothing_kept():
    document, ana = await opened(), Writer(ANA)
    lost, late = ana.write("lost"), ana.write("late")

    with pytest.raises(Rejected, match="gap"):
        await document.write(late, "ana")
    assert text_of(document) == []

    await document.write(lost, "ana")
    await document.write(late, "ana")
    assert words(document) == "lost|late"


async def test_a_full_document_only_shrinks():
    document, ana = await opened(size=3000), Writer(ANA)
    await document.write(ana.write("a" * 2000), "ana")
    await document.write(ana.write("b" * 900), "ana")
    full = state_of(document)

    with pytest.raises(Rejected, match="too-big"):
        await document.write(ana.write("c" * 100), "ana")
    with pytest.raises(Rejected, match="too-big"):
        await document.write(Writer(BEN).write("d" * 100), "ben")
    ben = Writer(BEN, state=full)
    await document.write(ben.erase(), "ben")

    await document.write(ben.write("e" * 500), "ben")
    assert words(document) == "b" * 900 + "|" + "e" * 500


async def test_the_server_writes_into_a_full_document_and_not_without_end():
    """Or else whoever fills a text keeps it from ever becoming final."""
    document = await opened(size=3000)
    await document.write(Writer(ANA).write("a" * 2900), "ana")
    server = Writer(BEN)
    await document.write(server.write("b" * 1000), SYSTEM.id)

    with pytest.raises(Rejected, match="too-big"):
        await document.write(server.write("c" * 3000), SYSTEM.id)


async def test_it_is_full_within_one_tick_too():
    document, ana = await opened(size=3000), Writer(ANA)
    answers = await asyncio.gather(
        *(document.write(ana.write("a" * 900), "ana") for _ in range(5)), return_exceptions=True
    )
    assert [getattr(each, "code", None) for each in answers][:4] == [None, None, None, "too-big"]
    assert len(state_of(document)) < 3000


# Trials ----------------------------------------------------------------------------------------


class Panic(BaseException):
    """As the library's own, which no `except Exception` sees."""


@pytest.fixture
def poison(monkeypatch):
    """Make the library fail on a word, which stands for all that is not yet known to do harm."""
    apply = Copy.apply

    def panics(here: Copy, data: bytes) -> None:
        with copy.sound():
            apply(here, data)
            if b"poison" in data:
                raise Panic

    monkeypatch.setattr(Copy, "apply", panics)


async def test_whoever_does_harm_is_found_and_the_others_notice_nothing(poison):
    document = await opened()
    writers = [Writer(n, f"person {n}") for n in range(1, 10)]
    said = {
        each: each.write("poison" if each.name == "person 4" else each.name) for each in writers
    }
    before = state_of(document)

    answers = await asyncio.gather(
        *(document.write(said[each], each.name) for each in writers), return_exceptions=True
    )

    codes = [getattr(answer, "code", None) for answer in answers]
    assert codes == [None, None, None, "malformed", None, None, None, None, None]
    assert document.seq == 1
    assert "person 9" in words(document)
    assert "poison" not in words(document)
    assert state_of(document) != before
    assert_sound(document)


async def test_what_builds_on_harm_is_refused_with_it(poison):
    document, ana, ben = await opened(), Writer(ANA), Writer(BEN)
    updates = [ana.write("good"), ana.write("poison"), ana.write("after")]
    answers = await asyncio.gather(
        *(document.write(each, "ana") for each in updates),
        document.write(ben.write("fine"), "ben"),
        return_exceptions=True,
    )

    assert [getattr(each, "code", None) for each in answers] == ["malformed"] * 3 + [None]
    assert words(document) == "fine"
    await document.write(updates[0], "ana")
    assert_sound(document)


async def test_two_who_do_harm_are_both_found(poison):
    document = await opened()
    said = ["a", "poison", "b", "c", "poison too", "d"]
    answers = await asyncio.gather(
        *(document.write(Writer(n + 1).write(each), each) for n, each in enumerate(said)),
        return_exceptions=True,
    )
    assert [bool(each) for each in answers] == [False, True, False, False, True, False]


async def test_a_state_that_loads_as_another_text_is_not_stored(monkeypatch):
    document, ana = await opened(), Writer(ANA)
    monkeypatch.setattr(Copy, "tree", lambda copy: str(id(copy)))
    monkeypatch.setattr(Copy, "plain", lambda copy: [id(copy)])
    with pytest.raises(Rejected, match="malformed"):
        await document.write(ana.write("a"), "ana")
    assert document.seq == 0


async def test_attributes_come_in_any_order():
    """An element with many of them, which the library lists otherwise each time, is the same."""
    document = await opened()
    pieces = [element("table"), element("table_row", parent=(ANA, 0))]
    for _ in range(9):
        cell = ANA, len(pieces)
        pieces.append(element("table_cell", parent=(ANA, 1)))
        pieces += [attribute(key, parent=cell) for key in ("colspan", "rowspan")]
        pieces.append(attribute("colwidth", b"\x75\x01\x7d\x01", parent=cell))
    await document.write(update({ANA: (0, pieces)}), "ana")
    assert_sound(document)


async def test_a_large_document_is_loaded_afresh_now_and_then(monkeypatch):
    monkeypatch.setattr(shelf, "SMALL", 1000)
    monkeypatch.setattr(shelf, "RELOAD_SECONDS", 1000)
    document, ana = await opened(), Writer(ANA)
    await document.write(ana.write("a" * 5000), "ana")
    compared: list[int] = []
    monkeypatch.setattr(Copy, "compare", lambda *_: compared.append(document.seq))

    for n in range(100):
        await document.write(ana.write(str(n)), "ana")

    assert len(compared) == 100 // 33


# The store -------------------------------------------------------------------------------------


@pytest.mark.parametrize("mood", ["fails", "blind"])
async def test_where_the_store_fails_nothing_is_applied(mood):
    store = BrokenStore()
    document, ana, ben = await opened(store), Writer(ANA), Writer(BEN)
    await document.write(ana.write("a"), "ana")
    store.mood = mood

    updates = [(ana.write("b"), "ana"), (ana.write("c"), "ana"), (ben.write("d"), "ben")]
    answers = await asyncio.gather(
        *(document.write(*each) for each in updates), return_exceptions=True
    )

    assert [type(each) for each in answers] == [OSError] * 3
    assert (words(document), document.seq, document.told) == ("a", 1, [1])
    store.mood = ""
    for each in updates:
        await document.write(*each)
    assert sorted(words(document).split("|")) == ["a", "b", "c", "d"]


async def test_a_commit_whose_answer_was_lost_counts():
    store = BrokenStore()
    document, ana = await opened(store), Writer(ANA)
    store.mood = "stores"
    await document.write(ana.write("a"), "ana")
    await document.write(ana.write("b"), "ana")
    assert (words(document), document.told) == ("a|b", [1, 2])
    assert len(await stored(store)) == 2


async def test_a_commit_that_cannot_be_asked_after_is_found_later(monkeypatch):
    store = BrokenStore()
    document, ana = await opened(store), Writer(ANA)
    store.mood = "stores"
    seen = monkeypatch.setattr(document, "_was_stored", lambda edit: asyncio.sleep(0, False))
    written = ana.write("a")
    with pytest.raises(OSError, match="lost"):
        await document.write(written, "ana")
    store.mood = ""

    await document.write(written, "ana")

    assert seen is None
    assert words(document) == "a"
    assert len(await stored(store)) == 1


async def test_being_out_of_date_without_anything_to_learn_is_an_error():
    store = BrokenStore()
    document = await opened(store)
    store.mood = "lies"
    with pytest.raises(OutOfDate):
        await asyncio.wait_for(document.write(Writer(ANA).write("a"), "ana"), 1)
    assert document.seq == 0


async def test_a_crash_between_storing_and_applying_loses_nothing():
    was_stored = asyncio.Event()

    class Dying(MemoryDocumentStore):
        async def append(self, document, epoch, edits):
            await super().append(document, epoch, edits)
            was_stored.set()
            await asyncio.sleep(1000)

    store = Dying()
    document = await opened(store)
    writing = asyncio.create_task(document.write(Writer(ANA).write("a"), "ana"))
    await was_stored.wait()
    document._ticking.cancel()
    writing.cancel()
    await asyncio.gather(writing, document._ticking, return_exceptions=True)

    assert text_of(document) == [], "it was killed before"
    assert words(await opened(store)) == "a"


async def test_someone_who_leaves_while_it_is_stored_has_written_all_the_same():
    document = await opened(store := SlowStore())
    writing = asyncio.create_task(document.write(Writer(ANA).write("a"), "ana"))
    await asyncio.sleep(0)
    writing.cancel()
    await document.close()
    assert words(await opened(store)) == "a"


async def test_a_damaged_edit_is_not_believed():
    store = MemoryDocumentStore()
    document = await opened(store)
    await document.write(Writer(ANA).write("a"), "ana")
    (edit,) = await stored(store)
    store._edits["r", "epoch"][0] = Edit(
        edit.seq, edit.at, edit.update.replace(b"a", b"b"), edit.sha256, edit.authors
    )
    with pytest.raises(Unsound, match="not what was stored"):
        await opened(store)


async def test_a_listener_that_fails_does_not_stop_the_document():
    def fails(seq: int) -> None:
        raise ValueError

    document, ana = await opened(stored=fails), Writer(ANA)
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it was
        await document.write(ana.write("a"), "ana")
    document.stored = lambda seq: None
    await document.write(ana.write("b"), "ana")
    assert words(document) == "a|b"


# Snapshots -------------------------------------------------------------------------------------


async def test_a_snapshot_is_kept_now_and_then(monkeypatch):
    monkeypatch.setattr(module, "SNAPSHOT_EVERY", 10)
    store = MemoryDocumentStore()
    document, ana = await opened(store), Writer(ANA)
    for n in range(35):
        await document.write(ana.write(str(n)), "ana")
    await document.close()
    assert [each.seq for each in await store.snapshots("r", "epoch")] == [30, 20]


async def test_and_at_the_close_after_much_was_written():
    store = MemoryDocumentStore()
    document, ana = await opened(store), Writer(ANA)
    for n in range(60):
        await document.write(ana.write(str(n)), "ana")
    state, text = state_of(document), text_of(document)
    await document.close()
    again = await opened(store)
    assert text_of(again) == text
    await again.close()

    (kept,) = await store.snapshots("r", "epoch")
    assert kept == Snapshot(60, state, {"ana": [ANA]})


async def test_a_document_from_a_snapshot_knows_all_it_knew(monkeypatch):
    monkeypatch.setattr(module, "SNAPSHOT_EVERY", 5)
    store = MemoryDocumentStore()
    document, ana = await opened(store), Writer(ANA)
    for n in range(7):
        await document.write(ana.write(str(n)), "ana")
    await document.write(erased := ana.erase(1), "ana")
    reads: list[int] = []
    since = store.since
    monkeypatch.setattr(store, "since", lambda *args: reads.append(args[2]) or since(*args))

    again = await opened(store)

    assert reads == [5], "only what came after the snapshot is read"
    assert text_of(again) == text_of(document)
    assert (again.seq, again.clients_of("ana")) == (8, {ANA})
    assert again._clocks == document._clocks
    await again.write(erased, "ben")
    assert again.seq == 8, "it knows what was deleted"
    with pytest.raises(Rejected, match="client-taken"):
        await again.write(ana.write("b"), "ben")


async def test_opening_reads_who_wrote_only_where_the_snapshot_does_not_say(monkeypatch):
    store = MemoryDocumentStore()
    document, ana = await opened(store), Writer(ANA)
    for n in range(60):
        await document.write(ana.write(str(n)), "ana")
    await document.close()
    asked: list[int] = []
    authors = store.authors
    monkeypatch.setattr(store, "authors", lambda *args: asked.append(args[2]) or authors(*args))

    again = await opened(store)
    assert (again.clients_of("ana"), asked) == ({ANA}, [])
    assert again._judge is None, "nothing was judged"

    (kept,) = await store.snapshots("r", "epoch")
    await store.keep_snapshot("r", "epoch", Snapshot(kept.seq, kept.state))
    again = await opened(store)
    assert (again.clients_of("ana"), asked) == ({ANA}, [60])


async def test_a_long_document_is_judged_in_a_thread_and_in_the_order_of_the_calls(monkeypatch):
    monkeypatch.setattr(module, "LONG", 100)
    store = MemoryDocumentStore()
    document, ana = await opened(store), Writer(ANA)
    for n in range(60):
        await document.write(ana.write(str(n)), "ana")
    await document.close()
    again = await opened(store)

    updates = [ana.write(str(n)) for n in range(60, 90)]
    await asyncio.gather(*(again.write(each, "ana") for each in updates))

    assert words(again) == "|".join(map(str, range(90)))


async def test_a_snapshot_that_cannot_be_loaded_is_passed_over(caplog):
    store = MemoryDocumentStore()
    document, ana = await opened(store), Writer(ANA)
    await document.write(ana.write("a"), "ana")
    await store.keep_snapshot("r", "epoch", Snapshot(1, b"\x01\x02\x03"))
    await store.keep_snapshot("r", "epoch", Snapshot(0, HARMFUL[0]))

    assert words(await opened(store)) == "a"
    assert caplog.text.count("is unreadable") == 2


async def test_a_snapshot_that_cannot_be_kept_is_no_matter(monkeypatch):
    monkeypatch.setattr(module, "SNAPSHOT_EVERY", 2)
    document, ana = await opened(store := MemoryDocumentStore()), Writer(ANA)

    async def fails(*_):
        raise OSError

    monkeypatch.setattr(store, "keep_snapshot", fails)
    for n in range(5):
        await document.write(ana.write(str(n)), "ana")
    assert document.seq == 5


# What readers are told -------------------------------------------------------------------------


async def test_a_reader_is_brought_from_anywhere_to_here():
    for session in yjs.sessions(100, 3, 120):
        document = await opened()
        readers = {0: yjs.minutes()}
        for client, data in session.log:
            await document.write(data, str(client))
            readers[document.seq] = yjs.minutes(state_of(document))
        for seq, reader in readers.items():
            for message in document.since(seq):
                reader.apply_update(payload(message))
            assert yjs.tree(reader) == text_of(document)
            assert read_state_vector(reader.get_state()) == document._clocks


async def test_a_message_is_made_once_for_all_who_stand_at_the_same_place():
    document, ana = await opened(), Writer(ANA)
    await document.write(ana.write("a"), "ana")
    (first,) = document.since(0)
    assert document.since(0)[0] is first
    assert first[:2] == b"\x00\x02"
    assert document.since(1) == document.since(7) == []
    await document.write(ana.write("b"), "ana")
    assert document.since(0)[0] is first
    assert len(document.since(0)) == 2


async def test_whoever_is_far_behind_is_sent_the_whole(monkeypatch):
    monkeypatch.setattr(history, "TAIL_EDITS", 3)
    monkeypatch.setattr(module, "SNAPSHOT_EVERY", 4)
    document, ana = await opened(), Writer(ANA)
    for n in range(10):
        await document.write(ana.write(str(n)), "ana")
    for seq in range(10):
        reader = Writer(BEN, state=b"\x00\x00")
        if seq >= 7:
            reader.hear(state_of(document))
        for message in document.since(seq):
            reader.hear(payload(message))
        assert reader.text == text_of(document)
    assert [len(document.since(seq)) for seq in (2, 6, 7, 9, 10)] == [3, 3, 3, 1, 0]


async def test_the_handshake():
    document, ana = await opened(), Writer(ANA)
    await document.write(ana.write("a"), "ana")
    ben = Writer(BEN)

    assert document.greeting() == b"\x00\x00\x03\x01\x07\x03"
    answer, seq = await document.answer(ben.doc.get_state())
    ben.hear(payload(answer))

    assert (answer[:2], seq) == (b"\x00\x01", 1)
    assert ben.text == text_of(document)
    shorter, _ = await document.answer(ben.doc.get_state())
    assert len(shorter) < len(answer)


async def test_a_digest_says_what_a_browser_should_see():
    document, ana = await opened(), Writer(ANA)
    await document.write(ana.write("a"), "ana")
    said = digest_message(ana.doc.get_state(), digest(ana.root))
    assert await document.digest() == said
    await document.write(ana.write("b"), "ana")
    assert await document.digest() != said


@pytest.mark.parametrize(
    "state_vector",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x05\x01", id="truncated"),
        pytest.param(b"\xff\xff\xff\xff\x0f\x01\x01", id="a gigantic count"),
        pytest.param(b"\x01" + b"\xff" * 60_000, id="a number without an end"),
        pytest.param(number(70_000) + b"\x01\x01" * 70_000, id="too long"),
    ],
)
async def test_a_hostile_state_vector_is_refused(state_vector):
    document = await opened()
    with pytest.raises(Rejected):
        await document.answer(state_vector)


async def test_a_state_vector_may_say_more_than_is_so():
    document, ana = await opened(), Writer(ANA)
    await document.write(ana.write("a😀b"), "ana")
    boasting = number(3) + b"".join(map(number, (ANA, 2**50, BEN, 5, 2**40, 1)))
    assert payload((await document.answer(boasting))[0]) == b"\x00\x00"
    for clock in range(9):  # among them one between the halves of an emoji
        with suppress(Rejected):
            await document.answer(number(1) + number(ANA) + number(clock))
    assert_sound(document)


# Several processes -----------------------------------------------------------------------------


async def test_another_process_hears():
    store = MemoryDocumentStore()
    here, there = await opened(store), await opened(store)
    await here.write(Writer(ANA).write("a"), "ana")
    await there.hear(1)
    await there.hear(1)
    assert (words(there), there.told) == ("a", [1])


async def test_a_lagging_process_does_not_refuse_honest_edits():
    store = MemoryDocumentStore()
    here, there = await opened(store), await opened(store)
    ana = Writer(ANA)
    await here.write(ana.write("a"), "ana")
    ben = Writer(BEN, state=state_of(here))

    await asyncio.gather(
        there.write(ana.write("b"), "ana"),
        there.write(ana.write("c"), "ana"),
        there.write(ben.erase(), "ben"),
    )

    await here.catch_up()
    assert words(here) == words(there) == "b|c"


async def test_of_two_processes_at_once_neither_loses():
    store = SlowStore()
    here, there = await opened(store), await opened(store)
    ana, ben = Writer(ANA), Writer(BEN)

    await asyncio.gather(
        *(here.write(ana.write(f"a{n}"), "ana") for n in range(20)),
        *(there.write(ben.write(f"b{n}"), "ben") for n in range(20)),
    )

    await here.catch_up()
    await there.catch_up()
    assert state_of(here) == state_of(there) or text_of(here) == text_of(there)
    assert len(words(here).split("|")) == 40
    assert [edit.seq for edit in await stored(store)] == list(range(1, here.seq + 1))


async def test_two_people_cannot_take_one_client_id_in_two_processes():
    store = SlowStore()
    here, there = await opened(store), await opened(store)
    answers = await asyncio.gather(
        here.write(Writer(ANA).write("ana's"), "ana"),
        there.write(Writer(ANA).write("mallory's, and longer"), "mallory"),
        return_exceptions=True,
    )
    await here.catch_up()
    await there.catch_up()
    assert sorted(getattr(each, "code", "") for each in answers) == ["", "client-taken"]
    assert text_of(here) == text_of(there)
    assert here.owners.of(ANA) == there.owners.of(ANA)


@pytest.mark.parametrize("seed", range(6))
async def test_processes_agree_whatever_they_hear(seed):
    """The writers of a session sit in two processes; what these hear of each other is late, comes
    twice, or not at all."""
    dice = random.Random(seed)
    store = SlowStore(seed)
    (session,) = yjs.sessions(200 + seed, 1, 200)
    processes = [await opened(store), await opened(store)]
    home = {client: dice.choice(processes) for client in yjs.clients(session)}

    for client, data in session.log:
        await home[client].write(data, str(client))
        if dice.random() < 0.3:
            await dice.choice(processes).hear(dice.randrange(home[client].seq + 2))

    await asyncio.gather(*(each.catch_up() for each in processes))
    first, second = processes
    assert first.seq == second.seq == len(await stored(store))
    assert text_of(first) == text_of(second) == text_of(await opened(store))
    if session.agreed:
        assert text_of(first) == session.text
    assert first.told == second.told == list(range(1, first.seq + 1))
    for each in processes:
        assert_sound(each)


@pytest.mark.parametrize("seed", range(4))
async def test_writers_of_two_processes_at_the_same_moment_agree(seed):
    """Everyone writes at once on what they have been told, and is told through their process."""
    store = SlowStore(seed)
    processes = [await opened(store, tick=0.001) for _ in range(2)]
    dice = random.Random(seed)
    writers = [Writer(n + 1) for n in range(6)]

    async def writing(writer: Writer, document: Document) -> None:
        seq = 0
        for n in range(15):
            if dice.random() < 0.6:
                messages, seq = document.since(seq), document.seq
                for each in messages:
                    writer.hear(payload(each))
            erasing = writer.text and dice.random() < 0.3
            await document.write(writer.erase() if erasing else writer.write(str(n)), writer.name)

    await asyncio.gather(*(writing(writer, processes[n % 2]) for n, writer in enumerate(writers)))
    await asyncio.gather(*(each.catch_up() for each in processes))

    assert text_of(processes[0]) == text_of(processes[1]) == text_of(await opened(store))
    for writer in writers:
        answer, _ = await processes[0].answer(writer.doc.get_state())
        writer.hear(payload(answer))
        assert writer.text == text_of(processes[0])


# Closing ---------------------------------------------------------------------------------------


async def test_closing_stores_what_is_pending():
    store = MemoryDocumentStore()
    document = await opened(store, tick=0.01)
    await document.write(Writer(BEN).write("b"), "ben")
    writing = asyncio.create_task(document.write(Writer(ANA).write("a"), "ana"))
    await asyncio.sleep(0)

    await document.close()

    assert len(await stored(store)) == 2
    await writing


# Honest text ---------------------------------------------------------------------------------


async def test_an_attack_changes_no_honest_text_but_by_deleting():
    """Under a client id of others nothing can be put, not even what they might have written."""
    document, ana = await opened(), Writer(ANA)
    await document.write(ana.write("a"), "ana")
    honest = ana.write("honest")
    forged = update(
        {ANA: (3, [element(), text(parent=(ANA, 3)), characters("x", parent=(ANA, 4))])}
    )
    with pytest.raises(Rejected, match="client-taken"):
        await document.write(forged, "mallory")
    await document.write(honest, "ana")
    assert words(document) == "a|honest"
