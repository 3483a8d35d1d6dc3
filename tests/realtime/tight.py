"""Settings with limits so tight that a test reaches them."""

from __future__ import annotations

from workshop.settings import *  # noqa: F403
from workshop.settings import LIMITS

LIMITS |= {
    "sockets_per_room": 2,
    "sockets_per_address": 4,
    "unsaid": 2,
    "stuck_after": 1.0,
    "chat.post": (10_000, 10_000),
    "room.chat.post": (10_000, 10_000),
    "messages": (10_000, 10_000),
}
