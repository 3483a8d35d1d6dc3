"""The archive: what is stored of a session's minutes and of what stands around them. Nothing here
needs the room to be open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from django.db.models import Max, TextField
from django.db.models.functions import Cast

from workshop.features import FEATURES
from workshop.models import Edit, Entry, Session, Snapshot, State
from workshop.people import OBSERVER
from workshop.records import Record, Records, Wire, kind_of, load

AUTHORS = msgspec.json.Decoder(list[tuple[str, int, int, int]])
EVERYONE = OBSERVER.audiences
KINDS = {name: kind for feature in FEATURES for name, kind in feature.kinds.items()}

Run = tuple[str, int]
"""A person's id, and the client id they wrote under; 0 if they only deleted."""


@dataclass(frozen=True, slots=True)
class Edited:
    """One edit: its number, when (seconds since 1970), and by whom."""

    seq: int
    at: float
    runs: tuple[Run, ...]

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(person for person, _ in self.runs))


class Kept(msgspec.Struct):
    """A snapshot of the room, as the room wrote it: each record with the entry it is from."""

    seq: int
    records: dict[str, tuple[int, dict[str, Any]]]


def records_of(session: Session) -> Records:
    """What everyone may see of the room, whoever asks: what is written down is passed on."""
    everything = everything_of(session, *KINDS.values())
    seen = {key: each for key, each in everything if each.audience in EVERYONE}
    return Records().fold(seen)


def everything_of(session: Session, *kinds: type[Record]) -> Records:
    """All records of these kinds, for whosever eyes they are: whoever asks chooses what is told."""
    kept, found = snapshot_of(session), cast(Wire, {})
    if kept:
        found |= {key: value for key, (_, value) in kept.records.items()}
    entries = Entry.objects.filter(room=session.slug, seq__gt=kept.seq if kept else 0)
    for changes in entries.order_by("seq").values_list("changes", flat=True):
        found |= changes
    wanted = {each.kind for each in kinds}
    known: Wire = {key: each for key, each in found.items() if each and kind_of(key) in wanted}
    return Records().fold(load(known, KINDS))


def snapshot_of(session: Session) -> Kept | None:
    states = State.objects.filter(room=session.slug).order_by("-seq")
    state = states.values_list("state", flat=True).first()
    return None if state is None else msgspec.json.decode(bytes(state), type=Kept)


def head_of(session: Session) -> int:
    """The number of the last edit; 0 if nothing was written."""
    here = Edit.objects.filter(document=session.slug, epoch=session.epoch)
    return here.aggregate(head=Max("seq"))["head"] or 0


def edits_of(session: Session, after: int = 0) -> list[Edited]:
    """Every edit after this one, without what it says."""
    here = Edit.objects.filter(document=session.slug, epoch=session.epoch, seq__gt=after)
    # As text: with Django's own decoding of JSON it takes two or three times as long.
    written = here.order_by("seq").annotate(written=Cast("authors", TextField()))
    rows = written.values_list("seq", "at", "written")
    return [Edited(seq, at, runs_of(authors)) for seq, at, authors in rows]


def runs_of(authors: str) -> tuple[Run, ...]:
    return tuple((person, client) for person, client, _, _ in AUTHORS.decode(authors))


def updates_of(session: Session, after: int, until: int) -> Iterator[bytes]:
    """What the edits after the one and up to the other say, in order."""
    here = Edit.objects.filter(document=session.slug, epoch=session.epoch)
    rows = here.filter(seq__gt=after, seq__lte=until).order_by("seq")
    return (bytes(each) for each in rows.values_list("update", flat=True))


def newest_snapshot(session: Session, until: int) -> tuple[int, bytes]:
    """The last state that is kept and not from after this edit; (0, b"") if there is none."""
    here = Snapshot.objects.filter(document=session.slug, epoch=session.epoch, seq__lte=until)
    found = here.order_by("-seq").values_list("seq", "state").first()
    return (found[0], bytes(found[1])) if found else (0, b"")


def names_of(session: Session) -> dict[str, str]:
    """Everyone who ever had a seat: their name, by their id."""
    return {str(pk): name for pk, name in session.seats.values_list("pk", "name")}
