"""The page of a result: who may see it, what it says, and that it says no more."""

from __future__ import annotations

import hashlib
import json
import re

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse

from tests.features.given import FACILITATOR
from tests.features.polled import Polled
from tests.workshop.conftest import text_of
from tests.workshop.votes.held import THREE, Held, of
from workshop import archive, past
from workshop.erasure import Erasure
from workshop.features.polls.poll import Result
from workshop.votes.publication import publication

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = {"kind": "text"}
EVIL = "<script>alert(1)</script>"


def every_address(held: Held, poll: str) -> list[str]:
    tables = ("results", "parts", "turnout", "ballots", "method")
    return [
        *(of(held, name, poll) for name in ("vote", "vote_workbook", "vote_ballots", "vote_codes")),
        *(of(held, "vote_table", poll, table) for table in tables),
    ]


async def result_of(held: Held, poll: str) -> Result:
    read = sync_to_async(archive.everything_of)
    found = (await read(held.session, Result)).find(Result, poll)
    assert found
    return found


# Who ---------------------------------------------------------------------------------------


async def test_before_it_is_published_there_is_nothing_but_for_those_who_run_it(held, maria):
    poll = await held.opened("public")
    ana = await held.browser("participant", "Ana")
    await held.votes(ana.person, poll, "yes")
    people = [ana, await held.browser(), await held.browser("note_taker", "Nina")]
    organiser = await held.browser()
    await sync_to_async(organiser.force_login)(maria)
    runs = [await held.browser("facilitator", "Rita"), organiser]

    for each in [*people, *runs]:
        assert (await each.get(of(held, "vote", poll))).status_code == 404, "while it is open"
    await held.closed(poll)
    for each in people:
        for address in every_address(held, poll):
            assert (await each.get(address)).status_code == 404, address
    for each in runs:
        page = await each.get(of(held, "vote", poll))
        assert page.status_code == 200
        assert "Not published yet" in text_of(page)
        assert "Who voted what" not in text_of(page), "not before everybody sees it"
        assert b"Ana" not in (await each.get(of(held, "vote_table", poll, "ballots"))).content


async def test_once_published_everyone_sees_it_as_long_as_they_may_read_the_room(held, petru):
    poll = await held.whole("confidential", THREE)
    observer = await held.browser()
    other = await held.browser()
    await sync_to_async(other.force_login)(petru)

    for each in (observer, other):
        assert (await each.get(of(held, "vote", poll))).status_code == 200
        assert (await each.get(of(held, "votes_workbook"))).status_code == 200
    seated = await held.browser("participant", "Dan")
    held.session.doors_open = False
    await held.session.asave()
    assert (await observer.get(of(held, "vote", poll))).status_code == 403
    assert (await observer.get(of(held, "vote_workbook", poll))).status_code == 404
    assert (await other.get(of(held, "votes_workbook"))).status_code == 404
    assert (await seated.get(of(held, "vote", poll))).status_code == 200


async def test_what_is_not_there_is_not_found(held):
    poll = await held.whole("confidential", THREE)
    client = await held.browser()

    for address in (
        of(held, "vote", "nothing"),
        of(held, "vote_ballots", poll),
        of(held, "vote_codes", poll),
        of(held, "vote_table", poll, "everything"),
        of(held, "votes_table", "everything"),
        reverse("vote", args=["elsewhere", poll]),
    ):
        assert (await client.get(address)).status_code == 404, address
    assert (await client.post(of(held, "vote", poll))).status_code == 405


# What --------------------------------------------------------------------------------------


async def test_it_says_how_the_vote_was_held(held):
    poll = await held.opened("confidential", grace=5, kiosk=True)
    await held.votes(await held.seat("Ana"), poll, "yes")
    kiosk = await held.browser("kiosk")
    await held.votes(kiosk.person, poll, "no")
    await held.votes(kiosk.person, poll, "yes")
    sheet = {"poll": poll, "channel": "hands", "lines": [["no", 3]], "voters": 3}
    entered = await held.does(await held.host(), "polls.enter", **sheet)
    await held.does(await held.seat("Nina", "note_taker"), "polls.confirm", sheet=entered)
    await held.does(await held.host(), "polls.close", poll=poll)
    async with held.hub.visit(held.session.slug) as visit:
        now = visit.room.clock
        visit.room.clock = lambda: now() + 60
        await held.does_end(poll)
    await held.published(poll)
    page = text_of(await (await held.browser()).get(of(held, "vote", poll)))

    for words in (
        "More trains?",
        "For or against",
        "Confidential vote",
        "3 people; typed in by Hélène, confirmed by Nina.",
        "(one ballot a person is not claimed)",
        "were waited for 5 seconds",
        "Shares are of those for and against",
        "<dt>Might vote</dt><dd>3</dd>",
        "<dt>Ballots in all</dt><dd>6</dd>",
    ):
        assert words in page, words


async def test_a_confidential_vote_names_nobody(held):
    poll = await held.whole("confidential", THREE)
    client = await held.browser()

    for address in (of(held, "vote", poll), of(held, "vote_table", poll, "ballots")):
        page = (await client.get(address)).content.decode()
        assert not re.search(r"\b(Ana|Ben|Chi)\b", page)


async def test_a_public_vote_says_who_voted_what(held):
    poll = await held.whole("public", THREE)
    gone = await sync_to_async(held.session.seats.get)(name="Ben")
    await held.does(await held.host(), "people.remove", person=str(gone.pk))
    page = text_of(await (await held.browser()).get(of(held, "vote", poll)))

    assert re.findall(r'<th scope="row">([^<]+)</th><td>(For|Against)</td></tr>', page) == [
        ("Ana", "For"), ("Chi", "Against"), ("someone who has left", "For"),
    ]  # fmt: skip


async def test_at_a_kiosk_nobody_is_known(held):
    pages = []
    for secrecy in ("public", "secret"):
        poll = await held.opened(secrecy, kiosk=True)
        await held.votes(await held.seat("Ana"), poll, "no", "ABCDEFGHJ2" * (secrecy == "secret"))
        await held.votes((await held.browser("kiosk")).person, poll, "yes")
        await held.published(await held.closed(poll, secrecy == "secret"))
        pages.append(text_of(await (await held.browser()).get(of(held, "vote", poll))))

    assert '<th scope="row">At a kiosk</th><td>For</td>' in pages[0]
    assert re.findall(r"<li>([^<]+)</li>", pages[1]) == ["Ana"]
    assert not [page for page in pages if "someone who has left" in page]


async def test_a_secret_vote_says_who_has_voted_and_in_no_order_what(held):
    poll = await held.whole("secret", {name: THREE[name] for name in ("Chi", "Ana", "Ben")})
    client = await held.browser()
    page = text_of(await client.get(of(held, "vote", poll)))
    result = await result_of(held, poll)
    ballots = (await client.get(of(held, "vote_ballots", poll))).content
    codes = (await client.get(of(held, "vote_codes", poll))).content

    assert ballots == b'"no"\n"yes"\n"yes"\n'
    assert codes == b"ABCDEFGHJ2\nABCDEFGHJ3\nABCDEFGHJ4\n"
    assert hashlib.sha256(ballots).hexdigest() == result.ballots_sha256
    assert hashlib.sha256(codes).hexdigest() == result.codes_sha256
    assert result.ballots_sha256 in page
    assert result.codes_sha256 in page
    assert re.findall(r"<li>([^<]+)</li>", page) == ["Ana", "Ben", "Chi"]
    assert "not for elections" in page


async def test_words_that_the_law_took_out_of_a_list_are_told_to_be_gone(held):
    answers = {"Ana": "call Petru Casanova", "Ben": "trams"}
    poll = await held.whole("secret", answers, form=TEXT)
    client = await held.browser()
    await sync_to_async(past.erase)(held.session, Erasure("Petru Casanova"), 7, 0.0)
    await held.hub.renew_room(held.session.slug)
    page = text_of(await client.get(of(held, "vote", poll)))

    assert "Petru" not in page
    assert b"Petru" not in (await client.get(of(held, "vote_ballots", poll))).content
    assert "words were taken out of the list" in page


async def test_the_round_before_stands_beside_it(held):
    first = await held.whole("confidential", {"Ana": "no"})
    second = await held.does(await held.host(), "polls.again", poll=first)
    client = await held.browser("facilitator", "Rita")
    await held.does(await held.host(), "polls.open", poll=second)
    await held.votes(await held.seat("Ben"), second, "yes")
    await held.closed(second)
    page = text_of(await client.get(of(held, "vote", second)))

    assert "Compared with the round before" in page
    assert f'<a href="{of(held, "vote", first)}">Round 1</a>' in page
    assert "Round 2" in page


async def test_parts_that_could_tell_a_vote_are_withheld_and_named(held):
    poll = await held.opened("confidential", kiosk=True)
    for n in range(6):
        await held.votes(await held.seat(f"P{n}"), poll, "yes")
    await held.votes((await held.browser("kiosk")).person, poll, "no")
    await held.published(await held.closed(poll))
    page = text_of(await (await held.browser()).get(of(held, "vote", poll)))

    assert "Not told apart" in page
    assert "Remote, At a kiosk" in page
    assert "By part of the voters" not in page
    data = json.loads(re.search(r'<script id="vote-data"[^>]*>(.*?)</script>', page)[1])
    assert [part["outcome"] for part in data["parts"]] == [None, None]


async def test_whatever_was_written_is_shown_as_words(held):
    form = {"kind": "single", "options": [EVIL, "b"]}
    poll = await held.whole("public", {EVIL: 0, "Ben": 1}, form=form, question=EVIL)
    secret = await held.whole("secret", {"Ana": EVIL}, form=TEXT, question=EVIL)
    client = await held.browser("facilitator", "Rita")

    for address in (of(held, "vote", poll), of(held, "vote", secret), of(held, "organise_votes")):
        page = (await client.get(address)).content.decode()
        assert EVIL not in page
        assert "alert(1)" in page
    response = await client.get(of(held, "vote_ballots", secret))
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_round_is_told_with_the_one_before_and_no_other():
    """With all of them, two hundred rounds were twenty thousand publications, for whoever asked."""
    given = Polled()
    for poll in ("c1", "c5", "c9"):
        for step in ("open", "close", "publish", "again"):
            given.done(FACILITATOR, step, poll=poll)
    third = publication(given.records, "c9", runs=False)

    assert (third.before.poll.id, third.before.before) == ("c5", None)
