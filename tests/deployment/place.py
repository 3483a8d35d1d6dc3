"""A place that runs Assises as docs/deployment says: its files, with other ports and paths."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.realtime.postgres import free_port, postgres
from tests.realtime.servers import ROOT, Running, redis

DEPLOYMENT = ROOT / "docs/deployment"
HOST = "assises.example.org"
KEYS = "/etc/letsencrypt/live/assises.example.org"
SESSIONS = """
import json
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from workshop import sessions
from workshop.models import Day, Seat
day = Day.objects.create(slug="d", title="D", organiser=User.objects.create(username="o"))
starts, made = timezone.now(), []
for n in range({number}):
    title = f"Session {{n}}"
    ends = starts + timedelta(hours=1)
    session = sessions.create_session(day, title=title, starts=starts, ends=ends)
    seats = [Seat.objects.create(session=session, name=f"P{{n}}") for n in range(3)]
    made.append([session.slug, session.code, [sessions.seat_token(seat) for seat in seats]])
print("MADE", json.dumps(made))
"""
MAIN = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log info;
events {{ worker_connections 512; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    client_body_temp_path {folder}/tmp/body;
    proxy_temp_path {folder}/tmp/proxy;
    fastcgi_temp_path {folder}/tmp/fastcgi;
    uwsgi_temp_path {folder}/tmp/uwsgi;
    scgi_temp_path {folder}/tmp/scgi;
    access_log {folder}/access.log;
    include {folder}/assises;
}}
"""


def replaced(text: str, changes: Mapping[str, str]) -> str:
    """Each of these must be there: a file that has changed is not to be proved by halves."""
    for old, new in changes.items():
        assert old in text, f"{old!r} is no longer in the file"
        text = text.replace(old, new)
    return text


def variables(path: Path) -> dict[str, str]:
    """As systemd reads an EnvironmentFile: comments have lines of their own."""
    lines = (line.strip() for line in path.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if line and line[0] not in "#;")
    return {name: value.strip() for name, _, value in pairs}


@dataclass
class Session:
    slug: str
    code: str
    seats: list[str]


@dataclass
class Process:
    """`assises@<port>`."""

    port: int
    folder: Path
    environment: dict[str, str]
    running: Running | None = None

    def start(self) -> None:
        """Returns once it is ready."""
        log = self.folder / f"{self.port}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", "--no-migrate"],
                cwd=ROOT,
                env=self.environment | {"PORT": str(self.port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.running = Running(self.port, process, log)

    def wait(self) -> None:
        assert self.running
        until = time.monotonic() + 20
        while self.running.process.poll() is None and time.monotonic() < until:
            try:
                with urlopen(f"{self.running.url}/readyz", timeout=5):  # noqa: S310 - our own
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(self.running.said())

    @property
    def process(self) -> subprocess.Popen[bytes]:
        assert self.running
        return self.running.process

    def sockets(self) -> int:
        """How many it holds, as it tells this machine."""
        assert self.running
        with urlopen(f"{self.running.url}/metrics", timeout=5) as answer:  # noqa: S310 - our own
            told = answer.read().decode()
        return int(float(told.partition("\nassises_sockets ")[2].split()[0]))

    def end(self) -> None:
        if self.running and self.running.process.poll() is None:
            self.running.process.terminate()
            try:
                self.running.process.wait(10)
            except subprocess.TimeoutExpired:
                self.running.kill()


@dataclass
class Place:
    folder: Path
    processes: list[Process]
    https: int
    http: int
    tls: ssl.SSLContext
    sessions: list[Session]
    address: str = f"https://{HOST}"
    taken: Iterator[int] = field(default_factory=lambda: iter(range(1000)))

    @property
    def media(self) -> Path:
        return self.folder / "assises/media"

    def session(self) -> Session:
        """One that nobody has been in."""
        return self.sessions[next(self.taken)]

    def sockets(self) -> list[int]:
        return [process.sockets() for process in self.processes]

    def revive(self) -> None:
        """All processes are there again."""
        for process in self.processes:
            if process.process.poll() is not None:
                process.start()
        for process in self.processes:
            process.wait()


@contextmanager
def place(sessions: int) -> Iterator[Place]:
    """Two processes on PostgreSQL and Redis behind nginx, until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="assises-deployment-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "assises/media").mkdir(parents=True)
        folder.chmod(0o755)
        environment = environ(
            folder,
            DATABASE_URL=stack.enter_context(postgres()).url,
            REDIS_URL=stack.enter_context(redis()),
        )
        manage(environment, "migrate", "--verbosity=0")
        processes = [Process(free_port(), folder, environment) for _ in range(2)]
        for process in processes:
            stack.callback(process.end)
            process.start()
        made = manage(environment, "shell", "-c", SESSIONS.format(number=sessions))
        found = [Session(*each) for each in json.loads(made.partition("MADE ")[2])]
        https, http, tls = free_port(), free_port(), certificate(folder)
        there = Place(folder, processes, https, http, tls, found)
        stack.enter_context(nginx(there))
        there.revive()
        yield there


def environ(folder: Path, **several: str) -> dict[str, str]:
    """assises.env, its commented lines for several processes included."""
    data = {"DATA_DIR": str(folder / "assises")}
    given = variables(DEPLOYMENT / "assises.env") | data | several
    kept = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    return kept | given


def manage(environment: dict[str, str], *arguments: str) -> str:
    return subprocess.check_output(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, text=True
    )


def certificate(folder: Path) -> ssl.SSLContext:
    """A key and a certificate that sign for themselves, and who trusts them."""
    making = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = f"subjectAltName=DNS:{HOST},IP:127.0.0.1"
    where = ("-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem")
    subject = ("-subj", f"/CN={HOST}", "-addext", names)
    subprocess.run([*making.split(), *where, *subject], check=True, stderr=subprocess.DEVNULL)
    (folder / "privkey.pem").chmod(0o644)
    return ssl.create_default_context(cafile=folder / "fullchain.pem")


@contextmanager
def nginx(there: Place) -> Iterator[None]:
    """Our configuration, run by nobody from a folder of its own. Ended by its own id."""
    one, two = there.processes
    folder = there.folder / "nginx"
    (folder / "tmp").mkdir(parents=True)
    site = replaced(
        (DEPLOYMENT / "nginx.conf").read_text(),
        {
            "server 127.0.0.1:8000 ": f"server 127.0.0.1:{one.port} ",
            "# server 127.0.0.1:8001 ": f"server 127.0.0.1:{two.port} ",
            "listen 80;": f"listen 127.0.0.1:{there.http};",
            "listen 443 ssl;": f"listen 127.0.0.1:{there.https} ssl;",
            KEYS: str(there.folder),
            "root /var/lib/assises;": f"root {there.folder}/assises;",
            "/var/log/nginx/assises.log": f"{folder}/assises.log",
        },
    )
    (folder / "assises").write_text(site)
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    if os.geteuid() == 0:
        for each in (folder, folder / "tmp"):
            shutil.chown(each, "nobody", "nogroup")
    command = [binary(), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen([*command, "-e", str(folder / "error.log")], cwd="/", **as_nobody())
    try:
        until = time.monotonic() + 10
        while not (folder / "pid").exists() or not (folder / "pid").read_text():
            said = (folder / "error.log").read_text() if (folder / "error.log").exists() else ""
            assert process.poll() is None, said
            assert time.monotonic() < until, said
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(10)


def as_nobody() -> dict[str, Any]:
    if os.geteuid():
        return {}
    return {"user": "nobody", "group": "nogroup", "extra_groups": []}


def binary() -> str:
    """Debian keeps it out of people's PATH."""
    path = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert path, "there is no nginx: .ci/nginx says how to get it"
    return path
