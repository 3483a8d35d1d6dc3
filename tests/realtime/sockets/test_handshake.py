"""The opening handshake: what is a request, what is a valid one, and what is negotiated."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.sockets import handshake
from realtime.sockets.compression import EXTENSION, negotiated
from realtime.sockets.handshake import Malformed, Refused, Request
from tests.realtime.sockets.echo import handshake as head


def test_the_answer_is_the_one_of_the_rfc():
    """Section 1.3."""
    request = handshake.parsed(head("/chat?a=b&c"))

    assert handshake.wants_socket(request)
    assert handshake.fault(request) is None
    assert (request.path, request.query) == ("/chat", "a=b&c")
    assert handshake.welcome(request, "workshop.v1", None) == (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
        b"Sec-WebSocket-Protocol: workshop.v1\r\n\r\n"
    )


def test_header_names_have_no_case_and_repeated_ones_are_one_list():
    request = handshake.parsed(b"GET / HTTP/1.1\r\nA-b: 1 \r\nHOST:\tx\r\na-B:2\r\nc:\r\n\r\n")

    assert request.headers == {"a-b": "1, 2", "host": "x", "c": ""}


@pytest.mark.parametrize(
    ("target", "path", "query"),
    [
        ("/r%C3%A9union?x=%20", "/réunion", "x=%20"),
        ("http://example.org/a?b", "/a", "b"),
        ("WS://example.org:80/a", "/a", ""),
        ("//a", "//a", ""),
    ],
)
def test_a_target_is_a_path_or_a_whole_address(target, path, query):
    request = handshake.parsed(head(target))

    assert (request.path, request.query) == (path, query)


BROKEN_HEADS = {
    "nothing": b"\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "two spaces": b"GET  / HTTP/1.1\r\n\r\n",
    "no path": b"GET x HTTP/1.1\r\n\r\n",
    "no colon": b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    "no name": b"GET / HTTP/1.1\r\n: x\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
    "a folded line": b"GET / HTTP/1.1\r\nA: x\r\n y\r\n\r\n",
    "a bare line feed": b"GET / HTTP/1.1\r\nA: x\nHost: y\r\n\r\n",
    "a bare carriage return": b"GET / HTTP/1.1\r\nA: x\rHost: y\r\n\r\n",
    "a control character": b"GET / HTTP/1.1\r\nA: x\x00y\r\n\r\n",
}


@pytest.mark.parametrize("name", BROKEN_HEADS)
def test_a_head_that_is_none_is_malformed(name):
    with pytest.raises(Malformed):
        handshake.parsed(BROKEN_HEADS[name])


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_malformed(given_bytes):
    try:
        request = handshake.parsed(given_bytes + b"\r\n\r\n")
    except Malformed:
        return
    assert isinstance(request, Request)


@pytest.mark.parametrize(
    "headers",
    [{"Upgrade": ""}, {"Upgrade": "h2c"}, {"Connection": ""}, {"Connection": "keep-alive"}],
)
def test_a_page_is_no_socket(headers):
    assert not handshake.wants_socket(handshake.parsed(head(**headers)))


@pytest.mark.parametrize(
    "headers",
    [
        {"Connection": "keep-alive, Upgrade"},  # as Firefox says it
        {"Connection": "UPGRADE"},
        {"Upgrade": "WebSocket"},
        {"Upgrade": "h2c, websocket"},
    ],
)
def test_tokens_are_found_in_a_list_and_in_any_case(headers):
    assert handshake.wants_socket(handshake.parsed(head(**headers)))


FAULTS = {
    "no host": ({"Host": ""}, 400),
    "no key": ({"Sec_WebSocket_Key": ""}, 400),
    "a key of fifteen bytes": ({"Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAA"}, 400),
    "a key that is not base64": ({"Sec-WebSocket-Key": "!!AAAAAAAAAAAAAAAAAAAA=="}, 400),
    "two keys": ({"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==, a"}, 400),
    "an old version": ({"Sec-WebSocket-Version": "8"}, 426),
    "a body": ({"Content-Length": "20"}, 400),
    "a body in chunks": ({"Transfer-Encoding": "chunked"}, 400),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_handshake_is_refused(name):
    headers, status = FAULTS[name]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    fault = handshake.fault(handshake.parsed(head(**named)))

    assert fault is not None
    assert fault.status == status


@pytest.mark.parametrize(("old", "new"), [(b"GET", b"POST"), (b"HTTP/1.1", b"HTTP/1.0")])
def test_only_get_of_http_1_1_opens_a_socket(old, new):
    assert handshake.fault(handshake.parsed(head().replace(old, new))) == Refused(400)


def test_a_refusal_says_why_and_ends():
    answer = handshake.refusal(Refused(426, {"Sec-WebSocket-Version": "13"}))

    assert answer == (
        b"HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\n"
        b"Content-Length: 0\r\nConnection: close\r\n\r\n"
    )


# permessage-deflate (RFC 7692, section 7.1) -------------------------------------------------

OFFERS = {
    "permessage-deflate": EXTENSION,
    "Permessage-Deflate": EXTENSION,
    "permessage-deflate; client_max_window_bits": EXTENSION,
    'permessage-deflate; client_max_window_bits="10"': EXTENSION,
    "permessage-deflate; client_max_window_bits=8": EXTENSION,
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover": EXTENSION,
    "permessage-deflate; server_max_window_bits=15": f"{EXTENSION}; server_max_window_bits=15",
    "permessage-deflate; server_max_window_bits=10, permessage-deflate": EXTENSION,
    "x-webkit-deflate-frame, permessage-deflate": EXTENSION,
    "permessage-deflate; server_max_window_bits=10": None,
    "permessage-deflate; server_max_window_bits": None,
    "permessage-deflate; server_max_window_bits=16": None,
    "permessage-deflate; client_max_window_bits=7": None,
    "permessage-deflate; client_max_window_bits=08": None,
    "permessage-deflate; client_max_window_bits=16": None,
    "permessage-deflate; client_max_window_bits=": None,
    "permessage-deflate; server_no_context_takeover=1": None,
    "permessage-deflate; client_max_window_bits; client_max_window_bits": None,
    "permessage-deflate; unknown": None,
    "permessage-bzip2": None,
    "": None,
    ";,;": None,
}


@pytest.mark.parametrize("offers", OFFERS)
def test_an_offer_is_accepted_only_if_it_can_be_met(offers):
    assert negotiated(offers) == OFFERS[offers]


def test_a_handshake_is_quick():
    """Some fifteen microseconds: ten times that is a mistake, and not a busy machine."""
    asked = head(**{f"X-Header-{n}": "value " * 8 for n in range(12)})
    begun = time.process_time()
    for _ in range(2000):
        request = handshake.parsed(asked)
        assert handshake.wants_socket(request)
        assert handshake.fault(request) is None
        handshake.welcome(request, None, negotiated("permessage-deflate"))

    assert time.process_time() - begun < 2000 * 150e-6
