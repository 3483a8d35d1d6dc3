from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from tests.workshop.conftest import ClientWithDoor, link_for, scheduled, text_of
from workshop import sessions
from workshop.feature import Refused
from workshop.models import Day, Edit, Entry, Link, Seat, Session, Snapshot
from workshop.people import SYSTEM

pytestmark = pytest.mark.django_db

GIVEN = {"title": "Plénière", "starts": "2026-09-23T09:00", "ends": "2026-09-23T12:00"}


@pytest.fixture
def hers(client, maria):
    """Maria's browser."""
    client.force_login(maria)
    client.cookies["django_language"] = "en"
    return client


def pages_of(session: Session) -> dict[str, str]:
    """Every address by which the organiser touches a session, its day or its links."""
    day, slug, link = session.day.slug, session.slug, session.links.first().pk
    of_the_day = ("organise_day", "edit_day", "delete_day", "new_session")
    of_the_session = (
        "organise_session", "edit_session", "duplicate_session", "delete_session",
        "session_doors", "poster", "erase", "define_axis",
    )  # fmt: skip
    return (
        {name: reverse(name, args=[day]) for name in of_the_day}
        | {name: reverse(name, args=[slug]) for name in of_the_session}
        | {name: reverse(name, args=[link]) for name in ("renew_link", "revoke_link")}
        | {"give_link": reverse("give_link", args=[slug, "screen"])}
    )


def test_a_stranger_is_asked_to_log_in(client, session):
    paths = [reverse("organise"), reverse("new_day"), *pages_of(session).values()]

    for path in paths:
        assert client.get(path).url == f"{reverse('login')}?next={path}"


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_organiser_neither_sees_nor_touches_the_days_of_others(client, petru, session, method):
    client.force_login(petru)
    before = Session.objects.values().get(), list(Link.objects.values())

    for name, path in pages_of(session).items():
        status = getattr(client, method)(path, GIVEN).status_code
        assert status == (405 if method == "get" and posts_only(name) else 404), name

    assert (Session.objects.values().get(), list(Link.objects.values())) == before
    assert "Assises</a>" not in text_of(client.get(reverse("organise")))


def posts_only(name: str) -> bool:
    return name in (
        "duplicate_session", "session_doors", "renew_link", "revoke_link", "give_link"
    )  # fmt: skip


def test_a_superuser_sees_every_day(client, session):
    client.force_login(User.objects.create_superuser("root", password="x"))

    assert session.day.title in text_of(client.get(reverse("organise")))
    assert client.get(reverse("organise_session", args=[session.slug])).status_code == 200


def test_an_organiser_makes_a_day(hers, maria):
    response = hers.post(reverse("new_day"), {"title": "Assises", "place": "Corte"})

    day = Day.objects.get()
    assert (day.title, day.place, day.organiser) == ("Assises", "Corte", maria)
    assert response.url == reverse("organise_day", args=[day.slug])


def test_an_organiser_edits_a_day(hers, day):
    hers.post(reverse("edit_day", args=[day.slug]), {"title": "Rencontres", "place": ""})

    day.refresh_from_db()
    assert (day.title, day.place) == ("Rencontres", "")


def test_a_day_needs_a_title(hers):
    page = text_of(hers.post(reverse("new_day"), {"title": "", "place": "Corte"}))

    assert '<a href="#id_title">' in page
    assert 'value="Corte"' in page
    assert not Day.objects.exists()


def test_a_new_session_gets_a_code_and_four_links(hers, day):
    given = GIVEN | {"language": "co", "stream": "plenary"}
    response = hers.post(reverse("new_session", args=[day.slug]), given)

    session = Session.objects.get()
    assert response.url == reverse("organise_session", args=[session.slug])
    assert (session.day, session.language, session.stream) == (day, "co", "plenary")
    assert timezone.localtime(session.starts).hour == 9
    assert len(session.code) == 8
    assert sorted(link.role for link in session.links.all()) == [
        "facilitator", "kiosk", "note_taker", "screen"
    ]  # fmt: skip


def test_a_new_session_is_proposed_for_the_next_full_hour(hers, day):
    form = hers.get(reverse("new_session", args=[day.slug])).context["form"]

    starts, ends = form.initial["starts"], form.initial["ends"]
    assert timedelta(0) < starts - timezone.now() <= timedelta(hours=1)
    assert (starts.minute, ends - starts) == (0, timedelta(hours=1))
    assert f'value="{starts:%Y-%m-%dT%H:%M}"' in str(form["starts"])


@pytest.mark.parametrize("ends", ["2026-09-23T09:00", "2026-09-23T08:00"])
def test_a_session_ends_after_it_starts(hers, day, ends):
    given = GIVEN | {"language": "fr", "ends": ends}
    page = text_of(hers.post(reverse("new_session", args=[day.slug]), given))

    assert '<a href="#id_ends">The session has to end after it starts.</a>' in page
    assert f'value="{ends}"' in page
    assert not Session.objects.exists()


def test_editing_keeps_the_address_the_code_and_the_links(hers, session):
    kept = session.slug, session.code, list(session.links.values_list("key"))
    given = GIVEN | {"title": "Clôture", "language": "fr"}
    hers.post(reverse("edit_session", args=[session.slug]), given)

    session.refresh_from_db()
    assert session.title == "Clôture"
    assert (session.slug, session.code, list(session.links.values_list("key"))) == kept


def test_a_copy_shares_nothing_that_opens_a_door(hers, session):
    response = hers.post(reverse("duplicate_session", args=[session.slug]))

    copy = Session.objects.exclude(pk=session.pk).get()
    assert response.url == reverse("edit_session", args=[copy.slug])
    assert (copy.title, copy.starts) == (session.title, session.starts)
    assert copy.code != session.code
    assert copy.epoch != session.epoch
    assert not set(copy.links.values_list("key")) & set(session.links.values_list("key"))


def test_the_session_page_gives_the_code_and_the_links(hers, session):
    page = text_of(hers.get(reverse("organise_session", args=[session.slug])))

    assert f"http://testserver/join/{session.code}/" in page
    for role in sessions.ROLES_BY_LINK:
        token = sessions.link_token(link_for(session, role))
        assert f"http://testserver{reverse('enter', args=[token])}" in page


def test_links_bear_the_public_address_where_there_is_one(hers, session, settings):
    settings.PUBLIC_URL = "https://assises.example.org"

    page = text_of(hers.get(reverse("organise_session", args=[session.slug])))

    assert f"https://assises.example.org/join/{session.code}/" in page


def test_the_poster_shows_the_code_and_a_qr_code(hers, session):
    page = text_of(hers.get(reverse("poster", args=[session.slug])))

    assert f"{session.code[:4]} {session.code[4:]}" in page
    assert '<svg viewBox="' in page.replace('class="qr" ', "")


def test_the_doors_close_and_open(hers, session):
    path = reverse("session_doors", args=[session.slug])

    hers.post(path, {"open": "no"})
    assert sessions.session_with_code(session.code) is None
    hers.post(path, {"open": "yes"})
    assert sessions.session_with_code(session.code) == session


def test_a_renewed_link_replaces_the_old_one(hers, session):
    old = link_for(session, "facilitator")

    hers.post(reverse("renew_link", args=[old.pk]))

    assert sessions.link_from(sessions.link_token(old)) is None
    assert link_for(session, "facilitator") != old


def test_a_revoked_link_can_be_given_anew(hers, session):
    old = link_for(session, "screen")
    hers.post(reverse("revoke_link", args=[old.pk]))
    page = hers.get(reverse("organise_session", args=[session.slug]))
    assert "No link is open for this role." in text_of(page)

    hers.post(reverse("give_link", args=[session.slug, "screen"]))

    assert link_for(session, "screen") != old


def test_giving_a_link_twice_gives_one(hers, session):
    for _ in range(2):
        hers.post(reverse("give_link", args=[session.slug, "screen"]))

    assert session.links.filter(role="screen", revoked=None).count() == 1


def test_there_are_no_links_for_participants(hers, session):
    path = reverse("give_link", args=[session.slug, "participant"])

    assert hers.post(path).status_code == 404


def test_a_link_is_renewed_once(hers, session):
    path = reverse("renew_link", args=[link_for(session, "screen").pk])

    assert hers.post(path).status_code == 302
    assert hers.post(path).status_code == 404


class FakeDoor:
    """Remembers what was asked of it; knows the people it is given."""

    def __init__(self, *known: Seat) -> None:
        self.known = {str(seat.pk) for seat in known}
        self.asked: list[tuple[object, ...]] = []

    async def submit(self, room, name, by, ref, fields):
        self.asked.append((room, name, by, ref, dict(fields)))
        if fields["person"] not in self.known:
            raise Refused("unknown-person")
        return len(self.asked)


@pytest.mark.parametrize("act", ["renew_link", "revoke_link"])
@pytest.mark.django_db(transaction=True)
async def test_whoever_came_through_a_closed_link_is_removed(maria, session, act):
    link = await sync_to_async(link_for)(session, "facilitator")
    seats = [await seated(session, name, link) for name in ("Ghjulia", "Never came in")]
    await seated(session, "Ana", None)
    door = FakeDoor(seats[0])
    client = ClientWithDoor(door)
    await client.aforce_login(maria)

    response = await client.post(reverse(act, args=[link.pk]))

    assert response.status_code == 302
    assert door.asked == [
        (
            session.slug, "people.remove", SYSTEM,
            f"people.remove:{seat.pk}", {"person": str(seat.pk)},
        )
        for seat in seats
    ]  # fmt: skip
    assert [seat.name async for seat in Seat.objects.filter(revoked=False)] == ["Ana"]


async def seated(session, name, link):
    seat = sync_to_async(sessions.seat_person)
    return await seat(session, name=name, place="hall", link=link)


def test_deleting_a_session_asks_first_and_leaves_nothing(hers, session, day):
    other = scheduled(day, "Atelier")
    for each in (session, other):
        Entry.objects.create(
            room=each.slug, seq=1, ref="r", name="chat.post", by="ana", at=0, changes={}
        )
        Edit.objects.create(
            document=each.slug, epoch="e", seq=1, at=0, update=b"", sha256="", authors=[]
        )
        Snapshot.objects.create(document=each.slug, epoch="e", seq=1, state=b"")
    path = reverse("delete_session", args=[session.slug])
    assert "lost for good" in text_of(hers.get(path))
    assert Session.objects.count() == 2

    response = hers.post(path)

    assert response.url == reverse("organise_day", args=[day.slug])
    assert Session.objects.get() == other
    assert [Entry.objects.get().room, Edit.objects.get().document] == [other.slug, other.slug]
    assert Snapshot.objects.get().document == other.slug


def test_deleting_a_day_deletes_its_sessions(hers, session):
    path = reverse("delete_day", args=[session.day.slug])
    assert "Its 1 session goes with it" in text_of(hers.get(path))

    assert hers.post(path).url == reverse("organise")

    assert not Day.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.parametrize("page", ["organise", "organise_day"])
def test_three_ask_no_more_of_the_database_than_one(
    hers, maria, session, page, django_assert_max_num_queries
):
    path = reverse(page, args=[] if page == "organise" else [session.day.slug])
    with django_assert_max_num_queries(6) as one:
        hers.get(path)
    for title in ("Atelier", "Clôture"):
        scheduled(session.day, title)
        scheduled(sessions.create_day(maria, title=title), title)

    with django_assert_max_num_queries(len(one)):
        hers.get(path)


def test_titles_are_only_words(hers, session):
    session.title = session.day.title = "<script>alert(1)</script>"
    session.save()
    session.day.save()

    for name, path in pages_of(session).items():
        if not posts_only(name):
            assert "<script>alert" not in text_of(hers.get(path)), name
