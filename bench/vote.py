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
    heard, sealed = perform(hall, hall.poll), perform(hall, hall.secret_poll)
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
        },
        "secret votes": {
            "acknowledged": float(sealed.acked),
            "refused": float(sealed.refused),
            "p50 ms": sealed.answer_p50,
            "p99 ms": sealed.answer_p99,
            "seconds": sealed.seconds,
            "frames a second": float(sealed.busiest),
        },
    }
    return Findings(found, details)


def perform(hall: Hall, poll: str) -> Heard:
    vote = command("polls.vote", f'{{"poll":"{poll}","version":1,"answer":$N}}')
    with servers.ours(hall, say=vote) as scene:
        scene.crowd.enter(VOTERS)
        scene.crowd.rest(2)
        return scene.crowd.say(VOTES)
