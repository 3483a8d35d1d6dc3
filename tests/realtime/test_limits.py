from __future__ import annotations

from realtime.limits import Allowance, Bucket
from tests.realtime.rooms import Clock


def test_a_burst_passes_and_then_the_rate_holds():
    clock = Clock()
    bucket = Bucket(2, 5, clock)

    assert [bucket.take() for _ in range(5)] == [0] * 5
    assert bucket.take() == 0.5
    clock.now += 0.5
    assert bucket.take() == 0


def test_resting_earns_a_burst_and_no_more():
    clock = Clock()
    bucket = Bucket(1, 3, clock)
    clock.now += 3600

    assert [bool(bucket.take()) for _ in range(4)] == [False, False, False, True]


def test_a_clock_that_goes_backwards_gives_nothing_and_takes_nothing():
    clock = Clock()
    bucket = Bucket(1, 2, clock)
    bucket.take()
    clock.now -= 3600

    assert bucket.take() == 0
    assert bucket.take() > 0


def test_each_thing_has_its_own_bucket_and_what_is_not_limited_passes():
    allowance = Allowance({"chat.post": (1, 1), "message": 16}, Clock())

    assert allowance.take("chat.post") == 0
    assert allowance.take("chat.post") == 1
    assert [allowance.take("polls.open") for _ in range(99)] == [0] * 99
