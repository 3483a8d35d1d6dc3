"""Plans as files: what facilitators prepare can be taken to another session. A file says what is
asked, how and of whom, and nothing else: no ids, no people, no ballots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import msgspec

from workshop.feature import Refused
from workshop.features.polls.poll import Plan, Poll
from workshop.features.polls.preparing import checked
from workshop.records import Records

LARGEST_FILE = 1_000_000  # bytes
MOST = 100  # plans in a file


class File(msgspec.Struct, forbid_unknown_fields=True):
    """`plans` are read one by one, so that each that cannot be read is told."""

    assises: Literal["plans"]
    plans: list[msgspec.Raw]


@dataclass(frozen=True)
class Refusal:
    """Why a plan was not taken: its line in the file (0 where it is none's fault), a code, and what
    exactly, in msgspec's words ("" where the code says all)."""

    line: int
    code: str
    detail: str = ""


class Unreadable(Exception):
    """A file of which nothing is taken."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(refusals)
        self.refusals = refusals


def written(plans: Iterable[Plan]) -> bytes:
    """The plans as a file, one on each line."""
    lines = ",\n".join(msgspec.json.encode(each).decode() for each in plans)
    return f'{{"assises": "plans", "plans": [\n{lines}\n]}}\n'.encode()


def read(file: bytes) -> list[Plan]:
    """The plans in a file. All of them, or none: Unreadable says all that stands in the way."""
    if len(file) > LARGEST_FILE:
        raise Unreadable([Refusal(1, "too-big")])
    try:
        found = msgspec.json.decode(file, type=File).plans
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable([Refusal(1, "not-plans", str(error))]) from error
    if len(found) > MOST:
        raise Unreadable([Refusal(1, "too-many-plans")])
    plans = [plan_in(raw, line) for raw, line in zip(found, lines(file, found), strict=True)]
    if refusals := [each for each in plans if isinstance(each, Refusal)]:
        raise Unreadable(refusals)
    return [each for each in plans if isinstance(each, Plan)]


def plan_in(raw: msgspec.Raw, line: int) -> Plan | Refusal:
    try:
        return checked(msgspec.json.decode(raw, type=Plan))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Refusal(line, "malformed", str(error))
    except Refused as why:
        return Refusal(line, why.code)


def lines(file: bytes, parts: Iterable[msgspec.Raw]) -> list[int]:
    """The line, from 1, on which each of these parts of the file begins."""
    found, at = [], 0
    for part in parts:
        at = file.index(bytes(part), at)
        found.append(file.count(b"\n", 0, at) + 1)
        at += len(bytes(part))
    return found


def plans_of(records: Records) -> list[Plan]:
    """The plans of a session, in order, each once: another round asks what the first did."""
    polls = sorted(records.all(Poll), key=lambda each: each.seq)
    return list({msgspec.json.encode(each.plan): each.plan for each in polls}.values())
