"""The administration: everything can be looked up; what happened cannot be rewritten."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from workshop.models import Day, Edit, Entry, Link, Seat, Session, Snapshot

Admin = admin.ModelAdmin


class ReadOnly(Admin):  # type: ignore[type-arg]
    """For what only rooms may write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Day)
class DayAdmin(Admin):  # type: ignore[type-arg]
    list_display = ("title", "place", "organiser", "created")
    list_select_related = ("organiser",)
    search_fields = ("title", "slug", "place")
    autocomplete_fields = ("organiser",)


@admin.register(Session)
class SessionAdmin(Admin):  # type: ignore[type-arg]
    """Sessions are made on the organiser's page, which gives them their links."""

    list_display = ("title", "day", "starts", "phase", "doors_open")
    list_filter = ("phase", "doors_open", "language")
    list_select_related = ("day",)
    date_hierarchy = "starts"
    search_fields = ("title", "slug", "code", "day__title")
    autocomplete_fields = ("day",)
    readonly_fields = ("slug", "code", "phase", "epoch")  # the room's log bears the address

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Link)
class LinkAdmin(ReadOnly):
    """Renewing and revoking is done on the organiser's page, which also empties the seats."""

    list_display = ("session", "role", "created", "revoked")
    list_filter = ("role",)
    list_select_related = ("session",)
    search_fields = ("session__title", "session__slug")
    exclude = ("key",)


@admin.register(Seat)
class SeatAdmin(ReadOnly):
    list_display = ("name", "session", "role", "place", "created", "revoked")
    exclude = ("groups",)  # for the facilitators of the session, and for nobody else
    list_filter = ("role", "place", "revoked")
    list_select_related = ("session",)
    search_fields = ("name", "session__title", "session__slug")


@admin.register(Entry)
class EntryAdmin(ReadOnly):
    list_display = ("room", "seq", "name", "by", "at")
    list_filter = ("name",)
    search_fields = ("room", "ref", "by")
    ordering = ("room", "-seq")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """All but those of questions: they would say who asked one without a name."""
        return super().get_queryset(request).exclude(name__startswith="questions.")

    def get_exclude(self, request: HttpRequest, obj: Entry | None = None) -> tuple[str, ...]:
        """What somebody voted, and which groups they are in, is not the administration's to see."""
        private = obj is not None and obj.name.startswith(("polls.vote", "people."))
        return ("changes",) if private else ()


@admin.register(Edit)
class EditAdmin(ReadOnly):
    list_display = ("document", "epoch", "seq", "at", "sha256")
    search_fields = ("document", "sha256")
    ordering = ("document", "epoch", "-seq")


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnly):
    list_display = ("document", "epoch", "seq")
    search_fields = ("document",)
    ordering = ("document", "epoch", "-seq")
