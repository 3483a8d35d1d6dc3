"""Settings without the limits on rates: faults are to meet as much talk as there can be."""

from __future__ import annotations

from workshop.settings import *  # noqa: F403
from workshop.settings import LIMITS

FREELY = (100_000, 100_000)
TALK = ("chat.post", "room.chat.post", "polls.vote", "messages", "updates", "greetings")
LIMITS |= dict.fromkeys(TALK, FREELY)
LIMITS |= {"handshakes": FREELY, "sockets_per_address": 100_000, "unsaid": 10_000}
LIMITS["most"] = {}  # of a room's polls: a long session of ours has hundreds
