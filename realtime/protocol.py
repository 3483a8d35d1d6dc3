"""The words spoken over a room's socket. `docs/protocol.md` explains them to client writers."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

import msgspec

from realtime.message import Message
from workshop.people import Place, Role

SUBPROTOCOL = "workshop.v1"

REF = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A canonical UUID. The server's own refs contain a colon, so that nobody can take one."""


class Hello(msgspec.Struct, tag="hello", forbid_unknown_fields=True):
    epoch: str = ""
    since: int = 0


class Do(msgspec.Struct, tag="do", forbid_unknown_fields=True):
    do: str
    ref: str
    fields: dict[str, Any] = msgspec.field(name="with", default_factory=dict)
    seen: str = ""


class Older(msgspec.Struct, tag="older", forbid_unknown_fields=True):
    kind: str
    before: int


class Ephemeral(msgspec.Struct, tag="ephemeral", forbid_unknown_fields=True):
    what: str
    fields: dict[str, Any] = msgspec.field(name="with", default_factory=dict)


class Ping(msgspec.Struct, tag="ping", forbid_unknown_fields=True):
    pass


Asked = Hello | Do | Older | Ephemeral | Ping


class You(msgspec.Struct):
    id: str
    name: str
    role: Role
    place: Place


class Welcome(msgspec.Struct, tag="welcome"):
    you: You
    epoch: str
    now: float
    seq: int
    stamp: str


Put = dict[str, msgspec.Raw]
"""Records by key, encoded."""


class Changes(msgspec.Struct, tag="changes"):
    since: int
    seq: int
    fresh: bool
    gone: list[str]
    put: Put


class Done(msgspec.Struct, tag="done"):
    ref: str
    seq: int


class Refusal(msgspec.Struct, tag="refused", omit_defaults=True):
    ref: str
    code: str
    wait: float = 0


class OlderRecords(msgspec.Struct, tag="older"):
    kind: str
    before: int
    put: Put
    more: bool


class Passing(msgspec.Struct, tag="ephemeral"):
    what: str
    by: str = msgspec.field(name="from")
    name: str
    fields: dict[str, Any] = msgspec.field(name="with")


class PresenceCount(msgspec.Struct, tag="presence", frozen=True):
    hall: int
    remote: int
    watching: int


class Pong(msgspec.Struct, tag="pong"):
    seq: int
    now: float
    stamp: str


class Saved(msgspec.Struct, tag="saved"):
    updates: int


class Unsaved(msgspec.Struct, tag="unsaved"):
    update: int
    code: str


class Closing(msgspec.Struct, frozen=True):
    """Why a socket is closed: the close code, its word, and whether to come back, after how many
    seconds at the earliest."""

    close: int
    code: str
    again: bool
    wait: float = 0


class Bye(msgspec.Struct, tag="bye"):
    code: str
    again: bool
    wait: float

    @classmethod
    def of(cls, why: Closing, wait: float = 0) -> Bye:
        """The goodbye that goes with a close code; some say by themselves when to come back."""
        return cls(why.code, why.again, round(wait or why.wait, 2))


MALFORMED = Closing(4400, "malformed", again=False)
NO_SEAT = Closing(4401, "seat", again=False)
RIGHTS = Closing(4403, "rights", again=True)
NO_ROOM = Closing(4404, "no-room", again=False)
NO_HELLO = Closing(4408, "no-hello", again=True)
SLOW = Closing(4008, "slow", again=True)
TABS = Closing(4409, "tabs", again=False)
TOO_BIG = Closing(4413, "too-big", again=False)
TOO_FAST = Closing(4429, "too-fast", again=True, wait=5)
FULL = Closing(4429, "full", again=True, wait=10)
UNWELL = Closing(4503, "unavailable", again=True, wait=2)
RENEWED = Closing(4410, "renewed", again=True)
RESTART = Closing(4012, "restart", again=True)

_decoder: msgspec.json.Decoder[Asked] = msgspec.json.Decoder(Asked)
_encoder = msgspec.json.Encoder()


def understood(text: str) -> Asked:
    """The message a client sent. Raises msgspec.DecodeError (of which ValidationError is one)."""
    return _decoder.decode(text)


def spoken(message: msgspec.Struct) -> Message:
    return Message(_encoder.encode(message).decode())


class Frame:
    """What one reader, or many alike, must be told to get from `since` to `seq`."""

    def __init__(self, since: int, seq: int, gone: list[str], put: Put) -> None:
        self.since, self.seq, self.gone, self.put = since, seq, gone, put

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.gone or self.put)

    @cached_property
    def message(self) -> Message:
        """Encoded once, however many connections it goes to."""
        fresh = not self.since
        return spoken(Changes(self.since, self.seq, fresh, self.gone, self.put))
