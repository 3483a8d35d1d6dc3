"""`manage.py demo`: make the demonstration day or set its times around now; print its links."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from realtime import demonstration
from realtime.asgi import make_hub
from realtime.bus import MemoryBus
from workshop import sessions
from workshop.models import Link, Session


class Command(BaseCommand):
    help = "Make the demonstration day and print its links."

    def handle(self, *args: Any, **options: Any) -> None:
        made = demonstration.seed()
        asyncio.run(tell(made))
        self.stdout.write(links(made["pleniere"]))


async def tell(made: dict[str, Session]) -> None:
    await demonstration.tell(make_hub(MemoryBus()), made)


def links(session: Session) -> str:
    """The ways into the live session, for a terminal."""
    base = address()
    ways = {
        "Programme": base + reverse("home"),
        "Join with code": f"{session.code}   {base}{join(session)}",
        "Facilitator": base + way(session, "facilitator"),
        "Note-taker": base + way(session, "note_taker"),
        "Projector": base + way(session, "screen"),
        "Organiser": f"{base}{reverse('organise')}   {demonstration.ACCOUNT} / "
        f"{demonstration.password()}",
    }
    rows = "\n".join(f"  {name:<15} {where}" for name, where in ways.items())
    return f"\n  Assises de la médiation numérique, live at {base}\n\n{rows}\n"


def join(session: Session) -> str:
    return reverse("join_with_code", args=[session.code])


def way(session: Session, role: str) -> str:
    link = Link.objects.filter(session=session, role=role, revoked=None).latest("pk")
    return reverse("enter", args=[sessions.link_token(link)])


def address() -> str:
    """Where people reach this server, as well as it can know."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL).rstrip("/")
    host = own_address() if settings.HOST in ("0.0.0.0", "::") else settings.HOST  # noqa: S104
    return f"http://{host}:{settings.PORT}"


def own_address() -> str:
    """This machine's address on its network: the one it would write from. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
