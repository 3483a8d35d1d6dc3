"""`manage.py serve --demo`, as `make run` starts it: what begins, what ends, what is restarted."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.realtime.servers import ROOT, free_port

ENDS_WITHIN = 2.0  # seconds


class Served:
    def __init__(self, data: Path) -> None:
        self.port, self.media = free_port(), free_port()
        self.output = data / "output"
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "workshop.settings",
            "DATA_DIR": str(data),
            "PORT": str(self.port),
            "MEDIA_PORT": str(self.media),
        }
        environment.pop("DATABASE_URL", None)
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--demo"],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.output.read_text()

    def get(self, address: str) -> str:
        """What is at this address, as soon as there is something."""
        until = time.monotonic() + 20
        while True:
            try:
                with urlopen(address, timeout=5) as answer:  # noqa: S310 - our own server
                    return answer.read().decode()
            except URLError:
                assert self.process.poll() is None, self.said()
                assert time.monotonic() < until, self.said()
                time.sleep(0.05)

    def page(self) -> str:
        return self.get(f"http://127.0.0.1:{self.port}/")

    def playlist(self) -> str:
        """The current run of the broadcast."""
        return self.get(f"http://127.0.0.1:{self.media}/demo/live.m3u8").splitlines()[-1]

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(each) for each in path.read_text().split()]

    def encoder(self) -> int:
        return next(each for each in self.children() if "ffmpeg" in command_of(each))

    def end(self, how: signal.Signals) -> float:
        """End it; return after how many seconds it had ended."""
        begun = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(20)
        return time.monotonic() - begun


def command_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except FileNotFoundError:
        return ""


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
    assert len(children) == 2, "the encoder, and the process that serves its files"
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
    assert [command_of(child) for child in children] == ["", ""]
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

    assert [command_of(child) for child in children] == ["", ""]


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
    assert re.findall(r"/enter/\S+", again.said()) == links


def test_only_the_broadcasts_files_are_served(served):
    served.playlist()
    media = f"http://127.0.0.1:{served.media}"
    for path in ("/", "/demo/", "/../db.sqlite3", "/%2e%2e/db.sqlite3", "/../secret_key"):
        with pytest.raises(URLError):
            urlopen(media + path, timeout=5)  # noqa: S310
