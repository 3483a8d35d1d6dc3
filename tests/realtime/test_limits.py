"""How often: a burst passes, and then the rate holds."""

from __future__ import annotations

import pytest
from django.conf import settings

from realtime.limits import KEPT, Rates
from tests.realtime.rooms import Clock
from workshop.features import FEATURES
from workshop.people import MEMBERS


def test_a_burst_passes_and_then_the_rate_holds():
    clock = Clock()
    rates = Rates({"ask": (2, 5)}, clock)

    assert [rates.take("ana", "ask") for _ in range(5)] == [0] * 5
    assert rates.take("ana", "ask") == pytest.approx(0.5)
    clock.now += 0.5
    assert rates.take("ana", "ask") == 0


def test_resting_earns_a_burst_and_no_more():
    clock = Clock()
    rates = Rates({"ask": (1, 3)}, clock)
    clock.now += 3600

    assert [bool(rates.take("ana", "ask")) for _ in range(4)] == [False, False, False, True]


def test_each_person_and_thing_has_its_own_and_what_is_not_limited_passes():
    rates = Rates({"chat.post": (1, 1), "polls.vote": (1, 1), "message": 16}, Clock())

    assert rates.take("ana", "chat.post") == 0
    assert rates.take("ana", "chat.post") == pytest.approx(1)
    assert rates.take("ana", "polls.vote") == rates.take("ben", "chat.post") == 0
    assert [rates.take("ana", "message") for _ in range(99)] == [0] * 99


def test_those_who_ask_nothing_any_more_cost_nothing():
    clock = Clock()
    rates = Rates({"ask": (1, 5)}, clock)
    for n in range(3 * KEPT):
        clock.now += 0.01
        rates.take(n, "ask")

    assert len(rates._full) <= KEPT


def test_a_crowd_that_has_spent_all_of_its_own_is_seldom_looked_through():
    rates = Rates({"ask": (1, 5)}, Clock())
    looks = []
    look, rates._forget_full = rates._forget_full, lambda now: looks.append(look(now))
    for n in range(3 * KEPT):
        rates.take(n, "ask")

    assert len(looks) <= 2


@pytest.mark.parametrize("name", ["comment", "suggest", "remark", "answer"])
def test_what_everyone_may_put_beside_the_minutes_has_a_rate_of_its_own(name):
    """Each is told to all, with up to 6 000 signs: twenty a second are too many."""
    rates = Rates(settings.LIMITS, lambda: 0.0)
    taken = [rates.take("ana", f"minutes.{name}") for _ in range(11)]

    assert taken[:10] == [0] * 10
    assert taken[10] > 0


def test_whatever_anyone_may_do_has_a_rate_of_its_own():
    """To come and go between two places twenty times a second was to write as many entries."""
    asked = {name for each in FEATURES for name, (_, by) in each.rules.items() if by >= MEMBERS}

    assert asked <= settings.LIMITS.keys()
