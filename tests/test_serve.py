"""`manage.py serve --demo`, as `make run` starts it: what begins, what ends, what is restarted."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.served import Served, command_of

ENDS_WITHIN = 2.0  # seconds


@pytest.fixture
def served(tmp_path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    if served.process.poll() is None:
        served.process.kill()
        served.process.wait(10)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_and_tells_every_socket_to_come_back(served, how):
    served.page()
    served.playlist()
    children = served.children()
    assert len(children) >= 2, "the encoder, and the process that serves its files"
    address = f"ws://127.0.0.1:{served.port}/rooms/pleniere/live"
    with connect(address, origin=f"http://127.0.0.1:{served.port}") as socket:
        socket.send('{"type":"hello"}')
        socket.recv(5)
        taken = served.end(how)
        told = list(everything(socket))

    assert any('"type":"bye","code":"restart","again":true' in message for message in told)
    assert socket.close_code == 4012
    assert served.process.returncode == 0
    assert taken < ENDS_WITHIN
    assert not any(map(command_of, children))
    assert "Traceback" not in served.said()


def everything(socket: ClientConnection) -> Iterator[str]:
    """What the socket still says until it is closed."""
    with suppress(ConnectionClosed):
        while True:
            yield str(socket.recv(5))


def test_killed_outright_it_leaves_nobody_behind(served):
    served.playlist()
    children = served.children()
    served.end(signal.SIGKILL)
    until = time.monotonic() + 5
    while any(map(command_of, children)) and time.monotonic() < until:
        time.sleep(0.02)

    assert not any(map(command_of, children))


def test_an_encoder_that_dies_is_started_again_under_a_new_name(served):
    before = served.playlist()
    os.kill(served.encoder(), signal.SIGKILL)
    until = time.monotonic() + 20
    while (after := served.playlist()) == before and time.monotonic() < until:
        time.sleep(0.05)

    assert after != before
    media = f"http://127.0.0.1:{served.media}/demo/{after}"
    assert "#EXT-X-PROGRAM-DATE-TIME" in served.get(media)
    segment = re.findall(r"\S+\.m4s", served.get(media))[-1].rpartition("/")[2]
    assert urlopen(media.replace("index.m3u8", segment), timeout=5).status == 200  # noqa: S310


def test_it_prints_the_ways_in_and_seeds_three_sessions_once(served, tmp_path):
    assert "Plénière : aller vers ceux qui ne viennent pas" in served.page()
    ways = [f"http://127.0.0.1:{served.port}/{each}" for each in ("join/", "enter/", "organise/")]
    assert all(way in served.said() for way in ways)
    links = re.findall(r"/enter/\S+", served.said())
    served.end(signal.SIGTERM)

    again = Served(tmp_path)
    again.page()
    again.end(signal.SIGTERM)
    assert re.findall(r"/enter/\S+", again.said()) == links * 2, "the same links, printed twice"


def test_only_the_broadcasts_files_are_served(served):
    served.playlist()
    media = f"http://127.0.0.1:{served.media}"
    for path in ("/", "/demo/", "/../db.sqlite3", "/%2e%2e/db.sqlite3", "/../secret_key"):
        with pytest.raises(URLError):
            urlopen(media + path, timeout=5)  # noqa: S310
