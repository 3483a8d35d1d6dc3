from __future__ import annotations

import pytest

from realtime.presence import Presence
from realtime.protocol import PresenceCount
from tests.realtime.rooms import ANA, BEN, HAL, Clock
from workshop.people import OBSERVER, Person


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def presence(clock):
    return Presence(clock)


def test_two_tabs_are_one_person(presence):
    for who in (ANA, ANA, BEN):
        presence.arrive(who)

    assert presence.count() == PresenceCount(hall=1, remote=1, watching=0)


def test_closing_one_of_two_tabs_is_not_leaving(presence, clock):
    presence.arrive(ANA)
    presence.arrive(ANA)
    presence.leave(ANA)
    clock.now += 60

    assert presence.count().hall == 1


def test_who_reloads_a_page_was_never_gone(presence, clock):
    presence.arrive(ANA)
    presence.leave(ANA)
    clock.now += 4
    assert presence.count().hall == 1

    presence.arrive(ANA)
    clock.now += 60
    assert presence.count().hall == 1


def test_who_leaves_is_gone_after_a_moment(presence, clock):
    presence.arrive(ANA)
    presence.leave(ANA)
    clock.now += 5

    assert presence.count() == PresenceCount(hall=0, remote=0, watching=0)


def test_observers_watch_and_screens_do_not_count(presence):
    for who in (OBSERVER, OBSERVER, Person("s", "", role="screen"), HAL):
        presence.arrive(who)
    presence.leave(OBSERVER)

    assert presence.count() == PresenceCount(hall=1, remote=0, watching=1)


def test_who_moves_counts_where_they_are_now(presence):
    presence.arrive(ANA)
    presence.move(Person(ANA.id, ANA.name, place="remote"))

    assert presence.count() == PresenceCount(hall=0, remote=1, watching=0)


def test_a_person_in_two_processes_counts_once(presence):
    presence.arrive(ANA)
    presence.hear("other", {ANA.id: "hall", BEN.id: "remote"}, 3)

    assert presence.count() == PresenceCount(hall=1, remote=1, watching=3)


def test_a_process_that_says_nothing_is_forgotten(presence, clock):
    presence.hear("other", {BEN.id: "remote"}, 3)
    clock.now += 15

    assert presence.count() == PresenceCount(hall=0, remote=0, watching=0)
