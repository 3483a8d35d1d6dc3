"""`manage.py serve --demo` in a process, as `make run` starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.realtime.servers import ROOT, free_port

MAKE_SESSIONS = """
import json, sys
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from workshop import sessions
from workshop.models import Day

for line in sys.stdin:
    title, stream = json.loads(line)
    day, _ = Day.objects.get_or_create(
        slug="stories",
        defaults={"title": "Les histoires", "organiser": User.objects.get(username="demo")},
    )
    starts = timezone.now() + timedelta(minutes=20)
    session = sessions.create_session(
        day, title=title, stream=stream, starts=starts, ends=starts + timedelta(hours=1)
    )
    links = {link.role: sessions.link_token(link) for link in session.links.all()}
    made = {"slug": session.slug, "code": session.code, "links": links}
    print("MADE", json.dumps(made), flush=True)
"""


@dataclass(frozen=True)
class Made:
    """A session made for one story, and the ways into it."""

    slug: str
    code: str
    links: dict[str, str]


class Served:
    def __init__(self, data: Path, port: int | None = None) -> None:
        self.port, self.media = port or free_port(), free_port()
        self.data, self.output = data, data / "output"
        self._maker: subprocess.Popen[str] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "workshop.settings",
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "MEDIA_PORT": str(self.media),
        }

    def start(self) -> None:
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--demo"],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.output.read_text()

    def get(self, address: str) -> str:
        """What is at this address, as soon as there is something."""
        until = time.monotonic() + 60
        while True:
            try:
                with urlopen(address, timeout=5) as answer:  # noqa: S310 - our own server
                    return str(answer.read().decode())
            except URLError:
                assert self.process.poll() is None, self.said()
                assert time.monotonic() < until, self.said()
                time.sleep(0.05)

    def page(self) -> str:
        return self.get(self.url)

    def playlist(self) -> str:
        """The current run of the broadcast."""
        return self.get(f"http://127.0.0.1:{self.media}/demo/live.m3u8").splitlines()[-1]

    def password(self) -> str:
        """The demonstration's organiser's."""
        return (self.data / "demo_password").read_text().strip()

    def new_session(self, title: str, stream: str = "demo") -> Made:
        """A session with nothing in it yet, twenty minutes before it starts."""
        maker = self._maker = self._maker or self._start_maker()
        assert maker.stdin
        assert maker.stdout
        maker.stdin.write(json.dumps([title, stream]) + "\n")
        maker.stdin.flush()
        while not (line := maker.stdout.readline()).startswith("MADE "):
            assert maker.poll() is None, "whoever makes the sessions has gone"
        return Made(**json.loads(line.partition(" ")[2]))

    def _start_maker(self) -> subprocess.Popen[str]:
        """A process that makes sessions, one for each line: to start Django for each takes longer
        than many a story. It ends with us, when its input does."""
        return subprocess.Popen(
            [sys.executable, "manage.py", "shell", "-c", MAKE_SESSIONS],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def let_go(self) -> None:
        """End what was begun besides the server."""
        if self._maker:
            self._maker.communicate()
            self._maker = None

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
