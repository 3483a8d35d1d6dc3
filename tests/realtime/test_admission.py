"""Admission: how many may come at once."""

from __future__ import annotations

import pytest

from realtime.admission import Admission
from tests.realtime.rooms import Clock

LIMITS = {"handshakes": (2, 5), "sockets_per_address": 3, "unsaid": 2}


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
    with admission.socket("hall"), admission.socket("hall"):
        with admission.socket("hall"):
            assert not admission.welcomes("hall")
            assert admission.welcomes("home")
        assert admission.welcomes("hall")


def test_the_longest_silent_makes_room_for_who_comes_after(admission):
    given_up = []
    for name in ("first", "second", "third"):
        admission.expect(name, lambda name=name: given_up.append(name))

    assert given_up == ["first"]


def test_who_has_said_hello_is_not_given_up(admission):
    given_up = []
    for name in ("first", "second", "third"):
        admission.expect(name, lambda name=name: given_up.append(name))
        admission.greeted(name)

    assert given_up == []
