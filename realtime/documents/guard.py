"""The update guard: what a Yjs update may contain, read before any library touches it.

A library that meets these bytes naked can be made to do the following; each was tried on yrs.

* A length that claims more than there is: eight bytes ask the allocator for 350 GB, and the
  process is gone.
* A piece of length nought: after eleven bytes a document can be read and edited, and never again
  be saved.
* Arrays within arrays within arrays: 27 KB of them overflow the stack when read, 53 KB when
  applied.
* Deletions of what is not there: the document's own snapshot can then not be loaded.
* Varints without an end: a second of work for every few kilobytes.
* Pieces out of nowhere, kept as pending: ten thousand of them take 22 seconds, and stay for ever.
* A cut between the two halves of an emoji: the state that is then written cannot be loaded.

So every byte is read here first, nothing is allocated that a length merely claims, and what is
left over, unknown or out of range is refused. Whether the pieces fit the document they are meant
for is for `parent_kinds.py` to say.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from struct import unpack_from
from typing import Any

ROOT = "minutes"
NOTHING = b"\x00\x00"  # an update without pieces and without deletions
MAX_NUMBER = 2**53 - 1  # the largest whole number JavaScript can count to

# What a piece can hold. Others exist (subdocuments, binary data, embeds): no editor of ours writes
# them, so none comes in.
GC, DELETED, STRING, FORMAT, TYPE, ANY, SKIP = 0, 1, 4, 6, 7, 8, 10
# What a TYPE can be.
ELEMENT, TEXT = 3, 6

HAS_LEFT, HAS_RIGHT, HAS_KEY = 0x80, 0x40, 0x20

OTHER = object()  # a value of a kind that no editor writes

Id = tuple[int, int]
"""A character's name: the client that made it, and its place among all that this client made."""


class Rejected(Exception):
    """The message was read and changes nothing. `code` is what its sender is told."""

    def __init__(self, code: str, why: str = "") -> None:
        super().__init__(code, why)
        self.code, self.why = code, why


@dataclass(frozen=True, slots=True)
class Limits:
    """How large one update may be. `structs` holds up to 64 KiB, and grows with longer updates:
    what someone wrote offline comes as one."""

    bytes: int = 256 * 1024
    structs: int = 2000
    clients: int = 64
    depth: int = 16


@dataclass(slots=True)
class Struct:
    """One piece of an update: characters, a mark, an element, an attribute, or a gap left by
    something deleted."""

    client: int
    clock: int
    content: int
    left: Id | None = None
    right: Id | None = None
    parent: Id | str | None = None
    key: str | None = None
    length: int = 1
    type: int = 0
    name: str = ""  # of an element, or of a mark
    value: Any = None  # of a mark; of an attribute those there are, as a list
    begin: int = 0  # where it stands in the update's bytes,
    inside: int = 0  # where its content does,
    end: int = 0
    known: int = 0  # of its length, what is left out
    moved: bool = False  # it is put elsewhere than its bytes say
    halves: tuple[int, ...] = ()  # of its letters, which are the second half of a pair

    def leave_out(self, known: int) -> None:
        """Leave out what of it is known, up to a clock. Yjs would do so itself; but it throws where
        the known part has become garbage, and believes what the piece says of its parent."""
        if self.content == ANY:
            raise Rejected("gap", "several values, of which some are known")
        if known - self.clock in self.halves:
            raise malformed("it cuts a letter in two")
        self.known, self.length = known - self.clock, self.length + self.clock - known
        self.clock = known
        if self.content != GC:
            self.put_between((self.client, known - 1), self.right)

    def put_between(self, left: Id | None, right: Id | None) -> None:
        self.left, self.right, self.parent, self.key = left, right, None, None
        self.moved = True


@dataclass(slots=True)
class Update:
    """An update taken apart: its pieces by client, and what it deletes as (client, from, to)."""

    data: bytes
    structs: dict[int, list[Struct]]
    deletes: list[tuple[int, int, int]]


def read_update(data: bytes, limits: Limits) -> Update:
    """Take an update apart. Raises Rejected: too-big, gap or malformed."""
    if len(data) > limits.bytes:
        raise Rejected("too-big", f"{len(data)} bytes")
    reader = Reader(data, limits.depth)
    update = Update(data, dict(_structs(reader, limits)), list(_deletes(reader)))
    reader.finish()
    return update


def read_state_vector(data: bytes, most: int = 64 * 1024) -> dict[int, int]:
    """How far someone says they have got, by client. Raises Rejected."""
    if len(data) > most:
        raise Rejected("too-big", f"a state vector of {len(data)} bytes")
    reader = Reader(data)
    clocks = {reader.number(): reader.number() for _ in range(reader.count())}
    reader.finish()
    return clocks


def written_state_vector(clocks: Mapping[int, int]) -> bytes:
    out = bytearray()
    write_number(out, len(clocks))
    for client, clock in clocks.items():
        write_number(out, client)
        write_number(out, clock)
    return bytes(out)


def written_update(
    update: Update, known: Mapping[int, int], deletes: list[tuple[int, int, int]]
) -> bytes:
    """The update without what is known: only pieces that reach beyond `known`, and `deletes`.

    Clients come in falling order, which is how Yjs writes them and what merging relies upon.
    """
    out = bytearray()
    fresh = {
        client: [each for each in structs if each.clock + each.length > known.get(client, 0)]
        for client, structs in update.structs.items()
    }
    _write_structs(out, update.data, {client: each for client, each in fresh.items() if each})
    _write_deletes(out, deletes)
    return bytes(out)


class Reader:
    """A cursor over bytes nobody vouches for. Every step says whether there was enough."""

    __slots__ = ("at", "data", "depth")

    def __init__(self, data: bytes, depth: int = 16) -> None:
        self.data, self.at, self.depth = data, 0, depth

    def byte(self) -> int:
        if self.at >= len(self.data):
            raise malformed("truncated")
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        value = self.byte()
        if value < 0x80:
            return value
        value &= 0x7F
        shift = 7
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if value > MAX_NUMBER or shift > 49:
                raise malformed("a number beyond 2^53")
            if byte < 0x80:
                return value
            shift += 7

    def count(self) -> int:
        """How many things follow. Each takes a byte at least, so there cannot be more."""
        count = self.number()
        if count > len(self.data) - self.at:
            raise malformed("a count beyond the end")
        return count

    def skip(self, length: int) -> None:
        if length > len(self.data) - self.at:
            raise malformed("a length beyond the end")
        self.at += length

    def string(self) -> str:
        length = self.number()
        self.skip(length)
        try:
            return str(self.data[self.at - length : self.at], "utf-8")
        except UnicodeDecodeError:
            raise malformed("not UTF-8") from None

    def json(self) -> Any:
        text = self.string()
        if text == "null":
            return None
        try:
            value = json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise malformed("not JSON") from None
        self._measure(value, 0)
        return value

    def any(self, depth: int = 0) -> Any:
        """A value as lib0 writes it; OTHER where no editor writes its kind."""
        if depth > self.depth:
            raise malformed("too deep")
        match self.byte():
            case 126:
                return None
            case 121:
                return False
            case 120:
                return True
            case 125:
                return self._signed_number()
            case 124:
                return self._unpacked(">f", 4)
            case 123:
                return self._unpacked(">d", 8)
            case 119:
                return self.string()
            case 118:
                return {self.string(): self.any(depth + 1) for _ in range(self.count())}
            case 117:
                return [self.any(depth + 1) for _ in range(self.count())]
            case 127:  # undefined
                return OTHER
            case 122:  # a BigInt, which is no number to JavaScript
                self.skip(8)
                return OTHER
            case 116:  # bytes
                self.skip(self.number())
                return OTHER
            case unknown:
                raise malformed(f"a value of kind {unknown}")

    def finish(self) -> None:
        if self.at != len(self.data):
            raise malformed("something follows the end")

    def _signed_number(self) -> int:
        byte = self.byte()
        negative, value, bits = byte & 0x40, byte & 0x3F, 6
        while byte & 0x80:
            if bits > 48:
                raise malformed("a number beyond 2^53")
            byte = self.byte()
            value |= (byte & 0x7F) << bits
            bits += 7
        return -value if negative else value

    def _unpacked(self, format: str, length: int) -> float:
        self.skip(length)
        value: float = unpack_from(format, self.data, self.at - length)[0]
        return value

    def _measure(self, value: Any, depth: int) -> None:
        if depth > self.depth:
            raise malformed("too deep")
        inner = value.values() if isinstance(value, dict) else value
        if isinstance(value, dict | list):
            for each in inner:
                self._measure(each, depth + 1)


def malformed(why: str) -> Rejected:
    return Rejected("malformed", why)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _structs(reader: Reader, limits: Limits) -> Iterator[tuple[int, list[Struct]]]:
    clients = reader.count()
    if clients > limits.clients:
        raise Rejected("too-big", f"{clients} clients")
    left = max(limits.structs, len(reader.data) // 32)
    seen = set()
    for _ in range(clients):
        count, client, clock = reader.count(), reader.number(), reader.number()
        left -= count
        if left < 0:
            raise Rejected("too-big", "too many pieces")
        if client in seen or not count:
            raise malformed("a client twice, or without pieces")
        seen.add(client)
        yield client, _structs_of(reader, client, clock, count)


def _structs_of(reader: Reader, client: int, clock: int, count: int) -> list[Struct]:
    structs = []
    for _ in range(count):
        struct = _struct(reader, client, clock)
        clock += struct.length
        if not struct.length or clock > MAX_NUMBER:
            raise malformed("a piece of no length, or of too much")
        structs.append(struct)
    return structs


def _struct(reader: Reader, client: int, clock: int) -> Struct:
    begin = reader.at
    info = reader.byte()
    struct = Struct(client, clock, info & 0x1F, begin=begin)
    if struct.content == SKIP:
        raise Rejected("gap", "a hole within the update")
    if struct.content == GC:
        if info != GC:
            raise malformed("flags on a gap")
        struct.length = reader.number()
    else:
        _read_place(reader, struct, info)
        struct.inside = reader.at
        _read_content(reader, struct)
    struct.end = reader.at
    return struct


def _read_place(reader: Reader, struct: Struct, info: int) -> None:
    """Between whom the piece goes; or, where it has no neighbour, into what."""
    if info & HAS_LEFT:
        struct.left = reader.number(), reader.number()
    if info & HAS_RIGHT:
        struct.right = reader.number(), reader.number()
    if info & (HAS_LEFT | HAS_RIGHT):
        return
    match reader.number():
        case 1:
            struct.parent = reader.string()
            if struct.parent != ROOT:
                raise malformed("another root")
        case 0:
            struct.parent = reader.number(), reader.number()
        case _:
            raise malformed("neither a root nor a piece")
    if info & HAS_KEY:
        struct.key = reader.string()


def _read_content(reader: Reader, struct: Struct) -> None:
    match struct.content:
        case 4:  # STRING
            text = reader.string()
            # Yjs counts in UTF-16: what lies beyond the first plane takes two.
            struct.length = len(text)
            if not text.isascii():
                struct.halves = _second_halves(text)
                struct.length += len(struct.halves)
        case 6:  # FORMAT
            struct.name, struct.value = reader.string(), reader.json()
        case 7:  # TYPE
            struct.type = reader.number()
            if struct.type == ELEMENT:
                struct.name = reader.string()
            elif struct.type != TEXT:
                raise malformed(f"a type {struct.type}")
        case 8:  # ANY
            struct.length = reader.count()
            struct.value = [reader.any() for _ in range(struct.length)]
        case 1:  # DELETED
            struct.length = reader.number()
        case unknown:
            raise malformed(f"content {unknown}")


def _second_halves(text: str) -> tuple[int, ...]:
    """Where in UTF-16 the second half of a pair stands: of an emoji, for one. Nothing may cut
    there: yrs then writes a state that it cannot load."""
    halves: list[int] = []
    for at, sign in enumerate(text):
        if sign > "\uffff":
            halves.append(at + len(halves) + 1)
    return tuple(halves)


def _deletes(reader: Reader) -> Iterator[tuple[int, int, int]]:
    seen = set()
    for _ in range(reader.count()):
        client = reader.number()
        if client in seen:
            raise malformed("a client's deletions twice")
        seen.add(client)
        for _ in range(reader.count()):
            begin, length = reader.number(), reader.number()
            if not length or begin + length > MAX_NUMBER:
                raise malformed("a deletion of no length, or of too much")
            yield client, begin, begin + length


def _write_structs(out: bytearray, data: bytes, fresh: Mapping[int, list[Struct]]) -> None:
    write_number(out, len(fresh))
    for client in sorted(fresh, reverse=True):
        structs = fresh[client]
        write_number(out, len(structs))
        write_number(out, client)
        write_number(out, structs[0].clock)
        for struct in structs:
            if struct.known or struct.moved:
                _write_struct(out, data, struct)
            else:
                out += data[struct.begin : struct.end]


def _write_struct(out: bytearray, data: bytes, struct: Struct) -> None:
    """A piece that is not as it came: what is new of it, between those it is put between."""
    out.append(
        struct.content | (HAS_LEFT if struct.left else 0) | (HAS_RIGHT if struct.right else 0)
    )
    for id in (struct.left, struct.right):
        for number in id or ():
            write_number(out, number)
    if not struct.known:
        out += data[struct.inside : struct.end]
    elif struct.content == STRING:
        _write_rest(out, data, struct)
    else:
        write_number(out, struct.length)


def _write_rest(out: bytearray, data: bytes, struct: Struct) -> None:
    reader = Reader(data)
    reader.at = struct.inside
    units = reader.string().encode("utf-16-le")[2 * struct.known :]
    rest = units.decode("utf-16-le", "replace").encode()
    write_number(out, len(rest))
    out += rest


def _write_deletes(out: bytearray, deletes: list[tuple[int, int, int]]) -> None:
    by_client: dict[int, list[tuple[int, int]]] = {}
    for client, begin, end in deletes:
        by_client.setdefault(client, []).append((begin, end))
    write_number(out, len(by_client))
    for client in sorted(by_client, reverse=True):
        write_number(out, client)
        write_number(out, len(by_client[client]))
        for begin, end in sorted(by_client[client]):
            write_number(out, begin)
            write_number(out, end - begin)


def write_number(out: bytearray, number: int) -> None:
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


@dataclass(slots=True)
class Ranges:
    """Which clocks of which clients: what has been deleted. Disjoint, in order, joined up."""

    _begins: dict[int, list[int]] = field(default_factory=dict)
    _ends: dict[int, list[int]] = field(default_factory=dict)

    def lacks(self, client: int, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts of this range that are not in here."""
        begins, ends = self._begins.get(client, []), self._ends.get(client, [])
        at = bisect_right(ends, begin)
        while begin < end:
            if at == len(begins) or begins[at] >= end:
                yield begin, end
                return
            if begins[at] > begin:
                yield begin, begins[at]
            begin = ends[at]
            at += 1

    def add(self, client: int, begin: int, end: int) -> None:
        begins, ends = self._begins.setdefault(client, []), self._ends.setdefault(client, [])
        first, last = bisect_left(ends, begin), bisect_right(begins, end)
        if first < last:
            begin, end = min(begin, begins[first]), max(end, ends[last - 1])
        begins[first:last] = [begin]
        ends[first:last] = [end]

    def clear(self) -> None:
        self._begins.clear()
        self._ends.clear()
