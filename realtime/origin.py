"""The origin of a socket: a page of ours, and not one elsewhere that borrows a reader's cookie."""

from __future__ import annotations

from collections.abc import Mapping


def trusted(headers: Mapping[str, str], *, secure: bool, public_url: str, has_token: bool) -> bool:
    """Whether a handshake with these headers (lower-case names) may open a socket.

    Browsers always send an Origin, and it must be exactly ours: scheme, host and port. A client
    that is no browser sends none and needs a token of its own, which no page elsewhere has.
    """
    origin = headers.get("origin")
    if origin is None:
        return has_token
    if public_url:
        return origin == public_url.rstrip("/")
    return origin == f"{'https' if secure else 'http'}://{headers.get('host', '')}"
