"""The minutes on paper and over time: downloads, imports, the history, and bringing a text back."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar
from uuid import uuid4

from asgiref.sync import sync_to_async
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import aget_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workshop import archive, press, sessions
from workshop.door import CONFLICT, STATUS, Unavailable
from workshop.feature import Refused
from workshop.features.minutes.life import life_of
from workshop.features.minutes.rules import may_write
from workshop.features.minutes.versions import Version
from workshop.forms import ImportForm
from workshop.minutes.beginnings import KINDS
from workshop.minutes.export import FORMATS
from workshop.minutes.history import Group, groups, told
from workshop.minutes.sources import docx, markdown
from workshop.minutes.sources.bounds import Unreadable
from workshop.minutes.tree import Node
from workshop.minutes.write import Draft
from workshop.models import Session
from workshop.people import WRITERS, Person
from workshop.records import Records
from workshop.views.attachments import attached
from workshop.views.rooms import door_of, page, shown, visitor_of

PRESS = ThreadPoolExecutor(2, "press")
"""Setting a large text keeps a core busy: two at a time, and never the room's event loop."""

READERS = {"docx": docx.read, "md": markdown.read, "markdown": markdown.read}

T = TypeVar("T")
View = Callable[..., Coroutine[Any, Any, HttpResponse]]


async def pressed(work: Callable[..., T], *arguments: object) -> T:
    """Do this in the press. It must not ask the database."""
    return await asyncio.get_running_loop().run_in_executor(PRESS, work, *arguments)


def unless_away(view: View) -> View:
    """Where the room cannot be asked who is there, a page says so: one may try again."""

    @wraps(view)
    async def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return await view(request, *args, **kwargs)
        except Unavailable:
            return await shown(request, "500.html", {}, status=503)

    return answered


async def reader(request: HttpRequest, slug: str) -> tuple[Session, Person]:
    """The session, and who asks, if they may read it. Raises Http404, Unavailable."""
    session = await aget_object_or_404(Session.objects.select_related("day"), slug=slug)
    visitor = await visitor_of(request, session)
    if not session.doors_open and not visitor.seated:
        raise Http404
    return session, visitor.person


# Out ---------------------------------------------------------------------------------------


@never_cache
@require_GET
async def downloads(request: HttpRequest, slug: str) -> HttpResponse:
    """The formats the minutes can be had in."""

    async def more(session: Session, person: Person) -> dict[str, Any]:
        return {"may_write": await writes(session, person)}

    return await page(request, slug, "minutes/downloads.html", more=more)


@never_cache
@require_GET
@unless_away
async def export(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """The minutes as a file."""
    if format not in FORMATS:
        raise Http404
    session, _ = await reader(request, slug)
    stored = await sync_to_async(press.stored)(session, timezone.now())
    made = FORMATS[format]
    file = await pressed(lambda: made.write(stored.set()))
    return attached(file, made.media_type, press.file_name(session, format))


@never_cache
@require_GET
async def final(request: HttpRequest, slug: str) -> HttpResponse:
    """The final text, who approved it, and the hash by which one knows it again."""

    async def more(session: Session, person: Person) -> dict[str, Any]:
        text = await sync_to_async(press.final_of)(session)
        if text is None:
            raise Http404
        stored = await sync_to_async(press.stored)(session, timezone.now())
        life = life_of(stored.records)
        part = await pressed(press.part, session, stored.updates, stored.records)
        return {"final": text, "life": life, "since": moment(life.since), "text": part}

    return await page(request, slug, "minutes/final.html", more=more)


@never_cache
@require_GET
@unless_away
async def final_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The very bytes that the hash is of."""
    session, _ = await reader(request, slug)
    text = await sync_to_async(press.final_of)(session)
    if text is None:
        raise Http404
    made = FORMATS["md"]
    return attached(bytes(text.text), made.media_type, press.file_name(session, "md"))


# In ----------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def bring_in(request: HttpRequest, slug: str) -> HttpResponse:
    """A form for a file whose text is put at the end of the minutes."""
    form = ImportForm(request.POST or None, request.FILES or None)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            session, person = await check_writes(request, slug)  # reading a file may take long
            tree = await pressed(read, form.cleaned_data["file"])
            await write(request, session, person, lambda draft: draft.append(tree))
            return HttpResponseRedirect(reverse("minutes", args=[slug]))
        except Unreadable as why:
            form.explain(why.code)
        except Refused as why:
            refused = why.code
        except Unavailable:
            refused = "unavailable"

    async def more(session: Session, person: Person) -> dict[str, Any]:
        allowed = await writes(session, person)
        return {"form": form, "refused": refused, "may_write": allowed}

    status = status_of(refused) if refused else 400 if form.errors else 200
    return await page(request, slug, "minutes/import.html", more=more, status=status)


@never_cache
@require_POST
async def begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin an empty text with one of the templates. Whoever was first has chosen."""
    kind = request.POST.get("kind", "")
    if kind not in KINDS:
        raise Http404
    with suppress(Refused, Unavailable):  # the editor is there all the same
        session, person = await check_writes(request, slug)
        if await sync_to_async(archive.head_of)(session) == 0:
            tree = await sync_to_async(press.beginning_of)(session, kind)
            await write(request, session, person, lambda draft: draft.append(tree))
    return HttpResponseRedirect(reverse("minutes", args=[slug]))


def read(file: Any) -> Node:
    """The text of a file that someone sent. Raises Unreadable."""
    ending = file.name.rpartition(".")[2].lower()
    if ending not in READERS:
        raise Unreadable("not-this-kind")
    return READERS[ending](file.read())


async def writes(session: Session, person: Person) -> bool:
    """Whether they may write now: what a page needs to know; the door decides."""
    return may_write(await sync_to_async(archive.records_of)(session), person)


async def check_writes(request: HttpRequest, slug: str) -> tuple[Session, Person]:
    """The session, and who asks, if they may write there now. Raises Refused, Unavailable."""
    session, person = await reader(request, slug)
    if not await writes(session, person):
        raise Refused("not-allowed")
    return session, person


async def write(
    request: HttpRequest,
    session: Session,
    person: Person,
    change: Callable[[Draft], Iterator[bytes]],
) -> None:
    """Change the minutes as this person. Raises Refused, Unavailable."""
    door = door_of(request)
    if door is None:
        raise Unavailable
    now = await sync_to_async(sessions.minutes_of)(session)
    for update in await pressed(drafted, now, change):
        await door.write_minutes(session.slug, person, update)


def drafted(now: list[bytes], change: Callable[[Draft], Iterator[bytes]]) -> list[bytes]:
    """The change as updates, under a client id of its own."""
    return list(change(Draft(now, secrets.randbits(32))))


def status_of(code: str) -> int:
    return STATUS.get(code, CONFLICT)


# Over time ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """A place in the history as a page shows it."""

    edit: int
    begins: datetime
    ends: datetime
    names: list[str]


@dataclass(frozen=True)
class Asked:
    """Which place is asked for, and against which it is compared (0: the empty text, None: not)."""

    at: int
    against: int | None

    @classmethod
    def of(cls, request: HttpRequest, head: int, versions: list[Version]) -> Asked:
        at = min(number(request.GET.get("at"), head), head)
        wanted = request.GET.get("against", "")
        if wanted == "version":
            before = [each.edit for each in versions if each.edit < at]
            return cls(at, max(before, default=0))
        return cls(at, min(number(wanted, 0), head) if wanted else None)


def number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else otherwise


@never_cache
@require_GET
async def history(request: HttpRequest, slug: str) -> HttpResponse:
    """The text as it was at any place in its life."""
    return await history_page(request, slug)


async def history_page(request: HttpRequest, slug: str, refused: str = "") -> HttpResponse:
    """The history; after a refusal with why the place has no name."""

    async def more(session: Session, person: Person) -> dict[str, Any]:
        edits, names, records = await sync_to_async(survey)(session)
        head = edits[-1].seq if edits else 0
        versions = versions_of(records)
        asked = Asked.of(request, head, versions)
        updates = await sync_to_async(texts)(session, asked)
        return {
            "head": head,
            "asked": asked,
            "at": place_of(edits[asked.at - 1], names) if asked.at else None,
            "groups": [shown_group(each, names) for each in groups(edits)],
            "versions": [(each, moment(each.at)) for each in versions],
            "text": await pressed(text_of, session, updates, records),
            "may_write": may_write(records, person),
            "may_name": person.role in WRITERS,
            "refused": refused,
        }

    status = status_of(refused) if refused else 200
    return await page(request, slug, "minutes/history.html", more=more, status=status)


@never_cache
@require_POST
@unless_away
async def name(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a place in the history a name."""
    _, person = await reader(request, slug)
    edit = number(request.POST.get("edit"), 0)
    fields = {"name": request.POST.get("name", ""), "edit": edit}
    try:
        if (door := door_of(request)) is None:
            raise Unavailable
        await door.ask(slug, "minutes.name_version", person, str(uuid4()), fields)
    except Refused as why:
        return await history_page(request, slug, why.code)
    except Unavailable:
        return await history_page(request, slug, "unavailable")
    return HttpResponseRedirect(f"{reverse('minutes_history', args=[slug])}?at={edit}")


@never_cache
@require_GET
@unless_away
async def text_at(request: HttpRequest, slug: str) -> HttpResponse:
    """The text alone, for the slider of the history."""
    session, _ = await reader(request, slug)
    records = await sync_to_async(archive.records_of)(session)
    head = await sync_to_async(archive.head_of)(session)
    asked = Asked.of(request, head, versions_of(records))
    updates = await sync_to_async(texts)(session, asked)
    text = await pressed(text_of, session, updates, records)
    return await shown(request, "minutes/text.html", {"text": text, "session": session})


@require_GET
@unless_away
async def edits(request: HttpRequest, slug: str) -> HttpResponse:
    """When each edit was made and by whom, for the slider of the history."""

    def listed(session: Session) -> dict[str, Any]:
        return told(archive.edits_of(session), archive.names_of(session))

    return await until_written_in(request, slug, listed)


@require_GET
@unless_away
async def authors(request: HttpRequest, slug: str) -> HttpResponse:
    """Whose client ids are whose, and what these people are called."""
    return await until_written_in(request, slug, authors_of)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def restore(request: HttpRequest, slug: str, edit: int) -> HttpResponse:
    """Bring the text of an earlier place back, as a new edit. What came since stays in the
    history."""
    refused = ""
    if request.method == "POST":
        try:
            await bring_back(request, slug, edit)
            return HttpResponseRedirect(reverse("minutes_history", args=[slug]))
        except Refused as why:
            refused = why.code
        except Unavailable:
            refused = "unavailable"

    async def more(session: Session, person: Person) -> dict[str, Any]:
        head = await sync_to_async(archive.head_of)(session)
        if not 0 < edit <= head:
            raise Http404
        edits, names, records = await sync_to_async(survey)(session)
        updates = await sync_to_async(texts)(session, Asked(edit, head))
        return {
            "edit": edit,
            "at": place_of(edits[edit - 1], names),
            "text": await pressed(text_of, session, updates, records),
            "may_write": may_write(records, person),
            "refused": refused,
        }

    status = status_of(refused) if refused else 200
    return await page(request, slug, "minutes/restore.html", more=more, status=status)


async def bring_back(request: HttpRequest, slug: str, edit: int) -> None:
    session, person = await check_writes(request, slug)
    if not 0 < edit <= await sync_to_async(archive.head_of)(session):
        raise Http404
    then = await sync_to_async(updates_at)(session, edit)
    await write(request, session, person, lambda draft: draft.replace(press.tree_of(then)))


async def until_written_in(
    request: HttpRequest, slug: str, make: Callable[[Session], dict[str, Any]]
) -> HttpResponse:
    """What follows from the edits alone, as JSON: it need not be read again until there is another
    edit, or another name."""
    session, _ = await reader(request, slug)
    head = await sync_to_async(archive.head_of)(session)
    seated = await session.seats.acount()
    etag = quote_etag(f"{session.epoch}-{head}-{seated}")
    response = get_conditional_response(request, etag=etag)
    if not isinstance(response, HttpResponseNotModified):
        response = JsonResponse(await sync_to_async(make)(session))
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response


# What of the archive they need (in threads) ------------------------------------------------


def survey(session: Session) -> tuple[list[archive.Edited], dict[str, str], Records]:
    return archive.edits_of(session), archive.names_of(session), archive.records_of(session)


def authors_of(session: Session) -> dict[str, Any]:
    clients: dict[str, str] = {}
    for edit in archive.edits_of(session):
        clients.update((str(client), person) for person, client in edit.runs if client)
    names = archive.names_of(session)
    people = {each: {"name": names.get(each, "")} for each in clients.values()}
    return {"people": people, "clients": clients}


def updates_at(session: Session, edit: int) -> list[bytes]:
    """The updates that make the text as it was after this edit."""
    seq, state = archive.newest_snapshot(session, edit)
    return [*([state] if seq else []), *archive.updates_of(session, seq, edit)]


def texts(session: Session, asked: Asked) -> tuple[list[bytes], list[bytes] | None]:
    """The text that is asked for, and the one it is compared with."""
    before = None if asked.against is None else updates_at(session, asked.against)
    return updates_at(session, asked.at), before


def text_of(
    session: Session, updates: tuple[Iterable[bytes], Iterable[bytes] | None], records: Records
) -> SafeString:
    now, before = updates
    if before is None:
        return press.part(session, now, records)
    return press.changed(session, before, now, records)


# How pages show them -----------------------------------------------------------------------


def versions_of(records: Records) -> list[Version]:
    """The newest first."""
    return sorted(records.all(Version), key=lambda each: -each.edit)


def place_of(edit: archive.Edited, names: dict[str, str]) -> Place:
    return Place(edit.seq, moment(edit.at), moment(edit.at), named(edit.people, names))


def shown_group(group: Group, names: dict[str, str]) -> Place:
    return Place(group.last, moment(group.begins), moment(group.ends), named(group.people, names))


def named(people: Iterable[str], names: dict[str, str]) -> list[str]:
    return [name for each in people if (name := names.get(each))]


def moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
