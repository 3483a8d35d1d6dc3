"""Named versions: a place in the history is given a name on its page."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse

from tests.workshop.conftest import ClientWithDoor, sit
from tests.workshop.test_past import write
from workshop.door import Unavailable
from workshop.feature import Refused

pytestmark = pytest.mark.django_db(transaction=True)


class Door:
    """Hears what is asked; refuses a second time."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict]] = []

    async def person(self, room, seat):
        return seat

    async def ask(self, room, name, by, ref, fields):
        self.asked.append((name, dict(fields)))
        if len(self.asked) > 1:
            raise Refused("name-taken")
        return 1


class Away:
    """The room cannot be asked who is there."""

    async def person(self, room, seat):
        raise Unavailable


@pytest.mark.parametrize(
    ("page", "method", "status"),
    [
        ("minutes_edits", "get", 503),
        ("minutes_text", "get", 503),
        ("minutes_final_file", "get", 503),
        ("minutes_name", "post", 503),
        ("minutes_begin", "post", 302),  # to the minutes, which say it themselves
    ],
)
async def test_pages_say_that_the_room_is_away(session, page, method, status):
    client = ClientWithDoor(Away())
    await sync_to_async(sit)(client, session, "note_taker", "Nina")
    ask = getattr(client, method)
    answer = await ask(reverse(page, args=[session.slug]), {"kind": "agenda", "name": "Avant"})

    assert answer.status_code == status


async def come(session, role: str) -> ClientWithDoor:
    client = ClientWithDoor(Door())
    await sync_to_async(sit)(client, session, role, "Nina")
    await sync_to_async(write)(session, "Un mot")
    return client


async def test_a_note_taker_names_a_place_and_is_told_if_the_name_is_taken(session):
    client = await come(session, "note_taker")
    page = reverse("minutes_history", args=[session.slug])
    assert "version-name" in (await client.get(page)).content.decode()
    named = {"name": "Avant la pause", "edit": "1"}
    answer = await client.post(reverse("minutes_name", args=[session.slug]), named)
    assert answer.url == f"{page}?at=1"
    assert client.door.asked == [("minutes.name_version", {"name": "Avant la pause", "edit": 1})]

    again = await client.post(reverse("minutes_name", args=[session.slug]), named)
    assert again.status_code == 409
    assert "porte déjà ce nom" in again.content.decode()


async def test_participants_are_offered_no_name(session):
    client = await come(session, "participant")
    page = await client.get(reverse("minutes_history", args=[session.slug]))

    assert "version-name" not in page.content.decode()
