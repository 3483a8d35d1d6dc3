from __future__ import annotations

import pytest

from realtime.origin import trusted

OURS = "https://assises.example"


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("http://hall.local:8000", True),
        ("http://hall.local", False),
        ("http://hall.local:8001", False),
        ("https://hall.local:8000", False),
        ("http://elsewhere.example", False),
        ("http://hall.local:8000.elsewhere.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_the_origin_is_exactly_the_host_that_was_asked(origin, expected):
    headers = {"origin": origin, "host": "hall.local:8000"}

    assert trusted(headers, secure=False, public_url="", has_token=True) is expected


@pytest.mark.parametrize(
    ("origin", "expected"),
    [(OURS, True), ("http://assises.example", False), (f"{OURS}:444", False)],
)
def test_behind_a_proxy_the_origin_is_the_public_address(origin, expected):
    headers = {"origin": origin, "host": "127.0.0.1:8000"}

    assert trusted(headers, secure=False, public_url=f"{OURS}/", has_token=False) is expected


@pytest.mark.parametrize("has_token", [True, False])
def test_what_is_no_browser_needs_a_token(has_token):
    assert trusted({"host": "x"}, secure=False, public_url="", has_token=has_token) is has_token
