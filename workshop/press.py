"""The press: a session's minutes as they are to be read, out of what is stored of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext, override

from workshop import archive, sessions
from workshop.door import Unavailable
from workshop.features.agenda.rules import in_order
from workshop.features.minutes.facts import Action, Note
from workshop.features.minutes.life import life_of
from workshop.minutes import tree
from workshop.minutes.beginnings import Known, beginning
from workshop.minutes.blocks import expand
from workshop.minutes.changes import changes
from workshop.minutes.formats import html, markdown
from workshop.minutes.languages import beside
from workshop.minutes.notes import placed
from workshop.minutes.paper import Heading, Paper, paper, said
from workshop.minutes.settling import settled
from workshop.models import Final, Session
from workshop.records import Records
from workshop.templatetags.times import clock, longday


@dataclass(frozen=True)
class Stored:
    """What is needed to set the minutes: reading it asks the database, setting it does not."""

    heading: Heading
    updates: list[bytes]
    records: Records

    def set(self) -> Paper:
        """The minutes with the room's records in them. For a large text this takes a while."""
        written = tree.read(tree.document(self.updates))
        return paper(self.heading, written, self.records, timezone.get_default_timezone())


def stored(session: Session, now: datetime) -> Stored:
    records = archive.records_of(session)
    return Stored(heading(session, records, now), sessions.minutes_of(session), records)


def heading(session: Session, records: Records, now: datetime) -> Heading:
    """The title, when and where the session was, and whether the text is final."""
    with override(session.language):
        starts, ends = timezone.localtime(session.starts), timezone.localtime(session.ends)
        when = gettext("%(day)s, %(from)s to %(until)s") % {
            "day": longday(starts), "from": clock(starts), "until": clock(ends),
        }  # fmt: skip
        place = session.place or session.day.place
        life = life_of(records)
        final = gettext("Final text, approved by %s.") % ", ".join(life.approved)
        told = (session.day.title, when, place, final if life.phase == "final" else "")
        title = gettext("Minutes: %(title)s") % {"title": session.title}
    return Heading(title, session.language, tuple(filter(None, told)), now)


def file_name(session: Session, ending: str) -> str:
    """A name that every system takes."""
    return f"{slugify(session.title)[:60].strip('-') or 'minutes'}.{ending}"


# Parts of pages ----------------------------------------------------------------------------


def part(session: Session, updates: Iterable[bytes], records: Records) -> SafeString:
    """The text as the part of a page, in the session's language."""
    with override(session.language):
        return safe(whole(session, tree_of(updates), records), said(session.language))


def changed(
    session: Session, before: Iterable[bytes], after: Iterable[bytes], records: Records
) -> SafeString:
    """The same, with what came and what went since an earlier text."""
    with override(session.language):
        old, new = (whole(session, tree_of(each), records) for each in (before, after))
        return safe(changes(old, new), said(session.language))


def tree_of(updates: Iterable[bytes]) -> tree.Node:
    return tree.read(tree.document(updates))


def whole(session: Session, written: tree.Node, records: Records) -> tree.Node:
    zone = timezone.get_default_timezone()
    return expand(beside(written, session.language), records, zone)


def safe(written: tree.Node, words: dict[str, str]) -> SafeString:
    return mark_safe(html.part(written, words))  # noqa: S308 - all is escaped


def beginning_of(session: Session, kind: str) -> tree.Node:
    """What this session's minutes may begin with, in its language."""
    records = archive.records_of(session)
    items = [each.title for each in in_order(records)]
    before = sessions.session_before(session)
    actions = open_actions(before) if before else []
    with override(session.language):
        return beginning(kind, Known(items, actions, before.title if before else ""))


def open_actions(session: Session) -> list[Action]:
    noted = sorted(archive.records_of(session).all(Action), key=lambda each: each.at)
    return [each for each in noted if not each.done]


# For the clerk (realtime/clerk.py) -----------------------------------------------------------


def note_written(slug: str, updates: list[bytes], note: Note, client: int) -> bytes:
    """The update that puts a note in the minutes of this session, which these updates make, under
    this client id. A heading bears the hour."""
    heading = ""
    if note.heading:
        at = timezone.localtime(datetime.fromtimestamp(note.at, UTC))
        with override(Session.objects.get(slug=slug).language):
            heading = f"{clock(at)} · {note.heading}"
    return placed(updates, note, client, heading)


def block_settled(slug: str, updates: list[bytes], client: int) -> bytes:
    """The update that turns the first live block of these minutes into words."""
    session = Session.objects.get(slug=slug)
    with override(session.language):
        zone = timezone.get_default_timezone()
        return settled(updates, client, archive.records_of(session), zone)


def final_of(session: Session) -> Final | None:
    return Final.objects.filter(session=session).first()


def sealed(slug: str, updates: list[bytes]) -> str:
    """Write the final text down for good; return its SHA-256. It is written once, and nothing is
    written into the minutes after it. Raises Unavailable if they are not this text any more."""
    session = Session.objects.select_related("day").get(slug=slug)
    if (final := final_of(session)) is None:
        records = archive.records_of(session)
        made = Stored(heading(session, records, timezone.now()), updates, records).set()
        final = written_down(session, updates, markdown.write(made))
    return final.sha256


def written_down(session: Session, updates: list[bytes], text: bytes) -> Final:
    with transaction.atomic():
        now = Session.objects.select_for_update().get(pk=session.pk)  # who writes waits for us
        if tree_of(sessions.minutes_of(now)) != tree_of(updates):
            raise Unavailable
        defaults = {"text": text, "sha256": hashlib.sha256(text).hexdigest()}
        return Final.objects.get_or_create(session=now, defaults=defaults)[0]
