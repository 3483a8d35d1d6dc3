"""The room's door over plain HTTP: the same order, answers, rights and limits as over a socket.

`GET changes` tells what changed, once or as a stream of events; `POST ask` takes one frame and
answers it. See docs/protocol.md.
"""

from __future__ import annotations

import json

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from realtime import protocol
from realtime.connection import Connection
from realtime.entrance import TurnedAway, comes_from_our_page, enter, token_of, visitor
from realtime.hub import Hub
from realtime.protocol import Bye, Closing, spoken
from realtime.stream import Caller, Errand, Reply, Stream
from workshop.addresses import household

STATUS = {"too-fast": 429, "too-big": 413, "malformed": 400, "unavailable": 503}
"""Of a refusal; any other is a conflict with the state of the room, or a lack of rights."""
NO_RIGHT = {"not-seated": 403, "not-allowed": 403}
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
            connection = Caller(*there, reply, settings.LIMITS, address_of(request))
            connection.hear_text(hello(request))
            frames = list(await reply.some())  # the welcome and what changed come together
            connection.give_up()
    except TurnedAway as turned:
        return refused(turned.why)
    if len(frames) == 1:
        return as_response(frames[0])  # too fast, or unavailable
    return HttpResponse(f"[{','.join(frames)}]", content_type=JSON)


async def events(request: HttpRequest, slug: str) -> HttpResponse | StreamingHttpResponse:
    """What changes, for as long as they listen."""
    hub, token, address = hub_of(request), token_of_request(request, slug), address_of(request)
    if not hub.admission.welcomes(address):
        return refused(protocol.TOO_FAST)
    try:
        async with visitor(hub, slug, token) as (visit, _):
            if visit.full:
                raise TurnedAway(protocol.FULL)
    except TurnedAway as turned:
        return refused(turned.why)
    # They come in with the first look at the stream: whoever has gone by then, while the answer was
    # on its way through the middleware, would else stay in the room for ever.
    greeting = hello(request)

    async def arrive(line: Stream) -> Connection | None:
        try:
            return await enter(hub, slug, token, address, line, Connection)
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
        return JsonResponse({"type": "refused", "ref": "", "code": "origin"}, status=403)
    if int(request.headers.get("Content-Length") or 0) > settings.LIMITS["message"]:
        return JsonResponse({"type": "refused", "ref": "", "code": "too-big"}, status=413)
    try:
        asked = request.body.decode()
        silent = isinstance(protocol.understood(asked), protocol.Ephemeral)
    except (UnicodeError, msgspec.DecodeError, RecursionError):
        return JsonResponse({"type": "refused", "ref": "", "code": "malformed"}, status=400)
    try:
        async with visitor(hub_of(request), slug, token_of_request(request, slug)) as there:
            reply = Reply()
            Errand(*there, reply, settings.LIMITS, address_of(request)).hear_text(asked)
            frames = reply.frames if silent else await reply.some()
    except TurnedAway as turned:
        return refused(turned.why)
    return as_response(frames[0]) if frames else HttpResponse(status=204)


def as_response(text: str) -> HttpResponse:
    frame = json.loads(text)
    code = frame.get("code", "")
    status = 200
    if frame["type"] in ("refused", "bye"):
        status = (STATUS | NO_RIGHT).get(code, 409)
    response = HttpResponse(text, content_type=JSON, status=status)
    if wait := frame.get("wait"):
        response["Retry-After"] = str(int(wait) + 1)
    return response


def refused(why: Closing) -> HttpResponse:
    """They may not come in: the goodbye that a socket would have got."""
    status = {4401: 403, 4404: 404, 4429: 429, 4503: 503}.get(why.close, 403)
    text = str(spoken(Bye.of(why)).content)
    return HttpResponse(text, content_type=JSON, status=status)


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


def address_of(request: HttpRequest) -> str:
    return household(str(request.META.get("REMOTE_ADDR") or ""))


def headers_of(request: HttpRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def query_of(request: HttpRequest) -> str:
    return str(request.META.get("QUERY_STRING", ""))


def token_of_request(request: HttpRequest, slug: str) -> str | None:
    return token_of(headers_of(request), query_of(request), slug)
