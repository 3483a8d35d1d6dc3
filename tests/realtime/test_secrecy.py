"""Nothing that is kept links a ballot to a person better than chance (V4): tried by somebody with
the whole database, and shown to succeed where something is kept that should not be."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import subprocess

import pytest
from django.db import connection

from realtime.metrics import Metrics
from realtime.threads import in_thread
from tests.asked import asked, ballot
from tests.realtime.linking import Vote, advantage, tables
from tests.realtime.rooms import HAL, seat
from tests.realtime.sessions_for_tests import make_session
from tests.realtime.tellers import Process, until_counted
from workshop.features.polls import secret
from workshop.features.polls.results import Opened
from workshop.people import Person
from workshop.votes import box as boxes
from workshop.votes.box import BallotBox

pytestmark = pytest.mark.django_db(transaction=True)

VOTES, VOTERS = 16, 16
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def code(chance: random.Random) -> str:
    return "".join(chance.choices(ALPHABET, k=10))


async def held(keys, *, seed: int = 1) -> list[Vote]:
    """Many secret votes of the same people, in random order, some of whom change their minds."""
    chance, box = random.Random(seed), BallotBox(keys)
    session = await make_session()
    people = [Person(f"person-{chance.getrandbits(32):08x}", f"P{n}") for n in range(VOTERS)]
    votes = []
    async with Process(box).hub.visit(session.slug) as visit:
        room = visit.room
        await seat(room, HAL, *people)
        for n in range(VOTES):
            poll = f"poll-{n:03}"
            plan = {"plan": asked("?", secrecy="secret")}
            await room.submit("polls.draft", HAL, poll, plan)
            await room.submit("polls.open", HAL, f"open {n}", {"poll": poll})
            truth = {person.id: chance.randrange(2) for person in people}
            order = chance.sample(people, VOTERS)
            again = chance.sample(people, 3)
            cast = []
            for m, person in enumerate([*again, *order]):
                answer = truth[person.id] if m >= 3 else chance.randrange(2)
                fields = ballot(poll, answer) | {"code": code(chance)}
                cast.append(room.submit("polls.vote", person, f"vote {n} {m}", fields))
            await asyncio.gather(*cast)  # in this order
            during = await in_thread(tables, session.slug)
            await room.submit("polls.close", HAL, f"close {n}", {"poll": poll})
            await until_counted(visit, poll)
            votes.append(Vote(poll, during, {}, truth))
        await room.keep_snapshot()
    after = await in_thread(tables, session.slug)
    return [Vote(each.poll, each.during, after, each.truth) for each in votes]


async def test_who_has_the_whole_database_links_no_better_than_chance(tmp_path):
    votes = await held(tmp_path / "seals")

    assert advantage(votes, random.Random(2)) < 3.5


async def test_the_attack_succeeds_where_ballots_lie_as_they_were_cast(tmp_path, monkeypatch):
    """A planted leak: opened in the order of their envelopes, and not sorted."""

    def as_they_lay(poll, answers, codes):
        return Opened(id=poll.id, ballots=list(answers), codes=list(codes))

    monkeypatch.setattr(secret, "opened_of", as_they_lay)
    votes = await held(tmp_path / "seals")

    assert advantage(votes, random.Random(2)) > 10


async def test_the_attack_succeeds_where_envelopes_are_as_long_as_what_is_in_them(
    tmp_path, monkeypatch
):
    """A planted leak: no padding, and one answer is longer than the other."""

    def as_it_is(cipher, envelope, about):
        said = {"answer": envelope.answer, "code": envelope.code, "n": "x" * envelope.answer}
        nonce = bytes(boxes.NONCE)
        return nonce + cipher.encrypt(nonce, json.dumps(said).encode(), about)

    monkeypatch.setattr(boxes, "seal", as_it_is)
    votes = await held(tmp_path / "seals")

    assert advantage(votes, random.Random(2)) > 10


async def test_nothing_of_a_ballot_is_in_a_file_or_log_while_the_vote_is_open(tmp_path, caplog):
    """The database with its journal, as a thief or a backup would have them, and all that is logged
    and measured."""
    caplog.set_level(logging.DEBUG)
    receipt, words = "XQZWKJVPHM", "hippopotamus"
    process = Process(BallotBox(tmp_path / "seals"))
    session = await make_session()
    async with process.hub.visit(session.slug) as visit:
        room = visit.room
        await seat(room, HAL)
        plan = {"plan": asked("Which animal?", form={"kind": "text"}, secrecy="secret")}
        await room.submit("polls.draft", HAL, "p", plan)
        await room.submit("polls.open", HAL, "o", {"poll": "p"})
        await room.submit("polls.vote", HAL, "v", ballot("p", words) | {"code": receipt})
        kept = await in_thread(stored_bytes)
        await room.submit("polls.close", HAL, "c", {"poll": "p"})
        await until_counted(visit)
        metrics = Metrics()
        metrics.watch(process.hub)
        told = caplog.text.encode() + metrics.text()
        published = room.records.find(Opened, "p")

    assert b"Which animal?" in kept, "these must be the files of the database"
    for each in (receipt, words):
        assert each.encode() not in kept + told
    assert (published.ballots, published.codes) == ([words], [receipt])


def stored_bytes() -> bytes:
    """The database's files. Copied by another process: whoever closes a file of SQLite's lets go of
    all locks on it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute("SHOW data_directory")
            (folder,) = cursor.fetchone()
        found = ["find", folder, "-type", "f", "-size", "-64M", "-exec", "cat", "{}", "+"]
        return subprocess.run(found, capture_output=True, check=False).stdout
    path = connection.settings_dict["NAME"]
    files = [str(path), f"{path}-wal"]
    return subprocess.run(["cat", *files], capture_output=True, check=False).stdout
