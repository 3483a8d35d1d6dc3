"""P9: five thousand people vote within ten seconds."""

from __future__ import annotations

from bench import servers
from bench.hall import Hall
from bench.load import Heard, Talk, command
from bench.results import Findings, Results

VOTERS = 5000
WITHIN = 10.0  # seconds
VOTES = Talk(count=VOTERS, period=WITHIN / VOTERS, speakers=VOTERS)


def play(hall: Hall, numbers: set[str]) -> Findings:
    heard = perform(hall)
    found: Results = {
        "P9": {
            "acked": float(heard.acked),
            "p99_ms": heard.answer_p99,
            "frames_per_s": float(heard.busiest),
        }
    }
    details: Results = {
        "votes": {
            "refused": float(heard.refused),
            "p50 ms": heard.answer_p50,
            "p99 ms": heard.answer_p99,
            "seconds": heard.seconds,
            "frames a socket": heard.all_frames / VOTERS,
        }
    }
    return Findings(found, details)


def perform(hall: Hall) -> Heard:
    vote = command("polls.vote", f'{{"poll":"{hall.poll}","version":1,"answer":$N}}')
    with servers.ours(hall, say=vote) as scene:
        scene.crowd.enter(VOTERS)
        scene.crowd.rest(2)
        return scene.crowd.say(VOTES)
