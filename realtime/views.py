"""The room's door over plain HTTP: the same order, answers, rights and limits as over a socket.

`GET changes` tells what changed, once or as a stream of events; `POST ask` takes one frame and
answers it. See docs/protocol.md.
"""

from __future__ import annotations

import json
from math import ceil

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from realtime import protocol
from realtime.connection import Connection
from realtime.entrance import TurnedAway, comes_from_our_page, enter, token_of, visitor
from realtime.hub import Hub
from realtime.protocol import Bye, Refusal, spoken
from realtime.stream import Caller, Errand, Reply, Stream
from workshop.door import CONFLICT, STATUS
from workshop.views.throttle import address

AT_THE_DOOR = {
    "origin": 403, "rights": 403, "seat": 403, "no-room": 404, "too-big": 413, "full": 429,
}  # fmt: skip
"""The status of refusals and goodbyes that only those hear who are not let in."""
EVENTS, JSON = "text/event-stream", "application/json"


@never_cache
@require_GET
async def changes(request: HttpRequest, slug: str) -> HttpResponse | StreamingHttpResponse:
    """What changed since `?epoch=…&since=…`: one answer, or a stream for who accepts events."""
    if EVENTS in request.headers.get("Accept", ""):
        return await events(request, slug)
    try:
        async with visitor(hub_of(request), slug, token_of_request(request, slug)) as there:
            reply = Reply()
            connection = Caller(*there, reply, settings.LIMITS, address(request))
            connection.hear_text(hello(request))
            frames = list(await reply.some())  # the welcome and what changed come together
            connection.give_up()
    except TurnedAway as turned:
        return as_response(Bye.of(turned.why))
    if len(frames) == 1:
        return as_response(frames[0])  # too fast, or unavailable
    return HttpResponse(f"[{','.join(frames)}]", content_type=JSON)


async def events(request: HttpRequest, slug: str) -> HttpResponse | StreamingHttpResponse:
    """What changes, for as long as they listen."""
    hub, token, here = hub_of(request), token_of_request(request, slug), address(request)
    if not hub.admission.welcomes(here):
        return as_response(Bye.of(protocol.TOO_FAST))
    try:
        async with visitor(hub, slug, token) as (visit, _):
            if visit.full:
                raise TurnedAway(protocol.FULL)
    except TurnedAway as turned:
        return as_response(Bye.of(turned.why))
    # They come in with the first look at the stream: whoever has gone by then, while the answer was
    # on its way through the middleware, would else stay in the room for ever.
    greeting = hello(request)

    async def arrive(line: Stream) -> Connection | None:
        try:
            return await enter(hub, slug, token, here, line, Connection)
        except TurnedAway as turned:
            line.put([spoken(Bye.of(turned.why))])
            line.close(turned.why.close)
            return None

    response = StreamingHttpResponse(Stream(arrive, greeting), content_type=EVENTS)
    response["X-Accel-Buffering"] = "no"  # nginx would keep them until there are enough
    return response


@never_cache
@csrf_exempt  # the exact origin is asked for, as at a socket's handshake
@require_POST
async def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """One frame, as on the socket, and its answer."""
    if not comes_from_our_page(headers_of(request), query_of(request), secure=request.is_secure()):
        return as_response(Refusal("", "origin"))
    if int(request.headers.get("Content-Length") or 0) > settings.LIMITS["message"]:
        return as_response(Refusal("", "too-big"))
    try:
        asked = request.body.decode()
        silent = isinstance(protocol.understood(asked), protocol.Ephemeral)
    except (UnicodeError, msgspec.DecodeError, RecursionError):
        return as_response(Refusal("", "malformed"))
    try:
        async with visitor(hub_of(request), slug, token_of_request(request, slug)) as there:
            reply = Reply()
            Errand(*there, reply, settings.LIMITS, address(request)).hear_text(asked)
            frames = reply.frames if silent else await reply.some()
    except TurnedAway as turned:
        return as_response(Bye.of(turned.why))
    return as_response(frames[0]) if frames else HttpResponse(status=204)


def as_response(said: msgspec.Struct | str) -> HttpResponse:
    """What a socket would have been told: a frame, or its text."""
    text = said if isinstance(said, str) else str(spoken(said).content)
    frame = json.loads(text)
    negative = frame["type"] in ("refused", "bye")
    status = (STATUS | AT_THE_DOOR).get(frame["code"], CONFLICT) if negative else 200
    response = HttpResponse(text, content_type=JSON, status=status)
    if wait := frame.get("wait"):
        response["Retry-After"] = str(ceil(wait))
    return response


def hello(request: HttpRequest) -> str:
    """The hello that the address says."""
    since = request.GET.get("since", "0")
    told = protocol.Hello(
        request.GET.get("epoch", ""), int(since) if since.isdecimal() and len(since) < 16 else 0
    )
    return msgspec.json.encode(told).decode()


def hub_of(request: HttpRequest) -> Hub:
    hub: Hub = request.scope["door"]  # type: ignore[attr-defined]
    return hub


def headers_of(request: HttpRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def query_of(request: HttpRequest) -> str:
    return str(request.META.get("QUERY_STRING", ""))


def token_of_request(request: HttpRequest, slug: str) -> str | None:
    return token_of(headers_of(request), query_of(request), slug)
