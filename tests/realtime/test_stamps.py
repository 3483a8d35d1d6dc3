"""Stamps of when somebody was connected: true, and nobody else's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from realtime.stamps import Stamps

STAMPS = Stamps(b"a key of the server")


@given(st.floats(1_600_000_000, 2_000_000_000))
def test_a_stamp_is_never_later_than_the_truth_and_hardly_earlier(at):
    read = STAMPS.read("room", "ana", STAMPS.make("room", "ana", at))
    assert at - 0.011 < read <= at


@given(st.text() | st.just("inf") | st.just("1795.00.0123456789abcdef"))
def test_what_the_server_has_not_signed_says_nothing(said):
    assert STAMPS.read("room", "ana", said) == 0


def test_a_stamp_is_for_one_person_in_one_room_with_one_key():
    stamp = STAMPS.make("room", "ana", 1_795_000_000.5)
    assert STAMPS.read("room", "ana", stamp) == 1_795_000_000.5
    assert STAMPS.read("room", "ben", stamp) == 0
    assert STAMPS.read("hall", "ana", stamp) == 0
    assert Stamps(b"another").read("room", "ana", stamp) == 0
    assert STAMPS.read("room", "ana", "1" + stamp) == 0
