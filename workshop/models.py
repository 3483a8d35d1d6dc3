"""What is kept: days and their sessions, the ways in, the seats, and what happened there."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""31 signs, none mistaken for another when read from a wall or over the telephone."""


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))


def new_epoch() -> str:
    return secrets.token_hex(8)


def new_key() -> str:
    return secrets.token_urlsafe(16)


class Language(models.TextChoices):
    FRENCH = "fr", "Français"
    ENGLISH = "en", "English"
    CORSICAN = "co", "Corsu"


class Role(models.TextChoices):
    FACILITATOR = "facilitator", _("Facilitator")
    NOTE_TAKER = "note_taker", _("Note-taker")
    PARTICIPANT = "participant", _("Participant")
    SCREEN = "screen", _("Projector")
    KIOSK = "kiosk", _("Kiosk")


class Place(models.TextChoices):
    HALL = "hall", _("In the hall")
    REMOTE = "remote", _("Remote")


class Day(models.Model):
    """One event: a title, a place and its sessions."""

    slug = models.SlugField(_("address"), unique=True)
    title = models.CharField(_("title"), max_length=120)
    place = models.CharField(_("place"), max_length=120, blank=True)
    organiser = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="days", verbose_name=_("organiser")
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("day")
        verbose_name_plural = _("days")

    def __str__(self) -> str:
        return self.title


class Session(models.Model):
    """One scheduled meeting. Its room's log bears its slug; `epoch` is the identity of that log."""

    class Phase(models.TextChoices):
        """The stage's phase, copied here in the transaction that changes it."""

        WAITING = "waiting", _("To come")
        LIVE = "live", _("Live")
        ENDED = "ended", _("Ended")

    day = models.ForeignKey(Day, models.CASCADE, related_name="sessions", verbose_name=_("day"))
    slug = models.SlugField(_("address"), unique=True, max_length=64)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"), blank=True, max_length=4000)
    place = models.CharField(_("place"), max_length=120, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.FRENCH
    )
    starts = models.DateTimeField(_("starts"))
    ends = models.DateTimeField(_("ends"))
    code = models.CharField(_("code"), max_length=8, unique=True, default=new_code, editable=False)
    doors_open = models.BooleanField(_("doors open"), default=True)
    stream = models.SlugField(
        _("broadcast"), max_length=64, blank=True, help_text=_("The broadcast's name at MEDIA_URL.")
    )
    phase = models.CharField(
        max_length=8, choices=Phase.choices, default=Phase.WAITING, editable=False
    )
    epoch = models.CharField(max_length=16, default=new_epoch, editable=False)
    axes = models.JSONField(default=dict, editable=False)
    """The room's `people.axis` records by id, copied here in the transaction that changes them."""

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ("starts", "pk")

    def __str__(self) -> str:
        return self.title


class Link(models.Model):
    """A way in for one role. What people hold is its signed key, so that a copy of the database
    opens no door; `revoked` closes it, and removes the seats taken through it."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="links")
    role = models.CharField(max_length=12, choices=Role.choices)
    key = models.CharField(max_length=22, unique=True, default=new_key, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return f"{self.session}: {self.get_role_display()}"


class Seat(models.Model):
    """Someone who came in: the name, role, place and groups they had at the door. What holds now is
    the room's `people.seat` record. A seat taken from someone is not given back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="seats")
    link = models.ForeignKey(Link, models.SET_NULL, null=True, blank=True, related_name="seats")
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.PARTICIPANT)
    place = models.CharField(max_length=6, choices=Place.choices, default=Place.REMOTE)
    groups = models.JSONField(default=list)
    created = models.DateTimeField(auto_now_add=True)
    revoked = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")

    def __str__(self) -> str:
        return self.name


class Final(models.Model):
    """The final text of a session's minutes, as it was approved: Markdown, and its hash. Written
    once."""

    session = models.OneToOneField(Session, models.CASCADE, related_name="final")
    text = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("final minutes")
        verbose_name_plural = _("final minutes")

    def __str__(self) -> str:
        return f"{self.session}: {self.sha256}"


class Entry(models.Model):
    """One line of a room's log: an accepted command and its consequences. Written once."""

    room = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()
    ref = models.CharField(max_length=192)
    name = models.CharField(max_length=64)
    by = models.CharField(max_length=64)
    at = models.FloatField()
    changes = models.JSONField()

    class Meta:
        verbose_name_plural = "entries"
        constraints = (
            models.UniqueConstraint("room", "seq", name="one_entry_per_seq"),
            models.UniqueConstraint("room", "ref", name="one_entry_per_command"),
        )

    def __str__(self) -> str:
        return f"{self.room} {self.seq} {self.name}"


class State(models.Model):
    """All that was true in a room after an entry: a cache that saves reading its log."""

    room = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()
    state = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint("room", "seq", name="one_state_per_seq"),)

    def __str__(self) -> str:
        return f"{self.room} {self.seq}"


class Old(models.Model):
    """A record that rooms no longer hold in memory: an old message. `seq` is its own."""

    room = models.CharField(max_length=64)
    kind = models.CharField(max_length=64)
    key = models.CharField(max_length=256)
    seq = models.PositiveIntegerField()
    value = models.BinaryField()

    class Meta:
        verbose_name_plural = "old"
        constraints = (models.UniqueConstraint("room", "key", name="one_old_per_key"),)
        indexes = (models.Index("room", "kind", "seq", name="old_by_seq"),)

    def __str__(self) -> str:
        return f"{self.room} {self.key}"


class Envelope(models.Model):
    """One person's sealed ballot while a secret vote is open. What is in it cannot be read without
    the vote's key, which is not in the database and is destroyed after the count."""

    room = models.CharField(max_length=64)
    poll = models.CharField(max_length=192)
    person = models.CharField(max_length=192)
    sealed = models.BinaryField()

    class Meta:
        constraints = (
            models.UniqueConstraint("room", "poll", "person", name="one_envelope_per_person"),
        )

    def __str__(self) -> str:
        return f"{self.room} {self.poll}"


class Edit(models.Model):
    """One numbered piece of a document's history: the merged updates of one tick.

    `authors` lists (person, client id, clock from, clock to) for every run of new content, so
    that a merged tick is still attributable.
    """

    document = models.CharField(max_length=64)
    epoch = models.CharField(max_length=16)
    seq = models.PositiveIntegerField()
    at = models.FloatField()
    update = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    authors = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint("document", "epoch", "seq", name="one_edit_per_seq"),
        )

    def __str__(self) -> str:
        return f"{self.document} {self.seq}"


class Snapshot(models.Model):
    """A document's whole state after an edit: a cache that saves reading its history."""

    document = models.CharField(max_length=64)
    epoch = models.CharField(max_length=16)
    seq = models.PositiveIntegerField()
    state = models.BinaryField()
    owners = models.JSONField(null=True)  # the client ids of each who wrote it, by person

    class Meta:
        constraints = (
            models.UniqueConstraint("document", "epoch", "seq", name="one_snapshot_per_seq"),
        )

    def __str__(self) -> str:
        return f"{self.document} {self.seq}"
