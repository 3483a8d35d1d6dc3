"""What has to be built or installed before anything can be measured."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

BENCH = Path(__file__).parent
BUILD = BENCH / "build"
LOAD, SCRIBES, EPOLL = BUILD / "load", BUILD / "scribes", BUILD / "epoll"
NODE_PEER = BENCH / "peers/broadcast.mjs"
Y_WEBSOCKET = BENCH / "node_modules/y-websocket/bin/server.js"
HOCUSPOCUS = BENCH / "peers/hocuspocus.mjs"
YJS = BENCH / "peers/yjs.mjs"

SOURCES = {
    LOAD: ("load/load.c", "load/crowd.c", "load/ledger.c", "load/frames.c", "-lz", "-lm"),
    SCRIBES: ("load/scribes.c", "load/ledger.c", "load/frames.c", "-lm"),
    EPOLL: ("peers/epoll.c", "peers/sha1.c", "load/frames.c"),
}


def build() -> None:
    """The load generator and the peers."""
    BUILD.mkdir(exist_ok=True)
    for tool, sources in SOURCES.items():
        subprocess.run(
            ["gcc", "-O2", "-Wall", "-Wextra", "-std=gnu11", "-o", tool, *sources],
            cwd=BENCH,
            check=True,
        )
    install_node_modules()


def install_node_modules() -> None:
    """What bench/package-lock.json pins; again only when it has changed."""
    stamp = BENCH / "node_modules/.lock.sha256"
    wanted = hashlib.sha256((BENCH / "package-lock.json").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    subprocess.run(["npm", "ci", *quiet], cwd=BENCH, check=True, stdout=subprocess.DEVNULL)
    stamp.write_text(wanted)
