"""Health: what whoever watches over a server is told."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
from uuid import uuid4

import pytest

from tests.realtime.servers import Running, connected, redis, running
from tests.realtime.sessions_for_tests import make_seat, make_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def server(django_db_setup):
    with running("serve", LOG_FORMAT="json") as server:
        yield server


def get(server: Running, path: str, **headers: str) -> tuple[int, str]:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    line.request("GET", path, headers=headers)
    answer = line.getresponse()
    read = answer.status, answer.read().decode()
    line.close()
    return read


async def asked(server: Running, path: str, **headers: str) -> tuple[int, str]:
    return await asyncio.to_thread(get, server, path, **headers)


def measured(text: str, name: str) -> float:
    found = re.search(rf"^assises_{name} (\S+)$", text, re.MULTILINE)
    assert found, f"{name} is not among:\n{text}"
    return float(found[1])


async def test_a_server_lives_and_is_ready(server):
    assert await asked(server, "/healthz") == (200, '{"ok": true}')
    status, answer = await asked(server, "/readyz")

    assert status == 200
    assert json.loads(answer) == {
        "ready": True,
        "database": True,
        "bus": True,
        "seals": True,
        "leaving": False,
    }


async def test_what_happens_is_counted_and_nobody_is_named(server):
    session = await make_session()
    seat = await make_seat(session, "Ana Very Private")
    async with connected(server, session.slug, seat) as client:
        await client.hello()
        for n in range(3):
            await client.do("chat.post", str(uuid4()), text=f"confidential {n}")
        status, text = await asked(server, "/metrics")

    assert status == 200
    assert measured(text, "sockets") == measured(text, "rooms") == 1
    assert measured(text, "commit_seconds_count") >= 4
    assert measured(text, "frames_total") + measured(text, "flushes_total") > 0
    assert measured(text, "seq_lag") == 0
    for private in ("Private", "confidential", session.slug, seat):
        assert private not in text
        assert private not in server.said()


async def test_metrics_are_for_this_machine_or_who_has_the_token(server, django_db_setup):
    elsewhere = {"X-Forwarded-For": "203.0.113.7"}
    assert (await asked(server, "/metrics", **elsewhere))[0] == 403

    with running("serve", METRICS_TOKEN="a long secret") as other:
        assert (await asked(other, "/metrics"))[0] == 403
        assert (await asked(other, "/metrics", Authorization="Bearer nonsense"))[0] == 403
        secret = {"Authorization": "Bearer a long secret"}
        assert (await asked(other, "/metrics", **(elsewhere | secret)))[0] == 200


async def test_who_watches_may_call_a_process_by_any_name(server):
    by_its_address = {"Host": "10.0.0.7:8000"}

    assert (await asked(server, "/login/", **by_its_address))[0] == 400
    for path in ("/healthz", "/readyz", "/metrics"):
        assert (await asked(server, path, **by_its_address))[0] == 200


async def test_the_log_is_one_object_a_line(server):
    await asked(server, "/join/SECRETCODE/elsewhere")
    lines = [json.loads(line) for line in server.said().splitlines() if line.startswith("{")]

    assert any(line["level"] == "WARNING" and "/join/…" in line["message"] for line in lines)
    assert "SECRETCODE" not in server.said()


async def test_a_bus_that_is_away_is_told_and_everything_goes_on(django_db_setup):
    session = await make_session()
    seat = await make_seat(session, "Ana")
    with redis() as url, running("serve", REDIS_URL=url) as server:
        async with connected(server, session.slug, seat) as client:
            await client.hello()
            assert json.loads((await asked(server, "/readyz"))[1])["bus"] is True
    with running("serve", REDIS_URL="redis://127.0.0.1:1") as server:
        async with connected(server, session.slug, seat) as client:
            await client.hello()
            assert (await client.do("chat.post", str(uuid4()), text="alone"))["type"] == "done"
        status, answer = await asked(server, "/readyz")
        _, text = await asked(server, "/metrics")

    assert status == 200
    assert json.loads(answer)["bus"] is False
    assert measured(text, "bus_well") == 0
