"""What every document store promises, whatever it is made of."""

from __future__ import annotations

import asyncio

import pytest

from realtime.documents.store import Edit, MemoryDocumentStore, Snapshot
from realtime.documents.store_django import DjangoDocumentStore, Sealed
from realtime.log import OutOfDate
from realtime.renewal import Renewed
from tests.realtime.documents import Writer, opened, text_of
from tests.realtime.sessions_for_tests import make_session
from workshop import models

IN_DATABASE = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[MemoryDocumentStore, pytest.param(DjangoDocumentStore, marks=IN_DATABASE)])
def store(request):
    return request.param()


def edit(seq: int, update: bytes = b"\x00\xff\x80") -> Edit:
    return Edit.of(seq, 1790156123.41, update, [("ana", 2**52 + 1, 0, seq)])


async def test_edits_come_back_in_order_and_whole(store):
    await store.append("r", "e", [edit(1)])
    await store.append("r", "e", [edit(2), edit(3)])

    assert await store.since("r", "e", 0) == [edit(1), edit(2), edit(3)]
    assert await store.since("r", "e", 1) == [edit(2), edit(3)]
    assert all(each.intact() for each in await store.since("r", "e", 0))


async def test_documents_and_epochs_do_not_mix(store):
    await store.append("r", "e", [edit(1)])

    assert await store.since("s", "e", 0) == []
    assert await store.since("r", "f", 0) == []
    await store.append("r", "f", [edit(1)])
    await store.append("s", "e", [edit(1)])


@pytest.mark.parametrize("seqs", [(1,), (3,), (2, 2), (1, 2)])
async def test_numbers_have_no_holes_and_are_taken_once(store, seqs):
    await store.append("r", "e", [edit(1)])

    with pytest.raises(OutOfDate):
        await store.append("r", "e", [edit(seq) for seq in seqs])

    assert await store.since("r", "e", 0) == [edit(1)], "all or none"


async def test_only_one_writer_gets_a_number(store):
    results = await asyncio.gather(
        *(store.append("r", "e", [edit(1, bytes([n]))]) for n in range(4)), return_exceptions=True
    )

    assert [type(result) for result in results if result] == [OutOfDate] * 3
    assert len(await store.since("r", "e", 0)) == 1


async def test_who_wrote_what_is_known_without_the_rest(store):
    await store.append("r", "e", [edit(seq) for seq in (1, 2, 3)])
    assert await store.authors("r", "e", 2) == [("ana", 2**52 + 1, 0, 1), ("ana", 2**52 + 1, 0, 2)]


async def test_two_snapshots_are_kept(store):
    second = Snapshot(20, bytes([20, 0, 255]), {"ana": [2**52 + 1]})
    for snapshot in (Snapshot(10, b""), second, Snapshot(30, b"")):
        await store.keep_snapshot("r", "e", snapshot)
    await store.keep_snapshot("r", "e", Snapshot(30, b"again"))
    await store.keep_snapshot("r", "f", Snapshot(5, b"another epoch"))

    assert await store.snapshots("r", "e") == [Snapshot(30, b"again"), second]
    assert await store.snapshots("s", "e") == []


async def test_heads(store):
    await store.append("r", "e", [edit(1), edit(2)])
    await store.append("s", "e", [edit(1)])
    assert await store.heads(["r", "s", "t"]) == {"r": 2, "s": 1}
    assert await store.heads([]) == {}


async def test_a_document_lives_in_it(store):
    here, there = await opened(store), await opened(store)
    ana, ben = Writer(7), Writer(9)

    await asyncio.gather(
        *(here.write(ana.write(f"a{n}"), "ana") for n in range(5)),
        *(there.write(ben.write(f"b{n}"), "ben") for n in range(5)),
    )

    await here.catch_up()
    await there.catch_up()
    assert text_of(here) == text_of(there) == text_of(await opened(store))
    assert len(text_of(here)) == 10


@pytest.mark.django_db(transaction=True)
async def test_nothing_more_is_kept_of_a_past_that_was_erased():
    """A process that has not heard of it closes the document as it was, words and all."""
    session = await make_session()
    store, old = DjangoDocumentStore(), session.epoch
    await models.Session.objects.aupdate(epoch="new")

    with pytest.raises(Renewed):
        await store.append(session.slug, old, [edit(1)])
    with pytest.raises(Renewed):
        await store.keep_snapshot(session.slug, old, Snapshot(1, b"the words", {}))
    assert not await models.Snapshot.objects.aexists()


@pytest.mark.django_db(transaction=True)
async def test_nothing_comes_after_the_final_text():
    """A process may be late to hear that the minutes are final: what it stores would be in every
    export, and not in the text that has the hash."""
    session, store = await make_session(), DjangoDocumentStore()
    await store.append(session.slug, session.epoch, [edit(1)])
    await models.Final.objects.acreate(session=session, text=b"", sha256="")

    with pytest.raises(Sealed):
        await store.append(session.slug, session.epoch, [edit(2)])
