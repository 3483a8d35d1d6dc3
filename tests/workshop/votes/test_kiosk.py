"""The way to a kiosk: by its link, to its page, until the link is closed."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse

from tests.workshop.conftest import ClientWithDoor, link_for, text_of
from tests.workshop.votes.held import of
from workshop import sessions
from workshop.feature import Refused
from workshop.features import FEATURES

pytestmark = pytest.mark.django_db(transaction=True)


async def came_by(held, role: str):
    client = ClientWithDoor(held.hub)
    link = await sync_to_async(link_for)(held.session, role)
    return client, await client.get(reverse("enter", args=[sessions.link_token(link)])), link


async def test_a_kiosk_comes_in_without_a_name_and_stays_one_seat(held):
    client, response, link = await came_by(held, "kiosk")

    assert response.url == of(held, "kiosk")
    assert (await client.get(response.url)).status_code == 200
    await client.get(reverse("enter", args=[sessions.link_token(link)]))
    assert await held.session.seats.acount() == 1


async def test_its_page_is_for_kiosks_alone_and_leads_nowhere(held):
    client, _, _ = await came_by(held, "kiosk")
    page = text_of(await client.get(of(held, "kiosk")))

    assert "<a " not in page.replace('<a class="skip" href="#content">', "")
    for role in ("", "participant", "facilitator", "note_taker", "screen"):
        other = await held.browser(role)
        assert (await other.get(of(held, "kiosk"))).status_code == 403, role


async def test_it_speaks_the_sessions_language_or_the_visitors_and_keeps_none(held):
    client, _, _ = await came_by(held, "kiosk")
    client.cookies["django_language"] = "en"

    for query, said in (
        ("", "fr"),
        ("?language=en", "en"),
        ("?language=co", "co"),
        ("?language=xx", "fr"),
    ):
        response = await client.get(of(held, "kiosk") + query)
        assert f'<html lang="{said}">' in text_of(response)
        assert "django_language" not in response.cookies


async def test_a_closed_link_takes_the_kiosk_out(held):
    client, _, link = await came_by(held, "kiosk")
    await sync_to_async(sessions.revoke_link)(link)

    assert (await client.get(of(held, "kiosk"))).status_code == 403


async def test_it_votes_where_kiosks_may_and_each_time_as_another(held):
    kiosk = (await held.browser("kiosk")).person
    poll = await held.opened(kiosk=True)
    await held.votes(kiosk, poll, "yes")
    await held.votes(kiosk, poll, "no")
    elsewhere = await held.opened()

    with pytest.raises(Refused, match="not-entitled"):
        await held.votes(kiosk, elsewhere, "yes")
    await held.published(await held.closed(poll))
    page = text_of(await (await held.browser()).get(of(held, "vote", poll)))
    assert "2 at a kiosk, where one ballot a person is not claimed." in page
    assert "<dt>Ballots in all</dt><dd>2</dd>" in page


def test_it_may_ask_nothing_but_to_vote():
    may = [name for each in FEATURES for name, (_, by) in each.rules.items() if "kiosk" in by]

    assert may == ["polls.vote"]


async def test_it_is_not_among_the_people(held):
    await held.browser("kiosk")
    poll = await held.opened(kiosk=True)
    await held.published(await held.closed(poll))
    page = text_of(await (await held.browser()).get(of(held, "vote", poll)))

    assert "<dt>Might vote</dt><dd>1</dd>" in page, "Hélène alone"
