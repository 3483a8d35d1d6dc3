"""The ballot box: what is in the database can be opened by nobody without the key, and by nobody at
all once it is destroyed."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User

from workshop import models
from workshop.features.polls.secret import Emptied, Envelope, Seal
from workshop.sessions import delete_session
from workshop.votes.box import ORPHANED, BallotBox, Contents, KeyLost

CODE = "ABCDEFGH"


@pytest.fixture
def box(tmp_path, db) -> BallotBox:
    box = BallotBox(tmp_path / "seals")
    box.keep("r", [Seal(id="p")])
    return box


def envelope(person: str, answer=1, code=CODE, poll="p") -> Envelope:
    id = f"{poll}:{person}"
    return Envelope(id=id, poll=poll, person=person, answer=answer, code=code, size=128)


def session_of(name: str) -> models.Session:
    now = datetime.now(UTC)
    organiser = User.objects.create(username=name)
    day = models.Day.objects.create(slug="day", title="A day", organiser=organiser)
    return models.Session.objects.create(day=day, slug="plenary", title="P", starts=now, ends=now)


def sealed(person: str = "ana") -> bytes:
    return bytes(models.Envelope.objects.get(person=person).sealed)


def test_what_was_sealed_is_opened(box):
    box.keep("r", [envelope("ana"), envelope("ben", "é", "")])

    found = box.open("r", "p")
    assert sorted(found.ballots, key=str) == [1, "é"]
    assert (found.codes, found.missing) == ([CODE], 0)


def test_one_person_has_one_envelope_with_their_last_vote(box):
    box.keep("r", [envelope("ana", 0), envelope("ana", 1)])

    assert box.open("r", "p") == Contents([1], [CODE], 0)


def test_the_database_has_no_answer_no_code_and_one_length(box):
    box.keep("r", [envelope("ana", "No"), envelope("ben", "A long answer")])

    assert CODE.encode() not in sealed()
    assert b"A long answer" not in sealed("ben")
    assert len(sealed("ana")) == len(sealed("ben"))


def test_the_same_answer_never_looks_the_same(box):
    box.keep("r", [envelope("ana")])
    before = sealed()
    box.keep("r", [envelope("ana"), envelope("ben")])

    assert len({before, sealed("ana"), sealed("ben")}) == 3


def test_an_envelope_moved_to_somebody_elses_place_does_not_open(box):
    box.keep("r", [envelope("ana", 0), envelope("ben", 1)])
    models.Envelope.objects.filter(person="ben").update(sealed=sealed("ana"))

    assert box.open("r", "p") == Contents([0], [CODE], 1)


def test_what_is_no_envelope_is_missing_and_keeps_no_other_from_being_counted(box):
    box.keep("r", [envelope("ana", 0), envelope("ben", 1)])
    models.Envelope.objects.filter(person="ben").update(sealed=b"short")

    assert box.open("r", "p") == Contents([0], [CODE], 1)


def test_one_vote_does_not_open_with_the_key_of_another(box):
    box.keep("r", [Seal(id="q"), envelope("ana")])
    models.Envelope.objects.update(poll="q")

    assert box.open("r", "q").missing == 1


def test_the_key_is_a_private_file_outside_the_database(box):
    (key,) = box.keys.iterdir()

    assert (key.stat().st_mode & 0o077, box.keys.stat().st_mode & 0o077) == (0, 0)
    assert len(key.read_bytes()) == 32


def test_of_two_processes_that_open_a_vote_the_first_makes_the_key(box):
    box.keep("r", [envelope("ana")])
    BallotBox(box.keys).keep("r", [Seal(id="p")])

    assert box.open("r", "p").missing == 0


def test_without_the_key_nobody_opens_them(box):
    box.keep("r", [envelope("ana")])
    for key in box.keys.iterdir():
        key.unlink()

    with pytest.raises(KeyLost):
        box.open("r", "p")
    assert box.counting("r", "p") == ("polls.lose", {"poll": "p"})


def test_a_key_that_was_cut_short_is_lost(box):
    """The vote waited to be counted for ever."""
    box.keep("r", [envelope("ana")])
    (key,) = box.keys.iterdir()
    key.write_bytes(key.read_bytes()[:7])

    assert box.counting("r", "p") == ("polls.lose", {"poll": "p"})


def test_keys_of_counted_votes_are_destroyed(box):
    session = session_of("organiser")
    box.keep(session.slug, [Seal(id="p"), Seal(id="q")])
    entry = {"seq": 1, "name": "polls.unseal", "by": "system", "at": 1.0, "changes": {}}
    models.Entry.objects.create(room=session.slug, ref="polls.unseal:p", **entry)

    assert box.destroy_spent() == 1
    assert {file.name for file in box.keys.iterdir()} == {"r~p", f"{session.slug}~q"}
    assert box.destroy_spent() == 0


def test_of_a_session_that_is_not_in_this_database_keys_are_kept_for_a_day(box):
    """A server was started with an older database."""
    session = session_of("organiser")
    box.keep(session.slug, [Seal(id="q")])
    assert box.destroy_spent() == 0

    box.clock = lambda: time.time() + ORPHANED + 60
    assert box.destroy_spent() == 1
    assert [file.name for file in box.keys.iterdir()] == [f"{session.slug}~q"]


@pytest.mark.django_db(transaction=True)
def test_keys_of_a_session_that_is_deleted_are_destroyed_at_once(box, settings):
    settings.SEAL_DIR = box.keys
    session = session_of("organiser")
    box.keep(session.slug, [Seal(id="q")])
    delete_session(session)

    assert [file.name for file in box.keys.iterdir()] == ["r~p"]


def test_a_destroyed_key_leaves_nothing_in_its_file(box):
    (key,) = box.keys.iterdir()
    before, kept = key.read_bytes(), os.open(key, os.O_RDONLY)
    assert box.forget("r") == 1

    assert os.read(kept, 64) != before
    os.close(kept)


def test_emptying_takes_away_the_envelopes_of_one_vote(box):
    box.keep("r", [Seal(id="q"), envelope("ana"), envelope("ana", poll="q")])
    box.keep("r", [Emptied(id="p")])

    assert [each.poll for each in models.Envelope.objects.all()] == ["q"]


def test_ids_are_safe_as_names_of_files(box):
    box.keep("r", [Seal(id="../../etc/passwd~/x:y")])

    assert all(file.parent == box.keys for file in box.keys.iterdir())
    assert [poll for _, _, poll in box._files() if poll != "p"] == ["../../etc/passwd~/x:y"]


def test_where_no_key_can_be_kept_it_says_so(tmp_path):
    (tmp_path / "file").write_text("")

    assert BallotBox(tmp_path / "seals").answers()
    assert not BallotBox(tmp_path / "file").answers()
