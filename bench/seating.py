"""Fills a hall: `python -m bench.seating PEOPLE`, on an empty DATA_DIR.

One session with as many people, each with a seat in the database and seated in the room by its own
commands, and a poll that is open. Writes their tokens into `seats`, and what one must know of the
room into `hall.json`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid4

import django
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

django.setup()

from django.contrib.auth.models import User  # noqa: E402 - models need Django to be set up

from realtime.asgi import hub  # noqa: E402
from workshop import sessions  # noqa: E402
from workshop.models import Seat, Session  # noqa: E402
from workshop.people import Person  # noqa: E402

AT_ONCE = 500
SCRIBES = 50
FORM = {"kind": "single", "options": ["One", "Two", "Three", "Four"]}
PLAN = {"question": "Which project comes first?", "form": FORM, "live": ["desk", "phones"]}
POLLS = {"poll": {"plan": PLAN}, "secret_poll": {"plan": PLAN | {"secrecy": "secret"}}}


def main(people: int) -> None:
    call_command("migrate", verbosity=0)
    session = make_session()
    facilitator = Seat.objects.create(session=session, name="Ghjulia", role="facilitator")
    seats = Seat.objects.bulk_create(
        Seat(session=session, name=f"Person {n}", place=("hall", "remote")[n % 2])
        for n in range(people)
    )
    scribes = Seat.objects.bulk_create(
        Seat(session=session, name=f"Scribe {n}", role="note_taker") for n in range(SCRIBES)
    )
    write_tokens("seats", seats)
    write_tokens("scribes", [*scribes, *seats])
    everyone = [sessions.person(seat) for seat in (facilitator, *scribes, *seats)]
    told = {"room": session.slug} | asyncio.run(fill(session.slug, everyone))
    (settings.DATA_DIR / "hall.json").write_text(json.dumps(told))


def write_tokens(name: str, seats: Iterable[Seat]) -> None:
    tokens = "".join(f"{sessions.seat_token(seat)}\n" for seat in seats)
    (settings.DATA_DIR / name).write_text(tokens)


def make_session() -> Session:
    organiser = User.objects.create(username="organiser")
    day = sessions.create_day(organiser, title="A day")
    now = timezone.now()
    return sessions.create_session(
        day, title="A plenary", starts=now, ends=now + timedelta(hours=2)
    )


async def fill(room: str, everyone: list[Person]) -> dict[str, str]:
    """Let everyone sit down, and the first of them open the polls. Returns their ids."""
    async with hub.visit(room):
        for first in range(0, len(everyone), AT_ONCE):
            some = everyone[first : first + AT_ONCE]
            await asyncio.gather(*(hub.person(room, each) for each in some))
        ids = {name: str(uuid4()) for name in POLLS}
        for name, id in ids.items():
            await hub.submit(room, "polls.draft", everyone[0], id, POLLS[name])
            await hub.submit(room, "polls.open", everyone[0], str(uuid4()), {"poll": id})
    await hub.close()
    return ids


if __name__ == "__main__":
    main(int(sys.argv[1]))
