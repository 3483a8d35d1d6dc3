"""Two server processes on one database: they agree, whatever the bus between them does, and
whichever of them is killed."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed

from realtime.log_django import DjangoLog
from tests.asked import asked, ballot
from tests.realtime.servers import Client, connected, redis, running
from tests.realtime.sessions_for_tests import make_seat, make_session
from tests.realtime.test_socket import STEP_1, Writer

pytestmark = pytest.mark.django_db(transaction=True)
LOSSY = "tests.realtime.lossy:application"


@pytest.fixture(scope="module")
def servers(django_db_setup):
    with (
        redis() as url,
        running("uvicorn", LOSSY, REDIS_URL=url, SEED="1") as one,
        running("uvicorn", LOSSY, REDIS_URL=url, SEED="2") as two,
    ):
        yield one, two
        for server in (one, two):
            assert "Traceback" not in server.said()


async def enter(stack: AsyncExitStack, server, session, name: str, **options) -> Client:
    seat = await make_seat(session, name, **options)
    client = await stack.enter_async_context(connected(server, session.slug, seat))
    await client.hello()
    return client


async def test_everyone_agrees_over_a_bus_that_loses_messages(servers):
    session = await make_session()
    async with AsyncExitStack() as stack:
        clients = [
            await enter(stack, server, session, f"P{n}") for n in range(2) for server in servers
        ]
        refs = [str(uuid4()) for _ in range(20)]
        for n, ref in enumerate(refs):
            answer = await clients[n % 4].do("chat.post", ref, text=f"message {n}")
            assert answer["type"] == "done"
        seen = [[await client.sees(f"chat.message/{ref}") for ref in refs] for client in clients]

    assert seen == [seen[0]] * 4
    assert [record["text"] for record in seen[0]] == [f"message {n}" for n in range(20)]
    entries = await DjangoLog().since(session.slug, 0)
    assert [entry.seq for entry in entries] == list(range(1, 25))


async def test_a_double_vote_in_two_processes_is_one_ballot(servers):
    session = await make_session()
    async with AsyncExitStack() as stack:
        host = await enter(stack, servers[0], session, "Hal", role="facilitator")
        seat = await make_seat(session, "Ana", place="hall")
        tabs = []
        for server in servers:
            tabs.append(await stack.enter_async_context(connected(server, session.slug, seat)))
            await tabs[-1].hello()
        poll = str(uuid4())
        await host.do("polls.draft", poll, plan=asked("Now?", ["yes", "no"]))
        await host.do("polls.open", poll=poll)
        await asyncio.gather(*(tab.do("polls.vote", **ballot(poll, 1)) for tab in tabs))
        await host.do("polls.close", poll=poll)
        await host.do("polls.publish", poll=poll)
        results = [await tab.sees(f"polls.result/{poll}") for tab in tabs]

    assert [result["outcome"]["votes"] for result in results] == [[0, 1]] * 2


@pytest.mark.parametrize("secrecy", ["confidential", "secret"])
async def test_two_hundred_double_votes_at_once_are_one_ballot_each(servers, secrecy):
    """V1, in both processes at the same moment: the same person says one thing here and another
    there; and each is sent twice."""
    session = await make_session()
    async with AsyncExitStack() as stack:
        host = await enter(stack, servers[0], session, "Hal", role="facilitator")
        poll = str(uuid4())
        plan = asked("Now?", ["yes", "no"], secrecy=secrecy)
        await host.do("polls.draft", poll, plan=plan)
        await host.do("polls.open", poll=poll)
        tabs = [
            await stack.enter_async_context(connected(server, session.slug, seat))
            for seat in [await make_seat(session, f"P{n}") for n in range(DOUBLES)]
            for server in servers
        ]
        await asyncio.gather(*(tab.hello() for tab in tabs))
        votes = (votes_twice(tab, ballot(poll, n % 2)) for n, tab in enumerate(tabs))
        for first, second in await asyncio.gather(*votes):
            assert first["type"] == "done"
            assert first == second
        await host.do("polls.close", poll=poll)
        result = await host.sees(f"polls.result/{poll}")

    assert sum(result["outcome"]["votes"]) == result["remote"] == DOUBLES


DOUBLES = 100  # people with a tab in each of two processes: 200 votes at once, each sent twice


async def votes_twice(tab: Client, fields: dict) -> tuple[dict, dict]:
    ref = str(uuid4())
    for _ in range(2):
        await tab.say(type="do", do="polls.vote", ref=ref, **{"with": fields})
    return await tab.next("done", "refused"), await tab.next("done", "refused")


async def test_a_ballot_in_the_pocket_goes_to_the_other_process_within_the_grace(servers):
    """Connected to one process shortly before the close, come back to the other after it: the stamp
    of the first is known to both."""
    session = await make_session()
    async with AsyncExitStack() as stack:
        host = await enter(stack, servers[0], session, "Hal", role="facilitator")
        seats = [await make_seat(session, name) for name in ("Ana", "Ben")]
        poll = str(uuid4())
        await host.do("polls.draft", poll, plan=asked("Now?", ["yes", "no"], grace=8))
        await host.do("polls.open", poll=poll)
        async with connected(servers[0], session.slug, seats[0]) as ana:
            stamp = (await ana.hello())["stamp"]
        await host.do("polls.close", poll=poll)
        ana, ben = [
            await stack.enter_async_context(connected(servers[1], session.slug, seat))
            for seat in seats
        ]
        late = (await ben.hello())["stamp"]
        await ana.hello()
        await ben.sees(f"polls.poll/{poll}")

        for stranger, seen in (
            (ben, ""),
            (ben, late),
            (ben, stamp),
            (ana, "1.00.0123456789abcdef"),
        ):
            answer = await stranger.do("polls.vote", seen=seen, **ballot(poll, 0))
            assert answer["code"] == "too-late"
        answer = await ana.do("polls.vote", seen=stamp, **ballot(poll, 1))
        assert answer["type"] == "done", answer
        assert host.records[f"polls.poll/{poll}"]["status"] != "closed"
        result = await host.sees(f"polls.result/{poll}")

    assert result["outcome"]["votes"] == [0, 1]


async def test_minutes_written_in_one_process_are_read_in_the_other(servers):
    session = await make_session()
    async with AsyncExitStack() as stack:
        nina = await enter(stack, servers[0], session, "Nina", role="note_taker")
        omar = await enter(stack, servers[1], session, "Omar", role="note_taker")
        for client in (nina, omar):
            await client.socket.send(STEP_1)
            await client.next_binary()
            await client.next_binary()
        pens = {"Nina": (nina, Writer()), "Omar": (omar, Writer())}
        for name, (client, pen) in pens.items():
            for n in range(5):
                await client.socket.send(pen.write(f"{name} {n}"))
        for client, _ in pens.values():
            saved = {"updates": 0}
            while saved["updates"] < 5:
                saved = await client.next("saved")
        await reads(nina, b"Omar 4")
        await reads(omar, b"Nina 4")


async def reads(client: Client, words: bytes) -> None:
    while words not in await client.next_binary():
        pass


async def test_people_are_counted_once_in_all_processes(servers):
    session = await make_session()
    async with AsyncExitStack() as stack:
        ana = await enter(stack, servers[0], session, "Ana", place="hall")
        await enter(stack, servers[1], session, "Ben")
        ana.patience = 60  # announcements come every five seconds, and this bus loses a third
        counted = await ana.next("presence")
        while (counted["hall"], counted["remote"]) != (1, 1):
            counted = await ana.next("presence")


async def test_nothing_acknowledged_is_lost_when_a_server_is_killed(django_db_setup):
    """-9 in the middle of a burst, five times; what was asked again happens once."""
    session = await make_session()
    seat = await make_seat(session, "Ana")
    acknowledged: set[str] = set()
    asked: list[str] = []
    for cycle in range(5):
        with running("uvicorn") as server, suppress(ConnectionClosed):
            async with connected(server, session.slug, seat) as client:
                await client.hello()
                for ref in [ref for ref in asked if ref not in acknowledged]:
                    await client.do("chat.post", ref, text="again")
                    acknowledged.add(ref)
                asyncio.get_running_loop().call_later(0.05 * (cycle + 1), server.kill)
                while True:
                    asked.append(str(uuid4()))
                    if (await client.do("chat.post", asked[-1], text="hello"))["type"] == "done":
                        acknowledged.add(asked[-1])
                    else:
                        asked.pop()

    stored = [entry.ref for entry in await DjangoLog().since(session.slug, 1)]
    assert acknowledged, "something must have been acknowledged"
    assert acknowledged <= set(stored)
    assert len(stored) == len(set(stored))
