"""The room without a socket: the same order, the same answers, the same rights and limits."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from tests.asked import asked
from tests.realtime.servers import Running, connected, running
from tests.realtime.sessions_for_tests import close_doors, make_seat, make_session, revoke

REF = "01234567-89ab-cdef-0123-456789abcdef"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", params=["serve", "uvicorn", "daphne"])
def server(request, django_db_setup):
    with running(request.param) as server:
        yield server
        assert "Traceback" not in server.said()


@pytest.fixture
async def session():
    return await make_session()


@pytest.fixture
async def ana(session):
    return await make_seat(session, "Ana", place="hall")


class Visitor:
    """Someone without a socket."""

    def __init__(self, server: Running, slug: str, seat: str | None = None) -> None:
        self.server, self.path = server, f"/rooms/{slug}"
        self.cookie = {"Cookie": f"seat-{slug}={seat}"} if seat else {}

    async def ask(self, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Origin": self.server.url, "Content-Type": "application/json"} | headers
        status, answer = await asyncio.to_thread(self._request, "POST", "/ask", text, headers)
        return status, json.loads(answer or "{}")

    async def do(self, name: str, ref: str | None = None, **fields: Any) -> dict[str, Any]:
        asked = {"type": "do", "do": name, "ref": ref or str(uuid4()), "with": fields}
        return (await self.ask(asked))[1]

    async def changes(self, query: str = "") -> tuple[int, Any]:
        path = f"/changes{query}"
        status, answer = await asyncio.to_thread(self._request, "GET", path, None, {})
        return status, json.loads(answer)

    @asynccontextmanager
    async def events(self, query: str = "") -> AsyncIterator[Events]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        head = [
            f"GET {self.path}/changes{query} HTTP/1.1",
            f"Host: 127.0.0.1:{self.server.port}",
            "Accept: text/event-stream",
            *(f"{name}: {value}" for name, value in self.cookie.items()),
        ]
        writer.write("\r\n".join([*head, "", ""]).encode())
        try:
            yield Events(reader)
        finally:
            writer.close()
            await writer.wait_closed()

    def _request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]):
        line = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)
        line.request(method, self.path + path, body, headers | self.cookie)
        answer = line.getresponse()
        read = answer.status, answer.read()
        line.close()
        return read


class Events:
    """Server-sent events, as they come."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self.reader = reader

    async def next(self, type: str) -> dict[str, Any]:
        while True:
            async with asyncio.timeout(10):
                line = await self.reader.readline()
            assert line, "the stream has ended"
            if line.startswith(b"data: "):
                frame: dict[str, Any] = json.loads(line[6:])
                if frame["type"] == type:
                    return frame

    async def sees(self, key: str) -> dict[str, Any]:
        while True:
            frame = await self.next("changes")
            if key in frame["put"]:
                record: dict[str, Any] = frame["put"][key]
                return record


async def test_what_is_asked_happens_once_and_is_answered_alike(server, session, ana):
    visitor, ref = Visitor(server, session.slug, ana), str(uuid4())
    first = await visitor.do("chat.post", ref, text="from behind a wall")

    assert first == {"type": "done", "ref": ref, "seq": 2}
    assert await visitor.do("chat.post", ref, text="from behind a wall") == first
    async with connected(server, session.slug) as client:
        await client.hello()
        assert (await client.sees(f"chat.message/{ref}"))["text"] == "from behind a wall"


async def test_what_changed_is_told_once_to_who_asks(server, session, ana):
    visitor = Visitor(server, session.slug, ana)
    await visitor.do("chat.post", text="before")
    _, (welcome, changes, *_) = await visitor.changes()
    since = f"?epoch={welcome['epoch']}&since={changes['seq']}"
    await visitor.do("chat.post", text="after")
    _, (_, later, *_) = await visitor.changes(since)

    assert changes["fresh"]
    assert [each["text"] for each in changes["put"].values() if "text" in each] == ["before"]
    assert not later["fresh"]
    assert [each["text"] for each in later["put"].values()] == ["after"]


async def test_what_changes_is_told_as_events(server, session, ana):
    visitor = Visitor(server, session.slug, ana)
    async with visitor.events() as events, connected(server, session.slug) as client:
        assert (await events.next("welcome"))["you"]["name"] == "Ana"
        assert (await events.next("changes"))["fresh"]
        await client.hello()
        ref = str(uuid4())
        await visitor.do("chat.post", ref, text="hello")

        assert (await events.sees(f"chat.message/{ref}"))["text"] == "hello"
        assert (await client.sees(f"chat.message/{ref}"))["text"] == "hello"
        while (await client.next("presence"))["hall"] != 1:
            pass  # they are here like anyone else


async def test_who_leaves_the_stream_is_gone(server, session, ana):
    async with connected(server, session.slug) as client:
        client.patience = 30
        await client.hello()
        async with Visitor(server, session.slug, ana).events() as events:
            await events.next("changes")
            while client.presence.get("hall") != 1:
                await client.next("presence")
        while client.presence["hall"]:
            await client.next("presence")


async def test_rights_are_the_same(server, session, ana):
    visitor = Visitor(server, session.slug, ana)

    assert (await visitor.do("polls.draft", plan=asked("?", ["a", "b"])))["code"] == ("not-allowed")
    assert (await Visitor(server, session.slug).do("chat.post", text="x"))["code"] == "not-seated"
    await revoke(ana)
    other = Visitor(server, session.slug, ana)
    for _ in range(100):  # the room looks at revoked seats every two seconds
        answer = await other.do("chat.post", text="still here")
        if answer["type"] == "bye":
            break
        await asyncio.sleep(0.1)
    assert answer["code"] == "seat"


async def test_closed_doors_are_closed_here_too(server, session):
    await close_doors(session)
    visitor = Visitor(server, session.slug)

    assert await visitor.changes() == (
        403,
        {"type": "bye", "code": "seat", "again": False} | {"wait": 0.0},
    )
    async with visitor.events() as events:
        assert b"403" in await events.reader.readline()


async def test_there_is_nothing_where_there_is_no_session(server):
    assert (await Visitor(server, "nowhere").changes())[0] == 404


async def test_limits_are_the_same(server, session, ana):
    visitor = Visitor(server, session.slug, ana)
    async with connected(server, session.slug, ana) as client:
        await client.hello()
        for n in range(3):
            await client.do("chat.post", text=f"{n}")
        answers = [await visitor.ask(ask_chat()) for _ in range(6)]

    assert [status for status, _ in answers][:2] == [200, 200]
    assert answers[-1][0] == 429
    assert answers[-1][1]["wait"] > 0


def ask_chat() -> dict[str, Any]:
    return {"type": "do", "do": "chat.post", "ref": str(uuid4()), "with": {"text": "x"}}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b"\xff", 400, "malformed"),
        ({"type": "do"}, 400, "malformed"),
        (
            {"type": "do", "do": "chat.shout", "ref": str(uuid4()), "with": {}},
            409,
            "unknown-command",
        ),
        (b"x" * 20_000, 413, "too-big"),
    ],
)
async def test_what_cannot_be_understood_is_refused(server, session, ana, body, status, code):
    answered, answer = await Visitor(server, session.slug, ana).ask(body)

    assert (answered, answer["code"]) == (status, code)


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null"])
async def test_a_page_elsewhere_asks_nothing(server, session, ana, origin):
    status, answer = await Visitor(server, session.slug, ana).ask(ask_chat(), Origin=origin)

    assert (status, answer["code"]) == (403, "origin")


async def test_what_nobody_answers_is_taken_in_silence(server, session, ana):
    typing = {"type": "ephemeral", "what": "chat.typing", "with": {}}

    assert (await Visitor(server, session.slug, ana).ask(typing))[0] == 204


@pytest.mark.parametrize("seated", [True, False])
async def test_who_looks_too_often_is_told_so(server, session, ana, seated):
    visitor = Visitor(server, session.slug, ana if seated else None)
    looks = await asyncio.gather(*(visitor.changes() for _ in range(100)))
    late = [answer for status, answer in looks if status != 200]

    assert late
    assert {answer["code"] for answer in late} == {"too-fast"}


async def test_observers_do_not_hold_up_the_chat(server, session, ana):
    """What they ask is refused, but by the rules: it takes no turn from those who may write."""
    visitor = Visitor(server, session.slug)
    for _ in range(4):
        answers = await asyncio.gather(*(visitor.do("chat.post", text="x") for _ in range(30)))
        assert {answer["code"] for answer in answers} <= {"not-seated", "too-fast"}

    assert (await Visitor(server, session.slug, ana).do("chat.post", text="I"))["type"] == "done"


@pytest.mark.parametrize("query", ["?seat=", "?unseat=1"])
async def test_an_empty_seat_stands_in_for_no_origin(server, session, ana, query):
    asked = json.dumps({"type": "ping"})

    def ask() -> int:
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        cookie = {"Cookie": f"seat-{session.slug}={ana}"}
        line.request("POST", f"/rooms/{session.slug}/ask{query}", asked, cookie)
        status = line.getresponse().status
        line.close()
        return status

    assert await asyncio.to_thread(ask) == 403


async def test_observers_have_no_new_limits_with_each_question(server, session):
    visitor, older = Visitor(server, session.slug), {"type": "older", "kind": "chat.message"}
    asked = [visitor.ask(older | {"before": 9}) for _ in range(40)]
    answers = [answer for _, answer in await asyncio.gather(*asked)]

    assert {answer.get("code") for answer in answers} == {None, "too-fast"}
