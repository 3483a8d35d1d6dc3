"""The encoder: one supervised ffmpeg per broadcast, writing one-second fMP4 segments.

Each run of ffmpeg has a folder of its own, so that no cache can mix two runs; `live.m3u8`, a master
playlist that is replaced at once, says which run is current. It appears with the first segments and
disappears with the picture, so that a player never reads an empty playlist.
"""

from __future__ import annotations

import asyncio
import ctypes
import logging
import shutil
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from realtime.limits import Clock

logger = logging.getLogger(__name__)

LOOK = 0.25  # seconds between looks at what the encoder has written
STALE = 5.0  # seconds without a new segment after which an encoder is taken to be stuck
RETRY = 1.0  # seconds before it is started again
SETTLED = 2  # segments before the picture is announced: players start with two
FONT = Path(__file__).parent / "clock.ttf"
KEPT_RUNS = 2

SEGMENTS = (
    "-f hls -hls_time 1 -hls_list_size 300 -hls_delete_threshold 30 -hls_segment_type fmp4 "
    "-hls_fmp4_init_filename init.mp4 -hls_segment_filename {run}/%06d.m4s "
    "-hls_flags delete_segments+independent_segments+program_date_time+temp_file {run}/index.m3u8"
)
ENCODING = (
    "-c:v libx264 -preset ultrafast -tune zerolatency -profile:v main -pix_fmt yuv420p "
    "-g 25 -keyint_min 25 -sc_threshold 0 -b:v 600k -maxrate 900k -bufsize 900k "
    "-c:a aac -b:a 64k -ar 48000"
)


class Encoder:
    """Keeps one broadcast going.

    `inputs` are ffmpeg's arguments up to the encoding; `live` is whether its picture arrives.
    """

    def __init__(self, ffmpeg: str, inputs: Sequence[str], folder: Path, clock: Clock) -> None:
        self.ffmpeg, self.inputs, self.folder, self.clock = ffmpeg, inputs, folder, clock
        self.live = False
        self.process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Encode until cancelled, starting again whenever the encoder dies or sticks."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            while True:
                try:
                    await self._encode(self._new_run())
                except Exception:
                    logger.exception("the encoder of %s cannot be started", self.folder.name)
                await asyncio.sleep(RETRY)
        finally:
            self._announce(None)

    def _new_run(self) -> Path:
        """An empty folder; those of earlier runs go, but for the last, which someone may still be
        watching."""
        runs = sorted(each for each in self.folder.iterdir() if each.is_dir())
        for old in runs[: -KEPT_RUNS + 1]:
            shutil.rmtree(old, ignore_errors=True)
        run = self.folder / f"{int(self.clock() * 1000):x}"
        run.mkdir()
        return run

    async def _encode(self, run: Path) -> None:
        arguments = [*self.inputs, *ENCODING.split(), *SEGMENTS.format(run=run).split()]
        self.process = await asyncio.create_subprocess_exec(
            self.ffmpeg,
            *("-hide_banner", "-loglevel", "error", "-nostdin", "-nostats"),
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            preexec_fn=die_with_parent,
            start_new_session=True,  # Ctrl-C is ours to answer: it would else look like an accident
        )
        try:
            await self._watch(run, self.process)
        finally:
            self._announce(None)
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
        logger.warning("the encoder of %s stopped; starting it again", self.folder.name)

    async def _watch(self, run: Path, process: asyncio.subprocess.Process) -> None:
        """Return when the process has ended, or writes nothing any more."""
        written, since = 0, self.clock()
        while process.returncode is None and self.clock() - since < STALE:
            await asyncio.sleep(LOOK)
            count = newest(run)
            if count > written:
                written, since = count, self.clock()
            if written >= SETTLED and not self.live:
                self._announce(run)

    def _announce(self, run: Path | None) -> None:
        self.live = run is not None
        playlist = self.folder / "live.m3u8"
        if run is None:
            playlist.unlink(missing_ok=True)
            return
        new = playlist.with_suffix(".new")
        new.write_text(f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=900000\n{run.name}/index.m3u8\n")
        new.replace(playlist)


def newest(run: Path) -> int:
    """How many segments this run has written."""
    return max((int(each.stem) + 1 for each in run.glob("*.m4s")), default=0)


def demo_inputs(title: str) -> list[str]:
    """A moving picture with the hour burnt in, and a soft tick each second."""
    # A soft gradient, made small: full size takes a quarter of a core, this a twentieth.
    picture = (
        "gradients=s=214x120:r=25:n=3:speed=0.02:type=radial:c0=0x0b1512:c1=0x14533f:c2=0x1d3a30,"
        "scale=854:480"
    )
    sound = "aevalsrc='0.1*sin(2*PI*440*t)*exp(-9*mod(t,1))':s=48000:c=mono"
    return [
        *("-re", "-f", "lavfi", "-i", picture),
        *("-re", "-f", "lavfi", "-i", sound),
        *("-vf", ",".join((burnt("%{localtime\\:%H\\\\\\:%M\\\\\\:%S}", 104, "(h-th)/2"),
                           burnt(title, 30, "h*0.28"), band()))),
    ]  # fmt: skip


def burnt(text: str, size: int, y: str) -> str:
    style = f"fontfile={FONT}:fontsize={size}:fontcolor=white"
    return f"drawtext={style}:x=(w-tw)/2:y={y}:text='{text}'"


def band() -> str:
    """A yellow band that crosses the foot of the picture each minute."""
    return "drawbox=x=0:y=ih-10:h=10:w=iw:color=0xffcf3f@0.35:t=fill"


def die_with_parent() -> None:
    """Ask Linux to end this process with the one that started it, however that one ends."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # 1 is PR_SET_PDEATHSIG
