"""The past of a session: taking out of everything that is stored of it what must not be there.

The room's log, its snapshots, its seats and the minutes with their whole history are rewritten in
one transaction, and the session gets a new epoch: whoever has kept something of the old one, in a
browser or in another process, lets go of it. The history of the minutes begins anew.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from django.db import transaction
from pycrdt import Decoder, Doc

from workshop.erasure import ERASED, Erasure
from workshop.minutes.tree import Node, Text, document, read
from workshop.minutes.write import NOTHING, Draft
from workshop.models import Edit, Entry, Final, Old, Session, Snapshot, State, new_epoch
from workshop.people import SYSTEM
from workshop.sessions import minutes_of

NOBODY = "nobody"
NAME = 60  # signs of a seat's name: the sign for a word may be longer than the word
FOR_EVER = 2**53 - 1
"""Client ids of the old text belong to nobody from now on: a browser that was offline meanwhile
cannot bring back what it still has."""


def erase(session: Session, erasure: Erasure, client: int, now: float) -> None:
    """Take this out of everything. `client` is a new client id, under which the minutes are
    written anew."""
    with transaction.atomic():
        session = Session.objects.select_for_update().get(pk=session.pk)  # one after the other
        erasure = replace(erasure, asked=asked_by(session.slug, erasure.person))
        updates, writers = minutes_of(session), writers_of(session.slug)
        Session.objects.filter(pk=session.pk).update(epoch=(epoch := new_epoch()))
        erase_from_log(session.slug, erasure)
        erase_from_seats(session, erasure)
        erase_from_axes(session, erasure)
        erase_from_final(session, erasure)
        if updates:
            anew = rewritten(updates, writers, erasure, client)
            begin_minutes_anew(session.slug, epoch, anew, now)


def asked_by(room: str, person: str) -> frozenset[str]:
    """The keys of this person's questions. Without a name, a question does not say whose it is; the
    entry that asked it does."""
    asked = Entry.objects.filter(room=room, name="questions.ask", by=person)
    return frozenset(key for changes in asked.values_list("changes", flat=True) for key in changes)


def erase_from_log(room: str, erasure: Erasure) -> None:
    for entry in Entry.objects.filter(room=room).iterator():
        changes = erasure.of_changes(entry.changes)
        if changes != entry.changes:
            Entry.objects.filter(pk=entry.pk).update(changes=changes)
    State.objects.filter(room=room).delete()  # a cache: made again from the entries
    for old in Old.objects.filter(room=room).iterator():
        value = json.loads(bytes(old.value))
        left = erasure.of_record(old.key, value)
        if left != value:
            Old.objects.filter(pk=old.pk).update(value=json.dumps(left).encode())


def erase_from_seats(session: Session, erasure: Erasure) -> None:
    for seat in session.seats.all():
        at_the_door = {"id": str(seat.pk), "name": seat.name, "groups": seat.groups}
        left = erasure.of_record("people.seat", at_the_door)
        if str(seat.pk) == erasure.person:
            left["name"] = ERASED
        if left != at_the_door:
            name, groups = left["name"][:NAME], left["groups"]
            session.seats.filter(pk=seat.pk).update(name=name, groups=groups)


def erase_from_axes(session: Session, erasure: Erasure) -> None:
    axes = {id: erasure.of_record("people.axis", axis) for id, axis in session.axes.items()}
    Session.objects.filter(pk=session.pk).update(axes=axes)


def erase_from_final(session: Session, erasure: Erasure) -> None:
    """The final text is another, and so is its hash, wherever that stands."""
    final = Final.objects.filter(session=session).first()
    if final is None:
        return
    text = erasure.replace_in_markdown(bytes(final.text).decode()).encode()
    sha256 = hashlib.sha256(text).hexdigest()
    Final.objects.filter(pk=final.pk).update(text=text, sha256=sha256)
    for entry in Entry.objects.filter(room=session.slug, name="minutes.seal"):
        sealed = json.dumps(entry.changes).replace(final.sha256, sha256)
        Entry.objects.filter(pk=entry.pk).update(changes=json.loads(sealed))


# The minutes -------------------------------------------------------------------------------

Rewritten = tuple[list[bytes], list[tuple[str, int, int, int]]]
"""The updates that make the new text, and whose client ids are whose."""


def writers_of(room: str) -> set[int]:
    """Every client id that ever wrote here, or that is nobody's since an earlier erasure."""
    edits = Edit.objects.filter(document=room).values_list("authors", flat=True)
    return {client for authors in edits for _, client, begin, end in authors if begin < end}


def rewritten(updates: list[bytes], writers: set[int], erasure: Erasure, client: int) -> Rewritten:
    """Where no words are left there is still an update, which says whose the client ids are."""
    before = document(updates)
    text = list(Draft([], client).append(without(read(before), erasure))) or [NOTHING]
    own = [(SYSTEM.id, each, 0, end) for each, end in clocks(document(text)).items()]
    gone = writers | clocks(before).keys() - {client}
    return text, own + [(NOBODY, each, 0, FOR_EVER) for each in sorted(gone)]


def without(node: Node, erasure: Erasure) -> Node:
    """The same text without it. Words with different marks are looked at together: a name may be
    half in bold."""
    if any(isinstance(each, Text) for each in node.children):
        return node.having(*words_without(node, erasure))
    return node.having(*(without(each, erasure) for each in node.nodes))


def words_without(node: Node, erasure: Erasure) -> list[Node | Text]:
    whole = "".join(each.words if isinstance(each, Text) else "\n" for each in node.children)
    left = erasure.replace(whole)
    if left == whole:
        return [linkless(each, erasure) for each in node.children]
    parts: list[Node | Text] = []
    for number, line in enumerate(left.split("\n")):
        parts += ([Node("hard_break")] if number else []) + ([Text(line)] if line else [])
    return parts


def linkless(each: Node | Text, erasure: Erasure) -> Node | Text:
    """Without a link whose address has it."""
    if isinstance(each, Node):
        return each
    marks = {name: value or "" for name, value in each.marks.items()}
    gone = {name for name, value in marks.items() if erasure.replace(value) != value}
    return Text(each.words, {name: each.marks[name] for name in marks.keys() - gone})


def clocks(doc: Doc[Any]) -> dict[int, int]:
    """How far each client has written in a document: its state vector."""
    state = Decoder(doc.get_state())
    return {state.read_var_uint(): state.read_var_uint() for _ in range(state.read_var_uint())}


def begin_minutes_anew(room: str, epoch: str, rewritten: Rewritten, now: float) -> None:
    Edit.objects.filter(document=room).delete()
    Snapshot.objects.filter(document=room).delete()
    updates, authors = rewritten
    for seq, update in enumerate(updates, 1):
        Edit.objects.create(
            document=room,
            epoch=epoch,
            seq=seq,
            at=now,
            update=update,
            sha256=hashlib.sha256(update).hexdigest(),
            authors=authors if seq == 1 else [],
        )
