"""permessage-deflate (RFC 7692) without memory: nothing is kept from one message to the next.

So one compressed frame serves every socket, and a socket at rest holds no window of 32 KiB.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import lru_cache

from realtime.sockets.faults import INCONSISTENT, TOO_BIG, ProtocolError

EXTENSION = "permessage-deflate; server_no_context_takeover; client_no_context_takeover"
WINDOW = re.compile(r"8|9|1[0-5]")  # RFC 7692, section 7.1.2: no leading zeroes
TAIL = b"\x00\x00\xff\xff"  # the end of a flush, which is not sent (section 7.2.1)
NOTHING_MORE = (b"", TAIL, b"\x00" + TAIL)


@lru_cache(16)  # browsers make the same offer every time
def negotiated(offers: str) -> str | None:
    """The first of the offers that we can meet, as we accept it; None if there is none."""
    for offer in offers.split(","):
        name, *parameters = (each.strip() for each in offer.split(";"))
        if name.lower() == "permessage-deflate":
            met = answer(dict(pairs(parameters)), len(parameters))
            if met is not None:
                return met
    return None


def pairs(parameters: list[str]) -> Iterator[tuple[str, str | None]]:
    for parameter in parameters:
        name, equals, value = parameter.partition("=")
        yield name.strip().lower(), value.strip().strip('"') if equals else None


def answer(asked: dict[str, str | None], parameters: int) -> str | None:
    """What we say to one offer; None declines it (RFC 7692, sections 5.1 and 7.1)."""
    if len(asked) != parameters:  # one was given twice
        return None
    extension = EXTENSION
    for name, value in asked.items():
        match name, value:
            case (("server_no_context_takeover" | "client_no_context_takeover"), None):
                pass
            case "client_max_window_bits", value if value is None or WINDOW.fullmatch(value):
                pass  # we inflate with the largest window, which reads what any smaller one wrote
            case "server_max_window_bits", "15":
                extension += "; server_max_window_bits=15"
            case _:  # unknown, or a window smaller than the one our shared frames are made with
                return None
    return extension


def inflated(payload: bytes, most: int) -> bytes:
    """The message that was compressed (RFC 7692, section 7.2.2).

    At most so many bytes of it: five hundred bytes could else become half a megabyte of zeroes, and
    half a megabyte five hundred.
    """
    inflater = zlib.decompressobj(wbits=-15)
    try:
        message = inflater.decompress(payload + TAIL, most + 1)
    except zlib.error as error:
        raise ProtocolError(INCONSISTENT) from error
    if len(message) > most:
        raise ProtocolError(TOO_BIG)
    # A final block may end the stream before the payload does; what followed would be lost unseen.
    if inflater.unused_data not in NOTHING_MORE:
        raise ProtocolError(INCONSISTENT)
    return message
