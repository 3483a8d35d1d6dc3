"""Groups of people on the pages: the organiser defines them, whoever joins is asked, and nobody
else is told."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.urls import reverse

from realtime.asgi import make_hub
from realtime.bus import MemoryBus
from tests.asked import asked, ballot
from tests.workshop.conftest import ClientWithDoor, scheduled, text_of
from tests.workshop.test_without_script import Guest
from workshop import past, sessions
from workshop.door import Unavailable
from workshop.erasure import ERASED, Erasure
from workshop.feature import Refused
from workshop.features.people.rules import Axis
from workshop.forms import lines
from workshop.models import Seat, Session
from workshop.people import OBSERVER, SYSTEM, Person

pytestmark = pytest.mark.django_db(transaction=True)

COMMUNE = {"name": "Commune", "values": "Ajaccio\r\n Bastia \r\n\r\n", "declared": "self"}
AGE = {"name": "Âge", "values": "< 15 ans\n15-25 ans", "declared": "self", "consent": "< 15 ans"}
COLLEGE = {"name": "Collège", "values": "A\nB", "declared": "staff"}


@pytest_asyncio.fixture
async def hub():
    hub = make_hub(MemoryBus())
    yield hub
    await hub.close()


class Organiser:
    """Maria at her pages, and the room behind them."""

    def __init__(self, client: ClientWithDoor, session: Session) -> None:
        self.client, self.session = client, session

    async def define(self, **fields: str):
        return await self.client.post(reverse("define_axis", args=[self.session.slug]), fields)

    async def redefine(self, axis: str, **fields: str):
        return await self.client.post(
            reverse("redefine_axis", args=[self.session.slug, axis]), fields
        )

    async def remove(self, axis: str):
        return await self.client.post(reverse("remove_axis", args=[self.session.slug, axis]))

    async def page(self, name: str = "organise_session", *more: str) -> str:
        response = await self.client.get(reverse(name, args=[self.session.slug, *more]))
        return text_of(response)


@pytest_asyncio.fixture
async def organiser(hub, maria, session) -> Organiser:
    client = ClientWithDoor(hub)
    await client.aforce_login(maria)
    client.cookies["django_language"] = "en"
    return Organiser(client, session)


@pytest_asyncio.fixture
async def grouped(hub, session) -> Session:
    """A session that asks for two groups, and gives a third."""
    for n, axis in enumerate((COMMUNE, AGE, COLLEGE)):
        given = {"consent": "", **axis}
        fields = given | {name: lines(given[name]) for name in ("values", "consent")}
        await hub.submit(session.slug, "people.define_axis", SYSTEM, f"axis:{n}", fields)
    await session.arefresh_from_db()
    return session


async def join(hub, session: Session, **fields: str):
    client = ClientWithDoor(hub)
    client.cookies["django_language"] = "en"
    given = {"code": session.code, "name": "Ana", "place": "hall"} | fields
    return await client.post(reverse("join"), given)


# The organiser ----------------------------------------------------------------------------


async def test_what_is_defined_is_in_the_room_and_on_the_page(hub, organiser):
    session = organiser.session
    for axis in (COMMUNE, AGE, COLLEGE):
        assert (await organiser.define(**axis)).status_code == 302
    records = await hub.records(session.slug, OBSERVER)
    await session.arefresh_from_db()

    assert records["people.axis/age"] == {
        "id": "age", "name": "Âge", "values": ["< 15 ans", "15-25 ans"], "declared": "self",
        "consent": ["< 15 ans"],
    }  # fmt: skip
    page = await organiser.page()
    assert "Ajaccio · Bastia" in page
    assert "The facilitators say who is in which." in page
    assert [axis.id for axis in sessions.axes_of(session)] == ["college", "commune", "age"]


async def test_it_is_changed_and_removed_from_the_same_page(grouped, organiser):
    assert "&lt; 15 ans 15-25 ans</textarea>" in await organiser.page("redefine_axis", "age")
    await organiser.redefine("commune", **COMMUNE | {"values": "Bastia\nCorte"})
    await organiser.remove("age")
    await grouped.arefresh_from_db()

    assert {axis.id: axis.values for axis in sessions.axes_of(grouped)} == {
        "commune": ["Bastia", "Corte"],
        "college": ["A", "B"],
    }


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"name": "commune"}, "There is one of this name already."),
        ({"values": "one"}, "From 2 to 50 groups"),
        ({"values": "a\n" + "b" * 41}, "From 2 to 50 groups"),
        ({"values": "a\nA"}, "Two groups are the same."),
        ({"consent": "Corte"}, "Write them as they stand among the groups."),
    ],
)
async def test_what_will_not_do_is_explained(grouped, organiser, fields, why):
    response = await organiser.define(**COMMUNE | {"name": "New"} | fields)

    assert response.status_code == 200
    assert why in text_of(response)


async def test_an_axis_that_is_not_there_has_no_page(grouped, organiser):
    assert "Nobody" not in await organiser.page("redefine_axis", "size")
    assert (await organiser.remove("size")).status_code == 404


async def test_a_room_that_cannot_be_asked_is_told(organiser):
    class Shut:
        async def submit(self, *asked):
            raise Unavailable

    organiser.client.door = Shut()

    assert "could not be stored just now" in text_of(await organiser.define(**COMMUNE))


async def test_a_copy_of_the_session_asks_the_same(grouped, organiser):
    await organiser.client.post(reverse("duplicate_session", args=[grouped.slug]))
    copy = await Session.objects.exclude(pk=grouped.pk).aget()

    assert sessions.axes_of(copy) == sessions.axes_of(grouped)


async def test_nobody_touches_another_ones_groups(grouped, petru, organiser):
    await organiser.client.aforce_login(petru)

    for response in (await organiser.define(**COMMUNE), await organiser.remove("age")):
        assert response.status_code == 404


# At the door ------------------------------------------------------------------------------


async def test_a_session_without_groups_asks_for_none(client, session):
    page = await sync_to_async(client.get)(reverse("join_with_code", args=[session.code]))

    assert 'name="group-' not in text_of(page)


async def test_whoever_joins_is_asked_what_they_say_themselves(hub, grouped):
    client = ClientWithDoor(hub)
    client.cookies["django_language"] = "en"
    page = text_of(await client.get(reverse("join_with_code", args=[grouped.code])))

    assert re.findall(r'name="(group-[^"]+)"', page) == ["group-commune", "group-age"]
    assert page.count("I would rather not say") == 2
    assert "a parent has to consent" in page
    assert "Nobody asks your date of birth." in page


async def test_what_was_said_at_the_door_holds_in_the_room(hub, grouped):
    answers = {"group-commune": "Bastia", "group-age": "< 15 ans"}

    assert (await join(hub, grouped, **answers)).status_code == 302
    seat = await Seat.objects.select_related("session").aget()
    who = await hub.person(grouped.slug, sessions.person(seat))

    assert who.groups == {"commune:Bastia"}
    belonging = (await hub.records(grouped.slug, who))[f"people.belonging/{who.id}"]
    assert belonging["waiting"] == ["age:< 15 ans"]


async def test_one_may_leave_it(hub, grouped):
    assert (await join(hub, grouped, **{"group-commune": "", "group-age": ""})).status_code == 302
    assert (await Seat.objects.aget()).groups == []


async def test_whoever_typed_the_code_is_asked_once_more(hub, grouped):
    response = await join(hub, grouped)

    assert response.status_code == 200
    assert "One more thing" in text_of(response)
    assert 'value="Ana"' in text_of(response)
    assert not await Seat.objects.aexists()


async def test_a_group_that_is_none_seats_nobody(hub, grouped):
    response = await join(hub, grouped, **{"group-commune": "Paris", "group-age": ""})

    assert response.status_code == 200
    assert not await Seat.objects.aexists()


# Without script ---------------------------------------------------------------------------


async def test_without_script_one_sees_and_changes_it(hub, grouped):
    ana = await Guest(hub, grouped).sit("Ana")
    assert "<option selected>" not in await ana.page()

    response = await ana.send("people.declare", axis="age", value="< 15 ans")
    said = await ana.client.get(response.url)

    assert "Your group is changed." in text_of(said)
    assert "<option selected>&lt; 15 ans</option>" in text_of(said)
    assert "A parent’s consent is waited for" in text_of(said)
    assert 'name="axis" value="college"' not in text_of(said)


# Who is told ------------------------------------------------------------------------------


async def test_only_facilitators_and_oneself_are_told(hub, grouped):
    ana, ben = [await Guest(hub, grouped).sit(name) for name in ("Ana", "Ben")]
    nina = await Guest(hub, grouped).sit("Nina", "note_taker")
    helene = await Guest(hub, grouped).sit("Hélène", "facilitator")
    await ana.does("people.declare", axis="commune", value="Bastia")

    said = "commune:Bastia"
    for reader in (ben.person, nina.person, OBSERVER):
        assert said not in str(await hub.records(grouped.slug, reader))
    for reader in (ana.person, helene.person):
        assert said in str(await hub.records(grouped.slug, reader))


def test_whoever_is_taken_out_leaves_no_group(session):
    seat = sessions.seat_person(session, name="Ana", place="hall", groups=["age:15-25"])
    session.axes = {"rue": {"id": "rue", "name": "Rue", "values": ["Rue Fesch", "Cours"]}}
    session.save()

    past.erase(session, Erasure("Rue Fesch", str(seat.pk), "Ana"), client=7, now=2.0)

    seat.refresh_from_db()
    session.refresh_from_db()
    assert (seat.name, seat.groups) == (ERASED, [])
    assert sessions.axes_of(session) == [Axis(id="rue", name="Rue", values=[ERASED, "Cours"])]


async def test_the_projection_follows_the_log_whoever_defines(hub, day):
    session = await sync_to_async(scheduled)(day, "Autre")
    axis = {"name": "X", "values": ["a", "b"], "declared": "self", "consent": []}

    await hub.submit(session.slug, "people.define_axis", SYSTEM, "people.define_axis:1", axis)
    await session.arefresh_from_db()
    assert [each.id for each in sessions.axes_of(session)] == ["x"]

    await hub.submit(session.slug, "people.remove_axis", SYSTEM, "people.remove_axis:1",
                     {"axis": "x"})  # fmt: skip
    await session.arefresh_from_db()
    assert session.axes == {}


# A vote in one group ----------------------------------------------------------------------


async def seated_in(hub, session: Session, name: str, *groups: str) -> Person:
    seat = sync_to_async(sessions.seat_person)
    at_the_door = sessions.person(await seat(session, name=name, place="hall", groups=groups))
    return await hub.person(session.slug, at_the_door)


async def test_a_vote_of_one_group_is_open_to_those_who_declared_it_and_told_by_group(hub, grouped):
    """Those under 15 are let in, but do not count before a parent's consent is noted."""
    helene = await Guest(hub, grouped).sit("Hélène", "facilitator")
    young, child = "age:15-25 ans", "age:< 15 ans"
    communes = ["Bastia"] * 10 + ["Ajaccio"] * 10
    voters = [
        await seated_in(hub, grouped, f"P{n}", young, f"commune:{commune}")
        for n, commune in enumerate(communes)
    ]
    there = (("O",), ("L", child, "commune:Bastia"))
    other, little = [await seated_in(hub, grouped, *each) for each in there]
    plan = asked("?", ["a", "b"], groups=[young, child])
    poll = await helene.does("polls.draft", plan=plan)
    await helene.does("polls.open", poll=poll)

    async def votes(who: Person, option: int) -> None:
        await hub.submit(grouped.slug, "polls.vote", who, str(uuid4()), ballot(poll, option))

    for n, who in enumerate(voters):
        await votes(who, n % 2)
    for who in (other, little):
        with pytest.raises(Refused, match="not-entitled"):
            await votes(who, 0)
    await helene.does("people.note_consent", person=little.id, given=True)
    await votes(little, 0)
    await helene.does("polls.close", poll=poll)
    await helene.does("polls.publish", poll=poll)

    result = (await hub.records(grouped.slug, other))[f"polls.result/{poll}"]
    told = {part["name"]: (part["voters"], part["outcome"] is None) for part in result["parts"]}
    assert result["hall"] == result["entitled"] == 21
    assert told == {
        "age:15-25 ans": (20, True),  # all but one: it would tell how that one voted
        "age:< 15 ans": (1, True),
        "commune:Ajaccio": (10, False),
        "commune:Bastia": (11, False),
    }
