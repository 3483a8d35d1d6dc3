"""Admission: how many may come at once."""

from __future__ import annotations

import pytest

from realtime.admission import Admission
from tests.realtime.rooms import Clock

LIMITS = {"handshakes": (2, 5), "sockets_per_address": 3, "unsaid": 2, "hello_within": 5.0}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def admission(clock):
    return Admission(LIMITS, clock)


def test_an_address_brings_a_crowd_at_once_and_then_so_many_a_second(admission, clock):
    assert [admission.welcomes("hall") for _ in range(6)] == [True] * 5 + [False]
    assert admission.welcomes("home")
    clock.now += 1
    assert [admission.welcomes("hall") for _ in range(3)] == [True, True, False]


def test_an_address_holds_so_many_sockets(admission):
    for _ in range(3):
        admission.arrive("hall")
    assert not admission.welcomes("hall")
    assert admission.welcomes("home")
    admission.leave("hall")
    assert admission.welcomes("hall")


class Silent:
    """Someone who says nothing."""

    given_up = False

    def give_up(self) -> None:
        self.given_up = True


def test_the_longest_silent_makes_room_for_who_comes_after(admission):
    silent = [Silent() for _ in range(3)]
    for each in silent:
        admission.expect(each)

    assert [each.given_up for each in silent] == [True, False, False]


def test_who_has_said_hello_is_not_given_up(admission, clock):
    silent = [Silent() for _ in range(3)]
    for each in silent:
        admission.expect(each)
        admission.greeted(each)
    clock.now += 60
    admission.give_up_silent()

    assert not any(each.given_up for each in silent)


def test_who_says_nothing_for_five_seconds_is_given_up(admission, clock):
    first, second = Silent(), Silent()
    admission.expect(first)
    clock.now += 3
    admission.expect(second)
    clock.now += 2
    admission.give_up_silent()

    assert (first.given_up, second.given_up) == (True, False)
