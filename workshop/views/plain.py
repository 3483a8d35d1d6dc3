"""The plain page: a session for browsers without script. It shows what a first frame would tell,
and asks through the same door, under the same limits, by forms that may be sent twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import aget_object_or_404
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from workshop import archive, press, sessions
from workshop.door import CONFLICT, STATUS, Door, Unavailable
from workshop.feature import Refused
from workshop.features.chat.rules import Message
from workshop.features.people.rules import Axis, Belonging
from workshop.features.polls.rules import Ballot
from workshop.features.questions.alike import alike
from workshop.features.questions.records import LONGEST_TEXT
from workshop.features.stage.rules import plenary
from workshop.models import Session
from workshop.people import MEMBERS, Person
from workshop.records import Records, Wire, load
from workshop.views.plain_questions import Questions, standings
from workshop.views.plain_votes import Form, vote_in, votes_of
from workshop.views.rooms import door_of, page, visitor_of

MESSAGES = 50  # the newest

ASKED: dict[str, Callable[[Form], dict[str, Any]]] = {
    "chat.post": lambda form: {"text": form["text"].replace("\r\n", "\n")},
    "polls.vote": vote_in,
    "questions.ask": lambda form: {
        "text": form["text"].replace("\r\n", "\n"),
        "anonymous": "anonymous" in form,
    },
    "questions.support": lambda form: {
        "question": form["question"],
        "against": form.get("against") == "yes",
    },
    "questions.take_back": lambda form: {"question": form["question"]},
    "questions.withdraw": lambda form: {"question": form["question"]},
    "people.move": lambda form: {"place": form["place"]},
    "people.declare": lambda form: {"axis": form["axis"], "value": form["value"]},
}
"""What may be asked here, and what of a form goes with it."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
async def plain(request: HttpRequest, slug: str) -> HttpResponse:
    """The session as it is now, with forms to write and to vote."""
    if request.method != "POST":
        return await shown(request, slug)
    if (request.encoding or "utf-8").lower() != "utf-8":
        request.encoding = "utf-8"  # as our forms are: UTF-7 could write what no log can store
    try:
        if like := await like_it(request, slug):
            return await shown(request, slug, like=like)
        await ask(request, slug)
    except Refused as why:
        return await shown(request, slug, why.code)
    except Unavailable:
        return await shown(request, slug, "unavailable")
    # Read anew, so that a reload sends nothing again.
    done = f"{reverse('plain', args=[slug])}?done={request.POST['do']}#said"
    return HttpResponseRedirect(done)


@never_cache
@require_GET
async def minutes(request: HttpRequest, slug: str) -> HttpResponse:
    """The minutes as they are stored, to be read."""

    async def written(session: Session, person: Person) -> dict[str, Any]:
        return {"minutes": await sync_to_async(html_of)(session)}

    return await page(request, slug, "plain/minutes.html", more=written)


async def ask(request: HttpRequest, slug: str) -> None:
    """Do what the form asks. Raises Refused, Unavailable."""
    session = await aget_object_or_404(Session, slug=slug)
    person = (await visitor_of(request, session)).person
    door = door_of(request)
    if door is None:
        raise Unavailable
    name, ref, fields = understood(request.POST)
    happened = await door.ask(slug, name, person, ref, fields)
    if name == "polls.vote" and await changed_since(door, slug, person, fields["poll"], happened):
        await door.ask(slug, name, person, str(uuid4()), fields)


async def changed_since(door: Door, slug: str, person: Person, poll: str, happened: int) -> bool:
    """Whether somebody's ballot is another than the one they cast then: a page that was gone back
    to says again what was said before the vote was changed, and must not be told that it is done
    when it only was."""
    ballot = loaded(await door.records(slug, person)).find(Ballot, f"{poll}:{person.id}")
    return ballot is not None and ballot.seq > happened


def understood(form: Form) -> tuple[str, str, dict[str, Any]]:
    """A command, its ref and its fields. The same form with the same in it has the same ref, so
    that what is sent twice happens once. Raises Refused."""
    try:
        name = form["do"]
        fields = ASKED[name](form)
        ref = ref_of(UUID(form["form"]), f"{name} {json.dumps(fields)}")
    except (KeyError, ValueError) as error:
        raise Refused("malformed") from error
    return name, str(ref), fields


def ref_of(form: UUID, said: str) -> UUID:
    """It stays in the log. Without our key, whoever has the log and the form, from a voter's
    browser or from a voter who is made to show it, would try which vote it is of."""
    return UUID(bytes=salted_hmac("assises.plain", f"{form} {said}").digest()[:16], version=5)


async def like_it(request: HttpRequest, slug: str) -> list[str]:
    """The questions that ask the same as the one that is being asked, unless its author has been
    shown them already. Raises Unavailable."""
    form, door = request.POST, door_of(request)
    text = form.get("text", "")
    if form.get("do") != "questions.ask" or form.get("looked") == text:
        return []
    if len(text) > LONGEST_TEXT:  # the rule refuses it: of a megabyte, the words took minutes
        return []
    if door is None:
        raise Unavailable
    session = await aget_object_or_404(Session, slug=slug)
    person = (await visitor_of(request, session)).person
    if person.role not in MEMBERS:
        return []
    others = [each for each in standings(loaded(await door.records(slug, person))) if not each.mine]
    return alike(text, [(each.question.id, each.question.text) for each in others])


async def shown(
    request: HttpRequest, slug: str, refused: str = "", like: Sequence[str] = ()
) -> HttpResponse:
    """The page; after a refusal with its words, and with what was typed; and so while it is asked
    whether one of the questions `like` it is meant."""

    async def told(session: Session, person: Person) -> dict[str, Any]:
        door = door_of(request)
        if door is None:
            raise Unavailable
        records = loaded(await door.records(slug, person))
        typed = request.POST if refused or like else QueryDict()
        order = request.GET.get("order", "")
        return {
            "stage": plenary(records),
            "messages": messages_of(records),
            "groupings": groupings_of(records, person),
            "questions": Questions(records, person, order, like),
            "polls": votes_of(records, person, typed),
            "form": typed.get("form") or uuid4(),
            "typed": typed,
            "refused": refused,
            "done": request.GET.get("done", ""),
        }

    status = STATUS.get(refused, CONFLICT) if refused else 200
    return await page(request, slug, "plain/session.html", more=told, status=status)


def loaded(told: Wire) -> Records:
    return Records().fold(load(told, archive.KINDS))


@dataclass(frozen=True)
class Grouping:
    """An axis, where someone is on it, and whether that waits for a parent's consent."""

    axis: Axis
    value: str
    waits: bool


def groupings_of(records: Records, person: Person) -> list[Grouping]:
    said = records.find(Belonging, person.id) or Belonging(id=person.id, groups=[])
    axes = sorted(records.all(Axis), key=lambda axis: axis.name.casefold())
    return [
        Grouping(
            axis, axis.value_in([*said.groups, *said.waiting]), bool(axis.value_in(said.waiting))
        )
        for axis in axes
    ]


def messages_of(records: Records) -> list[tuple[Message, datetime]]:
    newest = sorted(records.all(Message), key=lambda each: each.seq)[-MESSAGES:]
    return [(each, datetime.fromtimestamp(each.at, UTC)) for each in newest]


def html_of(session: Session) -> SafeString:
    return press.part(session, sessions.minutes_of(session), archive.records_of(session))
