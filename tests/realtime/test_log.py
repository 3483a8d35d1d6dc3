"""What every log promises, whatever it is made of."""

from __future__ import annotations

import asyncio

import pytest
from django.db import connection

from realtime.log import Entry, MemoryLog, OutOfDate, State
from realtime.log_django import DjangoLog
from realtime.renewal import Renewed
from tests.realtime.sessions_for_tests import make_session
from workshop import models

IN_DATABASE = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=[MemoryLog, pytest.param(DjangoLog, marks=IN_DATABASE)])
def log(request):
    return request.param()


def entry(seq: int, ref: str | None = None) -> Entry:
    return Entry(seq, ref or f"c{seq}", "chat.post", "ana", 1.5, {"chat.message/1": {"id": "1"}})


async def test_entries_come_back_in_order(log):
    await log.append("r", [entry(1)])
    await log.append("r", [entry(2), entry(3)])

    assert await log.since("r", 1) == [entry(2), entry(3)]


async def test_rooms_do_not_mix(log):
    await log.append("r", [entry(1)])

    assert await log.since("s", 0) == []


async def test_only_one_writer_gets_a_place(log):
    results = await asyncio.gather(
        *(log.append("r", [entry(1, ref)]) for ref in "abcd"), return_exceptions=True
    )

    assert [type(result) for result in results if result] == [OutOfDate] * 3
    assert len(await log.since("r", 0)) == 1


async def test_a_ref_is_taken_once(log):
    await log.append("r", [entry(1, "same")])

    with pytest.raises(OutOfDate):
        await log.append("r", [entry(2, "same")])


async def test_the_same_ref_may_stand_in_two_rooms(log):
    await log.append("r", [entry(1, "same")])
    await log.append("s", [entry(1, "same")])

    assert await log.find("s", ["same"]) == [entry(1, "same")]


async def test_a_batch_is_stored_whole_or_not_at_all(log):
    await log.append("r", [entry(1, "same")])

    with pytest.raises(OutOfDate):
        await log.append("r", [entry(2), entry(3, "same")])

    assert await log.since("r", 0) == [entry(1, "same")]


async def test_no_hole_is_left(log):
    await log.append("r", [entry(1)])

    with pytest.raises(OutOfDate):
        await log.append("r", [entry(3)])


async def test_an_unknown_ref_is_not_found(log):
    await log.append("r", [entry(1)])

    assert await log.find("r", ["c2"]) == []


async def test_heads_of_many_rooms_in_one_question(log):
    await log.append("r", [entry(1), entry(2)])
    await log.append("s", [entry(1)])

    assert await log.heads(["r", "s", "empty"]) == {"r": 2, "s": 1}


KEEPS = {
    "sqlite": {"PRAGMA journal_mode": "wal", "PRAGMA synchronous": 2},  # 2 is FULL
    "postgresql": {"SHOW synchronous_commit": "on", "SHOW fsync": "on"},
}


@IN_DATABASE
def test_the_database_keeps_what_it_acknowledged_through_a_power_cut():
    for question, answer in KEEPS[connection.vendor].items():
        with connection.cursor() as cursor:
            cursor.execute(question)
            assert cursor.fetchone() == (answer,), question


@IN_DATABASE
async def test_nothing_more_is_logged_of_a_past_that_was_erased():
    """A room that has not heard of it holds every record as it was: what it goes on to write, or
    keeps of itself, would bring the words back."""
    session = await make_session()
    log = DjangoLog(epoch=session.epoch)
    await log.append(session.slug, [entry(1)])
    await models.Session.objects.aupdate(epoch="new")

    with pytest.raises(Renewed):
        await log.append(session.slug, [entry(2)])
    with pytest.raises(Renewed):
        await log.keep(session.slug, State(1, {}), [])
    assert await log.since(session.slug, 0) == [entry(1)]
    assert not await models.State.objects.aexists()
