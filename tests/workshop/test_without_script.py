"""A session for browsers without script: what its page shows, and what its forms do."""

from __future__ import annotations

import re
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.http import QueryDict
from django.urls import reverse

from realtime.asgi import make_hub
from realtime.bus import MemoryBus
from realtime.demonstration import written
from tests.asked import asked, ballot
from tests.workshop.conftest import ClientWithDoor, sit, text_of
from workshop import sessions
from workshop.door import Unavailable
from workshop.feature import Refused
from workshop.models import Edit, Entry, Snapshot
from workshop.views.plain import understood

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = {"plan": asked("Which day?", ["Wednesday", "Saturday"])}


@pytest_asyncio.fixture
async def hub():
    hub = make_hub(MemoryBus())
    yield hub
    await hub.close()


class Guest:
    """Someone without script, and the room behind the pages."""

    def __init__(self, hub, session) -> None:
        self.hub, self.session, self.client = hub, session, ClientWithDoor(hub)
        self.client.cookies["django_language"] = "en"
        self.path = reverse("plain", args=[session.slug])
        self.person = None

    async def sit(self, name: str, role: str = "participant") -> Guest:
        seat = await sync_to_async(sit)(self.client, self.session, role, name)
        self.person = await self.hub.person(self.session.slug, sessions.person(seat))
        return self

    async def page(self) -> str:
        response = await self.client.get(self.path)
        assert response.status_code == 200
        return text_of(response)

    async def send(self, name: str, form: str = "", **fields: str):
        return await self.client.post(
            self.path, {"do": name, "form": form or str(uuid4()), **fields}
        )

    async def stop_time(self) -> None:
        """From now on no rate recovers."""
        async with self.hub.visit(self.session.slug) as visit:
            visit.rates.clock = lambda: 0.0

    async def does(self, name: str, ref: str = "", **fields: object) -> str:
        """What they do elsewhere, with script."""
        ref = ref or str(uuid4())
        await self.hub.submit(self.session.slug, name, self.person, ref, fields)
        return ref


@pytest_asyncio.fixture
async def ana(hub, session) -> Guest:
    return await Guest(hub, session).sit("Ana")


@pytest_asyncio.fixture
async def helene(hub, session) -> Guest:
    return await Guest(hub, session).sit("Hélène", "facilitator")


@pytest_asyncio.fixture
async def poll(helene) -> str:
    poll = await helene.does("polls.draft", **QUESTION)
    await helene.does("polls.open", poll=poll)
    return poll


async def happened(session, name: str) -> int:
    return await Entry.objects.filter(room=session.slug, name=name).acount()


def checked(page: str) -> list[str]:
    return re.findall(r'value="(\d)" required checked', page)


# Reading ----------------------------------------------------------------------------------


async def test_an_observer_reads_and_is_asked_for_a_name(hub, session, ana, poll):
    await ana.does("chat.post", text="Hello from the hall")
    page = await Guest(hub, session).page()

    assert "Hello from the hall" in page
    assert "Which day?" in page
    assert f'href="{reverse("join_with_code", args=[session.code])}"' in page
    assert "Your message, to the whole room" not in page
    assert "<fieldset disabled>" in page


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ((), "The session starts at 9:00, Wednesday 23 September 2026."),
        (("stage.go_live",), "8001/demo/live.m3u8"),
        (("stage.go_live", "stage.end"), "The plenary has ended."),
    ],
)
async def test_it_says_whether_the_plenary_is_on(ana, helene, commands, words):
    for command in commands:
        await helene.does(command, **({"source": "demo"} if command == "stage.go_live" else {}))

    assert words in await ana.page()


async def test_it_shows_the_newest_fifty_messages_in_their_order(ana):
    for n in range(52):
        await ana.does("chat.post", text=f"message {n}.")
    page = await ana.page()

    assert re.findall(r"message (\d+)\.", page) == [str(n) for n in range(2, 52)]


async def test_what_was_taken_back_is_not_shown(ana):
    message = await ana.does("chat.post", text="a slip of the tongue")
    await ana.does("chat.remove", id=message)
    page = await ana.page()

    assert "a slip of the tongue" not in page
    assert "Message removed" in page


async def test_nobody_sees_a_draft_nor_how_others_voted(hub, session, ana, helene, poll):
    await helene.does("polls.draft", plan=asked("A secret question?", ["x", "y"]))
    await ana.does("polls.vote", **ballot(poll, 1))
    chi = await Guest(hub, session).sit("Chi")

    assert "Your vote is counted: Saturday" in await ana.page()
    for page in (await ana.page(), await chi.page(), await helene.page()):
        assert "A secret question?" not in page
    assert "Your vote is counted" not in await chi.page()
    assert checked(await chi.page()) == []


async def test_a_result_is_told_in_numbers_by_place(ana, helene, poll):
    for option in (1, 0, 0, 0, 0, 0):
        voter = ana if option else await Guest(ana.hub, ana.session).sit("Another")
        await voter.does("polls.vote", **ballot(poll, option))
    await helene.does("polls.close", poll=poll)
    assert "The result will be published." in await ana.page()
    await helene.does("polls.publish", poll=poll)
    page = re.sub(r"<[^>]*>", " ", await ana.page())

    assert re.search(r"Wednesday\s+5\s+83%\s+Saturday\s+1\s+17%", page)
    assert "0 votes in the hall" in page
    assert "6 remote votes" in page
    assert "Shares are of all votes" in page


async def test_what_people_write_is_only_words(ana, helene):
    await ana.does("chat.post", text="<script>alert(1)</script>")
    await helene.does("polls.draft", "00000000-0000-4000-8000-000000000001", **TRICKY)
    await helene.does("polls.open", poll="00000000-0000-4000-8000-000000000001")

    assert "<script>alert" not in await ana.page()


TRICKY = {"plan": asked("<script>alert(2)</script>", ["<script>alert(3)</script>", "b"])}


# Writing and voting -----------------------------------------------------------------------


async def test_a_message_is_sent_and_the_page_read_anew(ana):
    response = await ana.send("chat.post", text="Bonghjornu\r\nà tutti")

    assert response.status_code == 302
    assert response.url == f"{ana.path}?done=chat.post#said"
    page = (await ana.client.get(response.url)).content.decode()
    assert "Your message is sent." in page
    assert "Bonghjornu\nà tutti" in page


async def test_a_form_that_is_sent_twice_counts_once(ana, session):
    form = str(uuid4())
    for _ in range(2):
        assert (await ana.send("chat.post", form, text="once")).status_code == 302

    assert await happened(session, "chat.post") == 1


async def test_a_form_that_has_something_else_in_it_is_another(ana, session):
    form = str(uuid4())
    for text in ("first", "second"):
        await ana.send("chat.post", form, text=text)

    assert await happened(session, "chat.post") == 2


async def test_two_people_with_the_same_form_are_two(hub, session, ana):
    form, chi = str(uuid4()), await Guest(hub, session).sit("Chi")

    assert (await ana.send("chat.post", form, text="me")).status_code == 302
    response = await chi.send("chat.post", form, text="me")

    assert response.status_code == 409
    assert "(ref-taken)" in text_of(response)


async def test_a_vote_is_counted_once_and_may_be_changed(ana, session, poll):
    response = await ana.send("polls.vote", poll=poll, version="1", kind="single", option="0")
    assert "Your vote is counted." in text_of(await ana.client.get(response.url))
    assert checked(await ana.page()) == ["0"]

    await ana.send("polls.vote", poll=poll, version="1", kind="single", option="1")

    page = await ana.page()
    assert checked(page) == ["1"]
    assert "Your vote is counted: Saturday" in page


async def test_one_says_that_one_is_elsewhere_now(ana, helene):
    await ana.send("people.move", place="hall")

    assert 'value="hall" aria-pressed="true"' in await ana.page()


async def test_a_vote_that_comes_too_late_is_refused_in_words(ana, helene, poll):
    await helene.does("polls.close", poll=poll)
    response = await ana.send("polls.vote", poll=poll, version="1", kind="single", option="0")

    assert response.status_code == 409
    assert "This was not done." in text_of(response)
    assert "The vote is not open any more." in text_of(response)


async def test_an_observer_who_asks_is_told_to_join(hub, session):
    response = await Guest(hub, session).send("chat.post", text="let me in")

    assert response.status_code == 403
    assert "Join first" in text_of(response)
    assert await happened(session, "chat.post") == 0


async def test_a_flood_is_slowed_and_loses_no_word(ana, session):
    form = str(uuid4())
    await ana.stop_time()
    answers = [await ana.send("chat.post", form, text=f"flood {n} & co") for n in range(6)]
    page = answers[-1].content.decode()

    assert [each.status_code for each in answers[:5]] == [302] * 5
    assert answers[-1].status_code == 429
    assert "This came too fast" in page
    assert "flood 5 &amp; co</textarea>" in page
    assert f'name="form" value="{form}"' in page
    assert await happened(session, "chat.post") == 5


async def test_one_has_no_more_in_all_than_on_a_socket(ana):
    await ana.stop_time()
    async with ana.hub.visit(ana.session.slug) as visit:
        visit.rates.limits = visit.rates.limits | {"people.move": (20, 1000)}
    answers = [await ana.send("people.move", place="hall") for _ in range(61)]

    assert [each.status_code for each in answers] == [302] * 60 + [429]


async def test_a_crowd_is_slowed_here_too_and_no_facilitator(hub, session, ana, helene):
    await ana.stop_time()
    async with hub.visit(session.slug) as visit:
        visit.rates.limits = visit.rates.limits | {"room.chat.post": (1, 1)}
    chi = await Guest(hub, session).sit("Chi")
    answers = [await each.send("chat.post", text="me too") for each in (ana, chi, helene)]

    assert [each.status_code for each in answers] == [302, 429, 302]


async def test_nobody_takes_a_ref_of_the_server_s(hub, session, ana):
    with pytest.raises(Refused, match="malformed"):
        await hub.ask(session.slug, "chat.post", ana.person, "polls.count:1", {"text": "x"})


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"do": "chat.post", "form": "x", "text": "no form"},
        {"do": "chat.post", "form": str(uuid4())},
        {"do": "chat.post", "form": str(uuid4()), "text": "  "},
        {"do": "chat.post", "form": str(uuid4()), "text": "x" * 2001},
        {"do": "polls.vote", "form": str(uuid4()), "poll": "p", "version": 1, "answer": "x"},
        {"do": "people.move", "form": str(uuid4()), "place": "the moon"},
        {"do": "polls.draft", "form": str(uuid4()), "question": "?", "options": "a"},
    ],
)
async def test_what_cannot_be_read_is_refused(helene, session, form):
    before = await Entry.objects.filter(room=session.slug).acount()
    response = await helene.client.post(helene.path, form)

    assert response.status_code == 400
    assert "This could not be read." in text_of(response)
    assert await Entry.objects.filter(room=session.slug).acount() == before


async def test_a_page_elsewhere_asks_nothing(ana, session):
    ana.client.handler.enforce_csrf_checks = True

    assert (await ana.send("chat.post", text="forged")).status_code == 403
    assert await happened(session, "chat.post") == 0


async def test_what_could_not_be_stored_is_still_in_the_form(ana, monkeypatch):
    async def ask(*arguments):
        raise Unavailable

    monkeypatch.setattr(ana.hub, "ask", ask)
    response = await ana.send("chat.post", text="worth keeping")

    assert response.status_code == 503
    assert "could not be stored just now" in text_of(response)
    assert "worth keeping</textarea>" in response.content.decode()


# Doors ------------------------------------------------------------------------------------


async def test_closed_doors_are_closed_here_too(hub, session):
    session.doors_open = False
    await session.asave()
    guest = Guest(hub, session)

    for name in ("plain", "plain_minutes"):
        response = await guest.client.get(reverse(name, args=[session.slug]))
        assert response.status_code == 403
        assert "The doors are closed" in text_of(response)


async def test_whoever_was_removed_observes(ana, helene):
    await helene.does("people.remove", person=ana.person.id)

    assert "You are watching" in await ana.page()
    assert (await ana.send("chat.post", text="still here")).status_code == 403


@pytest.mark.parametrize("name", ["plain", "plain_minutes"])
def test_there_is_no_page_of_no_session(client, db, name):
    assert client.get(reverse(name, args=["nowhere"])).status_code == 404


def test_without_a_room_it_says_so(client, session):
    path = reverse("plain", args=[session.slug])

    assert client.get(path).status_code == 503
    assert client.post(path, {"do": "chat.post"}).status_code == 503


@pytest.mark.parametrize("page", ["room", "console", "minutes"])
def test_the_pages_with_script_lead_here(client, session, page):
    sit(client, session, "facilitator")
    shown = text_of(client.get(reverse(page, args=[session.slug])))
    without = " ".join(re.findall(r"<noscript>(.*?)</noscript>", shown))

    assert f'href="{reverse("plain", args=[session.slug])}"' in without


# The minutes ------------------------------------------------------------------------------


async def minutes(guest: Guest) -> str:
    return text_of(await guest.client.get(reverse("plain_minutes", args=[guest.session.slug])))


async def test_the_minutes_are_read_as_they_are_stored(hub, session, ana, helene):
    assert "Nothing is written yet." in await minutes(ana)

    async with hub.visit(session.slug) as visit:
        document = await visit.document()
        await document.write(written([("heading", "Opening"), ("item", "<b>")]), helene.person.id)

    page = await minutes(ana)
    assert "<h2>Opening</h2>" in page
    assert "<li><p>&lt;b&gt;</p></li>" in page


async def test_the_minutes_begin_at_the_last_snapshot(hub, session, ana, helene):
    async with hub.visit(session.slug) as visit:
        document = await visit.document()
        for words in ("Opening", "Later"):
            await document.write(written([("heading", words)]), helene.person.id)
    first = await Edit.objects.aget(document=session.slug, seq=1)
    here = {"document": session.slug, "epoch": session.epoch}
    await Snapshot.objects.acreate(**here, seq=1, state=first.update)
    await first.adelete()

    page = await minutes(ana)
    assert "<h2>Opening</h2>" in page
    assert "<h2>Later</h2>" in page


async def test_the_minutes_of_another_life_are_not_shown(hub, session, ana, helene):
    async with hub.visit(session.slug) as visit:
        document = await visit.document()
        await document.write(written([("heading", "Before")]), helene.person.id)
    await Edit.objects.filter(document=session.slug).aupdate(epoch="another")

    assert "Before" not in await minutes(ana)


def test_nobody_tries_with_the_form_and_the_log_what_was_voted(settings):
    said = {"do": "polls.vote", "form": str(uuid4()), "poll": "p", "version": "1"}
    form = QueryDict(urlencode(said | {"kind": "single", "option": "1"}))
    _, ref, _ = understood(form)
    assert understood(form)[1] == ref

    settings.SECRET_KEY = "another"
    assert understood(form)[1] != ref
