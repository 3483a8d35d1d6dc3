"""Two processes on PostgreSQL and Redis behind nginx, each as docs/deployment has it."""

from __future__ import annotations

import asyncio
import http.client
import re
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.deployment.place import HOST, Place, Session, place
from tests.realtime.servers import Client

HERE = "127.0.0.1"


@pytest.fixture(scope="module")
def whole() -> Iterator[Place]:
    with place(sessions=6) as there:
        yield there


@pytest.fixture
def there(whole: Place) -> Place:
    """With both processes, whatever the test before did to them."""
    whole.revive()
    return whole


class Answer:
    def __init__(self, answer: http.client.HTTPResponse) -> None:
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()
        self.cookies = self.headers.get_all("Set-Cookie") or []

    def cookie(self, name: str) -> str:
        (found,) = [each for each in self.cookies if each.startswith(f"{name}=")]
        return found.partition("=")[2].partition(";")[0]


def ask(
    there: Place, path: str, method: str = "GET", body: Any = None, *, by: str = HERE, **more: str
) -> Answer:
    """By https, from this address: any of 127.0.0.0/8 is ours."""
    line = http.client.HTTPSConnection(
        HERE, there.https, context=there.tls, timeout=10, source_address=(by, 0)
    )
    headers = {"Host": HOST} | {name.replace("_", "-"): value for name, value in more.items()}
    line.request(method, path, body, headers)
    try:
        return Answer(line.getresponse())
    finally:
        line.close()


@asynccontextmanager
async def inside(
    there: Place, session: Session, seat: int = 0, **more: Any
) -> AsyncIterator[Client]:
    """In the room, as a browser comes to it."""
    cookie = {"Cookie": f"seat-{session.slug}={session.seats[seat]}"}
    given = {"origin": there.address, "additional_headers": cookie} | more
    to = {"host": HERE, "port": there.https, "ssl": there.tls, "proxy": None}
    async with connect(
        f"wss://{HOST}/rooms/{session.slug}/live", subprotocols=["workshop.v1"], **to, **given
    ) as line:
        yield Client(line)


@asynccontextmanager
async def one_each(there: Place, session: Session) -> AsyncIterator[list[Client]]:
    """Two people in the room, each in a process."""
    async with AsyncExitStack() as kept:
        async with asyncio.timeout(10):
            while True:  # to nginx, a process that was away stays so for two seconds
                await settled(there, 0)
                async with AsyncExitStack() as stack:
                    coming = [inside(there, session, seat) for seat in (0, 1)]
                    clients = [await stack.enter_async_context(each) for each in coming]
                    if await settled(there, 2) == [1, 1]:
                        await kept.enter_async_context(stack.pop_all())
                        break
        for client in clients:
            await client.hello()
        yield clients


async def settled(there: Place, number: int) -> list[int]:
    """The sockets of each process, once there are so many in all."""
    while sum(found := await asyncio.to_thread(there.sockets)) != number:
        pass
    return found


def test_pages_are_served_by_https_alone(there):
    line = http.client.HTTPConnection(HERE, there.http, timeout=10)
    line.request("GET", "/join/?a=b", headers={"Host": HOST})
    sent_on = Answer(line.getresponse())
    line.close()
    page = ask(there, "/join/")

    assert (sent_on.status, sent_on.headers["Location"]) == (301, f"{there.address}/join/?a=b")
    assert page.status == 200
    assert "max-age=" in page.headers["Strict-Transport-Security"]
    assert f"wss://{HOST}" in page.headers["Content-Security-Policy"]
    assert ask(there, "/join/", Host="elsewhere.example").status == 400


async def test_who_joins_by_the_form_gets_a_secure_seat_and_comes_in(there):
    session = there.session()
    page = await asyncio.to_thread(ask, there, f"/join/{session.code}/")
    (token,) = set(re.findall(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body))
    form = f"csrfmiddlewaretoken={token.decode()}&code={session.code}&name=Ana&place=hall"
    headers = {
        "Cookie": f"csrftoken={page.cookie('csrftoken')}",
        "Content_Type": "application/x-www-form-urlencoded",
    }
    path = f"/join/{session.code}/"
    elsewhere = await asyncio.to_thread(
        ask, there, path, "POST", form, Origin="https://elsewhere.example", **headers
    )
    joined = await asyncio.to_thread(
        ask, there, path, "POST", form, Origin=there.address, **headers
    )
    seat = f"seat-{session.slug}={joined.cookie(f'seat-{session.slug}')}"

    assert (elsewhere.status, joined.status) == (403, 302)
    for cookie in page.cookies + joined.cookies:
        assert "; Secure" in cookie
    async with inside(there, session, additional_headers={"Cookie": seat}) as client:
        assert (await client.hello())["you"]["name"] == "Ana"


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", f"http://{HOST}", f"https://{HOST}:8443", None]
)
async def test_a_socket_opens_for_a_page_of_ours_alone(there, origin):
    session = Session("anything", "", [""])
    with pytest.raises(InvalidStatus) as refused:
        async with inside(there, session, origin=origin):
            pass

    assert refused.value.response.status_code == 403


async def test_two_people_in_two_processes_agree(there):
    async with one_each(there, there.session()) as (ana, ben):
        refs = [str(uuid4()) for _ in range(6)]
        for n, ref in enumerate(refs):
            await (ana, ben)[n % 2].do("chat.post", ref, text=f"message {n}")
        seen = [[await each.sees(f"chat.message/{ref}") for ref in refs] for each in (ana, ben)]

    assert seen[0] == seen[1]
    assert [record["text"] for record in seen[0]] == [f"message {n}" for n in range(6)]


async def test_events_come_while_the_stream_is_open(there):
    session = there.session()
    reader, writer = await asyncio.open_connection(
        HERE, there.https, ssl=there.tls, server_hostname=HOST
    )
    head = (f"GET /rooms/{session.slug}/changes HTTP/1.1", f"Host: {HOST}")
    writer.write("\r\n".join([*head, "Accept: text/event-stream", "", ""]).encode())
    async with asyncio.timeout(10), inside(there, session) as ana:
        await ana.hello()
        await reader.readuntil(b'"type":"welcome"')
        ref = str(uuid4())
        await ana.do("chat.post", ref, text="not kept back")
        async with asyncio.timeout(3):  # the log is looked at every two seconds, at worst
            await reader.readuntil(ref.encode())
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


def test_who_forges_an_address_is_counted_by_their_own(there):
    def fails(n: int, by: str) -> int:
        forged = {"X_Forwarded_For": f"203.0.113.{n}, 127.0.0.1", "X_Real_IP": f"203.0.113.{n}"}
        forged["Forwarded"] = f"for=203.0.113.{n}"
        return ask(there, f"/join/AAAA{n:04}/", by=by, **forged).status

    assert [fails(n, "127.0.0.3") for n in range(11)] == [404] * 10 + [429]
    assert fails(99, "127.0.0.4") == 404, "someone else"


@pytest.mark.parametrize(
    "path", ["/metrics", "/metrics?x=1", "//metrics", "/%6detrics", "/x/../metrics", "/metrics/"]
)
def test_figures_are_not_for_visitors(there, path):
    answer = ask(there, path, X_Forwarded_For="127.0.0.1", by="127.0.0.5")

    assert answer.status in (403, 404)
    assert b"assises_" not in answer.body


def test_more_than_a_megabyte_is_refused(there):
    body = b"x" * (1024 * 1024 + 1)
    with suppress(ConnectionError):  # nginx may close before all of it is sent
        assert ask(there, "/join/", "POST", body).status == 413
    with (
        socket.create_connection((HERE, there.https)) as bare,
        there.tls.wrap_socket(bare, server_hostname=HOST) as line,
    ):
        head = ("POST /join/ HTTP/1.1", f"Host: {HOST}", f"Content-Length: {len(body)}")
        line.sendall("\r\n".join([*head, "", ""]).encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("name", "type", "kept"),
    [
        ("live.m3u8", "application/vnd.apple.mpegurl", "no-cache"),
        ("run/index.m3u8", "application/vnd.apple.mpegurl", "no-cache"),
        ("run/000001.m4s", "video/iso.segment", "public, max-age=600"),
        ("run/init.mp4", "video/mp4", "public, max-age=600"),
    ],
)
def test_broadcasts_are_served_as_what_they_are(there, name, type, kept):
    path = there.media / "demo" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"picture")
    answer = ask(there, f"/media/demo/{name}", Origin=there.address)
    part = ask(there, f"/media/demo/{name}", Range="bytes=0-2")

    assert (answer.status, answer.body) == (200, b"picture")
    assert answer.headers["Content-Type"] == type
    assert answer.headers.get_all("Cache-Control") == [kept]
    assert answer.headers["Access-Control-Allow-Origin"] == there.address
    assert (part.status, part.body) == (206, b"pic")
    assert (
        ask(there, f"/media/demo/{name}", Host=HOST, If_None_Match=answer.headers["ETag"]).status
        == 304
    )


def test_what_is_not_there_yet_may_be_there_in_a_second(there):
    answer = ask(there, "/media/demo/run/999999.m4s")

    assert (answer.status, answer.headers["Cache-Control"]) == (404, "no-store")


@pytest.mark.parametrize(
    "path",
    [
        "/media/../kept.mp4",
        "/media/%2e%2e/kept.mp4",
        "/media/..%2fkept.mp4",
        "/media../kept.mp4",
        "/media/demo/../../kept.mp4",
        "/media/demo/notes.txt",
        "/media/demo/.hidden/notes.txt",
        "/media/.hidden.mp4",
        "/media/demo/",
        "/media/",
        "/media/notes.txt%00.mp4",
    ],
)
def test_nothing_else_is_served_from_there(there, path):
    for name in ("kept.mp4", "media/demo/notes.txt", "media/.hidden.mp4", "media/notes.txt"):
        kept = there.media.parent / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text("private")
    answer = ask(there, path)

    assert answer.status in (400, 404)
    assert b"private" not in answer.body
    assert b"notes" not in answer.body


async def test_a_process_that_leaves_sends_its_people_to_the_other(there):
    session = there.session()
    leaving, staying = there.processes
    async with one_each(there, session) as clients:
        leaving.process.send_signal(signal.SIGTERM)
        goodbyes = [asyncio.create_task(told_to_leave(each)) for each in clients]
        done, waiting = await asyncio.wait(goodbyes, return_when=asyncio.FIRST_COMPLETED)
        begun = time.monotonic()
        (gone,) = [task.result() for task in done]
        async with inside(there, session, 2) as again:
            again.records, again.seq = gone.records, gone.seq
            await again.hello(gone.welcome["epoch"], gone.seq)
            taken = time.monotonic() - begun
            statuses = set()
            while leaving.process.poll() is None:
                statuses.add((await asyncio.to_thread(ask, there, "/join/")).status)
            ref = str(uuid4())
            await again.do("chat.post", ref, text="here again")
            await again.sees(f"chat.message/{ref}")
            assert await asyncio.to_thread(staying.sockets) == 2, "who leaves lets nobody in"
        for task in waiting:
            task.cancel()

    assert taken < 1
    assert statuses <= {200}


async def told_to_leave(client: Client) -> Client:
    bye, code = await client.ends()
    assert (bye["code"], bye["again"], code) == ("restart", True, 4012)
    return client


async def test_one_that_is_killed_is_not_missed(there):
    session = there.session()
    killed, staying = there.processes
    async with one_each(there, session) as clients:
        killed.process.kill()
        begun = time.monotonic()
        pages = [await asyncio.to_thread(ask, there, "/join/") for _ in range(4)]
        async with inside(there, session, 2) as again:
            await again.hello()
            taken = time.monotonic() - begun
            lost = [client for client in clients if not await answers(client)]
            assert await asyncio.to_thread(staying.sockets) == 2

    assert [page.status for page in pages] == [200] * 4
    assert taken < 3
    assert len(lost) == 1


async def answers(client: Client) -> bool:
    try:
        return (await client.do("chat.post", text="still here"))["type"] == "done"
    except ConnectionClosed:
        return False


def test_nginx_kept_no_addresses_codes_or_links(there):
    """Last in this file, and asks itself: in whatever order, something was to be kept."""
    ask(there, "/join/SECRETCODE/")
    ask(there, "/media/demo/secretname.mp4")
    kept = "".join(
        each.read_text(errors="replace") for each in (there.folder / "nginx").glob("*.log")
    )

    for private in ("SECRETCODE", "secretname", "/rooms/", "/join/"):
        assert private not in kept
