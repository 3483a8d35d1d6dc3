from __future__ import annotations

import pytest
from django.urls import reverse

from tests.workshop.conftest import link_for, scheduled, sit, text_of
from workshop import sessions
from workshop.models import CODE_ALPHABET, Seat
from workshop.views.doors import FAILED_JOINS

pytestmark = pytest.mark.django_db

WRONG = "No session has this code, or its doors are closed."


@pytest.fixture(autouse=True)
def _in_english(client):
    client.cookies["django_language"] = "en"


def join(client, code, **fields):
    given = {"code": code, "name": "Ana", "place": "hall"} | fields
    return client.post(reverse("join"), given)


def test_a_code_a_name_and_a_place_let_one_in(client, session):
    response = join(client, session.code)

    assert response.url == reverse("room", args=[session.slug])
    seat = Seat.objects.get()
    assert (seat.session, seat.name, seat.role, seat.place) == (
        session, "Ana", "participant", "hall"
    )  # fmt: skip


def test_the_seat_is_kept_in_a_cookie_that_no_script_can_read(client, session):
    join(client, session.code)

    cookie = client.cookies[f"seat-{session.slug}"]
    assert sessions.seat_from(session.slug, cookie.value) == Seat.objects.get()
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["path"]) == (
        True, "Lax", 43200, "/"
    )  # fmt: skip
    assert not cookie["secure"]


def test_over_https_the_cookie_stays_there(client, session):
    given = {"code": session.code, "name": "Ana", "place": "hall"}
    client.post(reverse("join"), given, secure=True)

    assert client.cookies[f"seat-{session.slug}"]["secure"] is True


@pytest.mark.parametrize("typed", ["{} ", " {}", "-{}-"])
def test_a_code_is_understood_however_it_was_typed(client, session, typed):
    spaced = f"{session.code[:4].lower()} {session.code[4:]}"

    assert join(client, typed.format(spaced)).status_code == 302


def test_the_code_on_the_poster_comes_prefilled(client, session):
    page = text_of(client.get(reverse("join_with_code", args=[session.code])))

    assert f'value="{session.code}"' in page
    assert session.title in page
    assert "Session found" in page


def test_a_wrong_code_and_closed_doors_are_answered_alike(client, session):
    session.doors_open = False
    session.save()

    wrong, closed = (client.get(f"/join/{code}/") for code in ("WRONGCDE", session.code))

    assert wrong.status_code == closed.status_code == 404
    assert WRONG in text_of(wrong)
    assert shorn(wrong, "WRONGCDE") == shorn(closed, session.code)


def shorn(response, code):
    """The page without what differs each time: the code and the form's own secret."""
    lines = response.content.decode().replace(code, "").splitlines()
    return [line for line in lines if "csrfmiddlewaretoken" not in line]


@pytest.mark.parametrize("code", ["\x00", "é" * 8, "A" * 10_000, "'; --"])
def test_a_strange_code_is_only_wrong(client, session, code):
    assert WRONG in text_of(join(client, code))


def test_a_wrong_code_seats_nobody_and_keeps_what_was_written(client, session):
    page = join(client, "WRONGCDE", name="Ana-Maria")

    assert not Seat.objects.exists()
    assert 'value="Ana-Maria"' in text_of(page)
    assert WRONG in text_of(page)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "Write a name: yours or a pseudonym."),
        ("   ", "Write a name: yours or a pseudonym."),
        ("\u200b\u202e", "A name has at least one letter or figure."),
        ("!?", "A name has at least one letter or figure."),
        ("a" * 61, "60"),
    ],
)
def test_a_name_that_will_not_do_is_explained(client, session, name, why):
    response = join(client, session.code, name=name)

    assert why in text_of(response)
    assert not Seat.objects.exists()


def test_signs_that_nobody_sees_are_left_out_of_a_name(client, session):
    join(client, session.code, name="  Ana\u202e   Maria\u200b ")

    assert Seat.objects.get().name == "Ana Maria"


def test_a_name_is_the_same_however_its_accents_are_written(client, session):
    join(client, session.code, name="He\u0301le\u0300ne")

    assert Seat.objects.get().name == "H\u00e9l\u00e8ne"


def test_one_has_to_say_where_one_is(client, session):
    assert "Say where you are." in text_of(join(client, session.code, place=""))


def test_the_first_error_leads_to_its_field(client, session):
    page = text_of(join(client, session.code, name=""))

    assert '<a href="#id_name">Write a name: yours or a pseudonym.</a>' in page
    assert 'aria-describedby="id_name_error name-help" aria-invalid="true"' in page


def test_one_may_follow_without_a_name(client, session):
    response = client.post(reverse("join"), {"code": session.code, "observe": "yes"})

    assert response.url == reverse("room", args=[session.slug])
    assert not Seat.objects.exists()


def test_whoever_has_a_seat_is_offered_it_again(client, session):
    sit(client, session, name="Ana")

    page = text_of(client.get(reverse("join_with_code", args=[session.code])))

    assert "Go on as Ana" in page


def test_a_seat_in_one_session_is_none_in_another(client, session, day):
    other = scheduled(day, "Atelier")
    client.cookies[f"seat-{other.slug}"] = sessions.seat_token(sit(client, session))

    assert "Go on as" not in text_of(client.get(reverse("join_with_code", args=[other.code])))


def test_after_ten_wrong_codes_in_a_minute_one_waits(client, session):
    for n in range(10):
        assert client.get(f"/join/WRONG{n}/").status_code == 404

    for refused in (client.get("/join/WRONG/"), join(client, "WRONG")):
        assert refused.status_code == 429
        assert refused["Retry-After"] == "60"


def test_one_who_guesses_does_not_close_the_door_to_the_hall_behind_the_same_address(
    client, session
):
    for n in range(20):
        client.get(f"/join/WRONG{n}/")

    assert client.get(f"/join/{session.code}/").status_code == 200
    assert join(client, session.code).status_code == 302


def test_a_claimed_address_does_not_help(client, session):
    for n in range(10):
        client.get(f"/join/WRONG{n}/", headers={"x-forwarded-for": f"192.0.2.{n}"})

    refused = client.get("/join/WRONG/", headers={"x-forwarded-for": "192.0.2.99"})
    assert refused.status_code == 429


def test_a_household_s_many_addresses_are_one(client, session):
    for n in range(10):
        client.get(f"/join/WRONG{n}/", REMOTE_ADDR=f"2001:db8:0:1::{n}")

    assert client.get("/join/WRONG/", REMOTE_ADDR="2001:db8:0:1:ffff::1").status_code == 429
    assert client.get("/join/WRONG/", REMOTE_ADDR="2001:db8:0:2::1").status_code == 404


def test_others_are_not_kept_waiting(client, session):
    for n in range(11):
        client.get(f"/join/WRONG{n}/")

    elsewhere = client.get(f"/join/{session.code}/", REMOTE_ADDR="192.0.2.1")
    assert elsewhere.status_code == 200


def test_the_minute_slides(client, session, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr("workshop.views.throttle.time.time", lambda: clock[0])
    FAILED_JOINS.note("127.0.0.1")
    clock[0] = 1030.0
    for _ in range(9):
        FAILED_JOINS.note("127.0.0.1")
    assert client.get("/join/WRONG/").status_code == 429

    clock[0] = 1061.0  # the first is forgotten, the nine are not

    assert client.get("/join/WRONG/").status_code == 404
    assert client.get("/join/WRONG/").status_code == 429


def test_while_the_cache_is_away_failures_are_counted_here(client, session, settings):
    redis = "django.core.cache.backends.redis.RedisCache"
    away = {"BACKEND": redis, "LOCATION": "redis://127.0.0.1:1"}
    settings.CACHES = {**settings.CACHES, "default": away}

    answers = [join(client, "ABCDEFGH").status_code for _ in range(FAILED_JOINS.limit + 1)]

    assert answers == [404] * FAILED_JOINS.limit + [429]
    assert join(client, session.code).status_code == 302


def test_a_right_code_is_no_failure(client, session):
    for _ in range(12):
        assert client.get(f"/join/{session.code}/").status_code == 200


def test_codes_have_no_signs_that_look_alike():
    assert not set("01OI") & set(CODE_ALPHABET)


@pytest.mark.parametrize(("role", "page"), [("facilitator", "console"), ("note_taker", "minutes")])
def test_a_link_lets_one_in_for_its_role(client, session, role, page):
    path = reverse("enter", args=[sessions.link_token(link_for(session, role))])
    assert session.title in text_of(client.get(path))

    response = client.post(path, {"name": "Ghjulia", "place": "hall"})

    assert response.url == reverse(page, args=[session.slug])
    seat = Seat.objects.get()
    assert (seat.name, seat.role, seat.link) == ("Ghjulia", role, link_for(session, role))


def test_looking_at_a_link_seats_nobody(client, session):
    client.get(reverse("enter", args=[sessions.link_token(link_for(session, "facilitator"))]))

    assert not Seat.objects.exists()


def test_the_projector_needs_no_form(client, session):
    path = reverse("enter", args=[sessions.link_token(link_for(session, "screen"))])

    assert client.get(path).url == reverse("screen", args=[session.slug])
    assert client.get(path).url == reverse("screen", args=[session.slug])

    seat = Seat.objects.get()  # the second time it had a seat already
    assert (seat.name, seat.role, seat.place) == ("Écran", "screen", "hall")


def test_a_link_opens_closed_doors(client, session):
    session.doors_open = False
    session.save()
    path = reverse("enter", args=[sessions.link_token(link_for(session, "facilitator"))])

    assert client.get(path).status_code == 200


def test_whoever_came_by_a_link_is_offered_their_seat_again(client, session):
    sit(client, session, "facilitator", "Ghjulia")
    path = reverse("enter", args=[sessions.link_token(link_for(session, "facilitator"))])

    page = text_of(client.get(path))

    assert "Go on as Ghjulia" in page
    assert reverse("console", args=[session.slug]) in page


@pytest.mark.parametrize("token", ["x", "a:b", "kkkkkkkkkkkkkkkkkkkkkk:ssssssssss"])
def test_a_forged_link_opens_nothing(client, session, token):
    response = client.get(reverse("enter", args=[token]))

    assert response.status_code == 404
    assert "This link opens nothing" in text_of(response)


def test_the_bare_key_of_a_link_opens_nothing(client, session):
    key = link_for(session, "facilitator").key

    assert client.get(reverse("enter", args=[key])).status_code == 404


def test_a_revoked_link_opens_nothing(client, session):
    link = link_for(session, "facilitator")
    path = reverse("enter", args=[sessions.link_token(link)])
    assert client.get(path).status_code == 200, "it must open before, for this to mean anything"

    sessions.revoke_link(link)

    assert client.get(path).status_code == 404
    assert client.post(path, {"name": "Ana", "place": "hall"}).status_code == 404
    assert not Seat.objects.exists()


def test_leaving_gives_the_seat_back(client, session):
    sit(client, session)

    response = client.post(reverse("leave", args=[session.slug]))

    assert response.url == reverse("room", args=[session.slug])
    assert client.cookies[f"seat-{session.slug}"].value == ""


def test_nobody_leaves_by_following_a_link(client, session):
    assert client.get(reverse("leave", args=[session.slug])).status_code == 405
