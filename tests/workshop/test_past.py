"""The past: what is taken out is in no table any more, and cannot come back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from tests.workshop.conftest import sit
from workshop import past, sessions
from workshop.erasure import ERASED, Erasure
from workshop.minutes.tree import document, read, words_of
from workshop.models import Edit, Entry, Final, Old, Session, Snapshot, State

pytestmark = pytest.mark.django_db

SECRET = "rue Fesch"


def write(session: Session, *paragraphs: str) -> int:
    """Minutes with these paragraphs; the client id they were written under."""
    doc: Doc[Any] = Doc()
    root = doc.get("minutes", type=XmlFragment)
    for words in paragraphs:
        root.children.append(XmlElement("paragraph", None, [XmlText(words)]))
    Edit.objects.create(
        document=session.slug, epoch=session.epoch, seq=1, at=1.0, update=doc.get_update(),
        sha256="", authors=[["nina", doc.client_id, 0, 99]],
    )  # fmt: skip
    return doc.client_id


def say(session: Session, seq: int, key: str, record: dict) -> None:
    Entry.objects.create(
        room=session.slug, seq=seq, ref=f"c{seq}", name="chat.post", by="x", at=1.0,
        changes={key: record},
    )  # fmt: skip


def everything() -> bytes:
    """All that is in the database."""
    with connection.cursor() as cursor:
        parts = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            parts += [repr(tuple(map(plain, row))) for row in cursor.fetchall()]
    return "\n".join(parts).encode()


def plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def text(session: Session) -> str:
    session.refresh_from_db()
    return words_of(read(document(sessions.minutes_of(session))))


def test_words_are_in_no_table_any_more(session):
    write(session, f"J’habite {SECRET}.", "Rien d’autre.")
    state = Edit.objects.get().update
    Snapshot.objects.create(document=session.slug, epoch=session.epoch, seq=1, state=state)
    say(session, 1, "chat.message/m", {"id": "m", "text": f"C’est {SECRET.upper()} ?"})
    State.objects.create(room=session.slug, seq=1, state=json.dumps({"x": SECRET}).encode())
    Old.objects.create(
        room=session.slug, kind="chat.message", key="chat.message/o", seq=1,
        value=json.dumps({"id": "o", "text": SECRET}).encode(),
    )  # fmt: skip
    before = session.epoch
    assert SECRET.encode() in everything()

    past.erase(session, Erasure(words=SECRET), client=7, now=2.0)

    assert SECRET.lower().encode() not in everything().lower()
    assert text(session) == f"J’habite {ERASED}.\nRien d’autre."
    assert session.epoch != before
    assert Entry.objects.get().changes["chat.message/m"]["text"] == f"C’est {ERASED} ?"


def test_nobody_writes_under_the_client_ids_of_what_was(session):
    client = write(session, SECRET)
    past.erase(session, Erasure(words=SECRET), client=7, now=2.0)
    authors = {whose[1]: whose[0] for whose in Edit.objects.get().authors}

    assert authors == {client: "nobody", 7: "system"}


def test_a_name_that_is_half_in_bold_goes_too(session):
    doc: Doc[Any] = Doc()
    paragraph = XmlElement("paragraph")
    doc.get("minutes", type=XmlFragment).children.append(paragraph)
    words = XmlText("Ana Rossi parle")
    paragraph.children.append(words)
    words.format(0, 3, {"strong": {}})
    Edit.objects.create(
        document=session.slug, epoch=session.epoch, seq=1, at=1.0, update=doc.get_update(),
        sha256="", authors=[],
    )  # fmt: skip
    past.erase(session, Erasure(words="ana rossi"), client=7, now=2.0)

    assert text(session) == f"{ERASED} parle"


def test_a_question_without_a_name_goes_with_whoever_asked_it(session):
    asked = {"id": "q", "text": "Et la rue Fesch ?", "name": "", "state": "open"}
    asker = {"id": "q", "person": "ana", "text": "Et la rue Fesch ?"}
    changes = {"questions.question/q": asked, "questions.asker/q": asker}
    Entry.objects.create(
        room=session.slug, seq=1, ref="c1", name="questions.ask", by="ana", at=1.0, changes=changes
    )
    say(session, 2, "questions.question/q", asked | {"state": "answered"})
    say(session, 3, "questions.question/other", asked | {"id": "other"})

    past.erase(session, Erasure(person="ana", name="Ana Rossi"), client=7, now=2.0)

    first, *later = [entry.changes for entry in Entry.objects.order_by("seq")]
    left = [first["questions.question/q"], first["questions.asker/q"]]
    left += [each for changes in later for each in changes.values()]
    assert [each["text"] for each in left] == [ERASED, ERASED, ERASED, "Et la rue Fesch ?"]
    assert [each.get("state") for each in left] == ["open", None, "answered", "open"]


def test_a_person_is_taken_out_with_what_they_said(client, session):
    seat = sit(client, session, name="Ana Rossi")
    say(
        session,
        1,
        "chat.message/m",
        {"id": "m", "person": str(seat.pk), "name": "Ana Rossi", "text": "Oui"},
    )
    write(session, "Ana Rossi est d’accord.")
    past.erase(session, Erasure(person=str(seat.pk), name="Ana Rossi"), client=7, now=2.0)

    assert b"Ana Rossi" not in everything()
    assert Entry.objects.get().changes["chat.message/m"]["text"] == ERASED
    assert text(session) == f"{ERASED} est d’accord."


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("ana@rossi.fr", r"ana\@rossi.fr"),
        ("Ana Rossi", "**Ana** Rossi"),
        ("Ana Rossi", "[Ana](<https://rossi.fr>)\\\nRossi"),
        ("*e*", r"\*e\*"),
    ],
)
def test_words_are_in_the_final_text_no_more_whatever_signs_it_has_between(session, words, written):
    text = f"C’est {written} qui parle.\n".encode()
    Final.objects.create(session=session, text=text, sha256="")
    past.erase(session, Erasure(words=words), client=7, now=2.0)
    left = bytes(Final.objects.get().text).decode()

    assert "ossi" not in left
    assert "*e" not in left
    assert left.endswith(" qui parle.\n")


def test_a_name_stays_as_short_as_names_are(client, session):
    """PostgreSQL takes no longer one: whoever is called so would keep everything from erasure."""
    seat = sit(client, session, name="ab" * 30)
    past.erase(session, Erasure(words="ab"), client=7, now=2.0)
    seat.refresh_from_db()

    assert "ab" not in seat.name
    assert len(seat.name) <= 60


def test_minutes_that_were_never_begun_stay_so(session):
    past.erase(session, Erasure(words="rien"), client=7, now=2.0)

    assert not Edit.objects.exists()


def test_an_organiser_takes_something_out_knowingly(client, maria, session):
    client.force_login(maria)
    write(session, SECRET)
    page = reverse("erase", args=[session.slug])

    assert client.post(page, {"words": SECRET}).status_code == 200
    assert client.post(page, {"sure": "on"}).status_code == 200
    assert text(session) == SECRET

    assert client.post(page, {"words": SECRET, "sure": "on"}).status_code == 302
    assert text(session) == ERASED


def test_a_second_erasure_that_was_asked_for_at_the_same_time_leaves_the_text(session):
    write(session, f"J’habite {SECRET}.")
    same = Session.objects.get(pk=session.pk)  # a button pressed twice
    past.erase(session, Erasure(words=SECRET), client=7, now=2.0)
    past.erase(same, Erasure(words=SECRET), client=8, now=3.0)

    assert text(session) == f"J’habite {ERASED}."


def test_client_ids_of_what_was_are_nobodys_after_another_erasure_too(session):
    client = write(session, SECRET, "Rien d’autre.")
    past.erase(session, Erasure(words=SECRET), client=7, now=2.0)
    past.erase(Session.objects.get(), Erasure(words="autre"), client=8, now=3.0)
    authors = {whose[1]: whose[0] for whose in Edit.objects.get().authors}

    assert authors == {client: "nobody", 7: "nobody", 8: "system"}


def test_client_ids_of_what_was_are_nobodys_where_no_text_is_left(session):
    doc: Doc[Any] = Doc()
    root = doc.get("minutes", type=XmlFragment)
    root.children.append(XmlElement("paragraph", None, [XmlText(SECRET)]))
    del root.children[0]
    Edit.objects.create(
        document=session.slug, epoch=session.epoch, seq=1, at=1.0, update=doc.get_update(),
        sha256="", authors=[["nina", doc.client_id, 0, 99]],
    )  # fmt: skip
    past.erase(session, Erasure(words=SECRET), client=7, now=2.0)

    assert ["nobody", doc.client_id, 0, past.FOR_EVER] in Edit.objects.get().authors
