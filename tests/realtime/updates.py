"""Yjs updates made by hand, byte by byte: what no editor would send."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

Id = tuple[int, int]
ELEMENT, TEXT, FRAGMENT = 3, 6, 4


def update(
    structs: Mapping[int, tuple[int, Sequence[bytes]]],
    deletes: Mapping[int, Sequence[tuple[int, int]]] | None = None,
) -> bytes:
    """Pieces by client, from a clock on; and deletions as (clock, length)."""
    out = number(len(structs))
    for client, (clock, pieces) in structs.items():
        out += number(len(pieces)) + number(client) + number(clock) + b"".join(pieces)
    out += number(len(deletes or {}))
    for client, ranges in (deletes or {}).items():
        out += number(client) + number(len(ranges))
        out += b"".join(number(clock) + number(length) for clock, length in ranges)
    return out


def piece(
    content: int,
    rest: bytes,
    *,
    left: Id | None = None,
    right: Id | None = None,
    parent: Id | str = "minutes",
    key: str | None = None,
) -> bytes:
    info = content | (left is not None) << 7 | (right is not None) << 6 | (key is not None) << 5
    out = bytes([info])
    for id in (left, right):
        if id is not None:
            out += number(id[0]) + number(id[1])
    if left is None and right is None:
        out += number(1) + string(parent) if isinstance(parent, str) else number(0) + ids(parent)
        out += string(key) if key is not None else b""
    return out + rest


def element(name: str = "paragraph", **place) -> bytes:
    return piece(7, number(ELEMENT) + string(name), **place)


def text(**place) -> bytes:
    return piece(7, number(TEXT), **place)


def characters(words: str, **place) -> bytes:
    return piece(4, string(words), **place)


def mark(name: str, value: object, **place) -> bytes:
    return piece(6, string(name) + string(json.dumps(value)), **place)


def attribute(key: str, value: bytes = b"\x7d\x01", **place) -> bytes:
    return piece(8, number(1) + value, key=key, **place)


def collected(length: int) -> bytes:
    return b"\x00" + number(length)


def number(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def string(value: str) -> bytes:
    return number(len(value.encode())) + value.encode()


def ids(id: Id) -> bytes:
    return number(id[0]) + number(id[1])
