"""A session full of people, and what must hold of it whatever happened: R1, R2, V1 and V2."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import msgspec
from pycrdt import Doc, XmlFragment

from realtime.documents.store_django import DjangoDocumentStore
from realtime.log import Entry
from realtime.log_django import DjangoLog
from tests.faults.doors import Door
from tests.faults.people import Host, NoteTaker, Participant, Person
from tests.faults.sizes import dice
from tests.realtime.sessions_for_tests import make_seat, make_session
from workshop.features import FEATURES
from workshop.models import Session
from workshop.people import Person as Seated
from workshop.records import Records, kind_of, load

KINDS = {name: kind for feature in FEATURES for name, kind in feature.kinds.items()}
P = TypeVar("P", bound=Person)
CALM = 40.0  # seconds for everything to be answered, once the faults are over


class Company:
    """Everyone in one session."""

    def __init__(self, session: Session, doors: Sequence[Door], host: Host) -> None:
        self.session, self.doors, self.host = session, doors, host
        self.people: list[Person] = [host]
        self.patience = CALM
        self._tasks: list[asyncio.Task[None]] = []

    async def come(
        self,
        kind: type[P],
        name: str,
        role: str | None = "participant",
        place: str = "remote",
        *,
        through: Sequence[Door] = (),
        seat: str | None = None,
    ) -> P:
        """Someone comes in, `through` these doors or else through all."""
        if role and not seat:
            seat = await self.seat(name, role, place)
        doors = through or self.doors
        first = len(self.people) % len(doors)
        doors = [*doors[first:], *doors[:first]]
        person = kind(name, self.session.slug, seat, doors, dice(name))
        self.people.append(person)
        self.watch_over(person)
        return person

    async def joined(self, *arguments: Any, **options: Any) -> Any:
        """The same, once they are there."""
        person = await self.come(*arguments, **options)
        await person.until(lambda: person.here)
        return person

    async def seat(self, name: str, role: str = "participant", place: str = "remote") -> str:
        return await make_seat(self.session, name, role, place)

    def watch_over(self, person: Person) -> None:
        self._tasks.append(asyncio.create_task(person.stay()))

    async def leave(self, person: Person) -> None:
        """They go, and nothing is asked of them any more."""
        task = self._tasks.pop(self.people.index(person))
        self.people.remove(person)
        task.cancel()
        await asyncio.wait([task])

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)

    async def seconds_to(self, listener: Person) -> float:
        """How long what the host says is on its way to someone."""
        ref = await self.host.demand("chat.post", text=f"Do you hear me? {time.monotonic()}")
        begun = time.monotonic()
        await listener.until(lambda: f"chat.message/{ref}" in listener.records)
        return time.monotonic() - begun

    @property
    def done(self) -> int:
        """Commands and words that were acknowledged."""
        return sum(len(each.answered) + len(getattr(each, "kept", ())) for each in self.people)

    async def until_done(self, number: int) -> None:
        """Until so many more have been acknowledged to the host."""
        goal = len(self.host.answered) + number
        async with asyncio.timeout(self.patience):
            await self.host.until(lambda: len(self.host.answered) >= goal)

    async def calm_down(self) -> list[str]:
        """Nobody asks for anything new. Returns who was not answered, or not told."""
        for each in self.people:
            each.quiet = True
        findings = await self._all("is not answered", is_answered)
        try:
            async with asyncio.timeout(self.patience):
                await self.host.finish()
                await self.host.until(lambda: noted(self.host))
                last = await self.host.demand("chat.post", text="That is all.")
        except TimeoutError:
            return [*findings, "stuck: the host cannot finish"]
        told = f"chat.message/{last}"
        return findings + await self._all("was not told", lambda who: told in who.records)

    async def _all(self, otherwise: str, fact: Callable[[Person], bool]) -> list[str]:
        """Wait until it is true of everyone. Returns of whom it is not."""
        waiting = [asyncio.create_task(each.until(partial(fact, each))) for each in self.people]
        await asyncio.wait(waiting, timeout=self.patience)
        for task in waiting:
            task.cancel()
        return [f"stuck: {each.name} {otherwise}" for each in self.people if not fact(each)]

    async def findings(self) -> list[str]:
        """Everything that must not be, of the log, of what was acknowledged, and of every copy."""
        found = await self.calm_down()
        entries = await DjangoLog().since(self.session.slug, 0)
        found += wrong_in_log(entries) + wrong_votes(entries, self.people)
        records = Records()
        for entry in entries:
            records.advance(load(entry.changes, KINDS))
        for each in self.people:
            found += each.faults + unkept(each, entries) + wrong_copy(each, records)
        found += wrong_minutes(await self._minutes(), self.people)
        for door in self.doors:
            found += ["traceback: " + door.said()[-2000:]] * ("Traceback" in door.said())
        return found

    async def _minutes(self) -> str:
        edits = await DjangoDocumentStore().since(self.session.slug, self.session.epoch, 0)
        doc: Doc[Any] = Doc()
        root = doc.get("minutes", type=XmlFragment)
        for edit in edits:
            doc.apply_update(edit.update)
        return str(root)


@asynccontextmanager
async def company(
    doors: Sequence[Door],
    *,
    talkers: int = 4,
    writers: int = 2,
    watchers: int = 2,
    watch: Sequence[Door] = (),
) -> AsyncIterator[Company]:
    """A session with a host, participants in the hall and elsewhere, note-takers, a projector and
    observers, who `watch` through these doors alone."""
    session = await make_session()
    seat = await make_seat(session, "Hal", "facilitator", "hall")
    there = Company(session, doors, Host("Hal", session.slug, seat, doors, dice("Hal")))
    there.watch_over(there.host)
    for n in range(talkers):
        await there.come(Participant, f"P{n}", place=("hall", "remote")[n % 2])
    for n in range(writers):
        await there.come(NoteTaker, f"N{n}", "note_taker")
    for n in range(watchers):
        await there.come(Person, f"W{n}", (None, "screen")[n % 2], through=watch)
    try:
        yield there
    finally:
        await there.end()


def is_answered(person: Person) -> bool:
    return not person.waiting and getattr(person, "settled", True)


# What must hold ---------------------------------------------------------------------------


def wrong_in_log(entries: Sequence[Entry]) -> list[str]:
    """One order without gaps; no ref and no message twice."""
    found = []
    if [each.seq for each in entries] != list(range(1, len(entries) + 1)):
        found.append("gap: the log's numbers have holes")
    refs = Counter(each.ref for each in entries)
    said = Counter(text for each in entries for text in texts(each))
    found += [f"twice: {each} in the log" for each, times in (refs + said).items() if times > 1]
    return found


def texts(entry: Entry) -> Iterable[str]:
    if entry.name == "chat.post":  # ours say nothing twice
        yield from (record["text"] for record in entry.changes.values() if record)


def noted(host: Person) -> bool:
    """Whether what belongs in the minutes is there, or they are locked."""
    locked = host.records.get("minutes.lock/lock", {}).get("locked")
    notes = [each for key, each in host.records.items() if key.startswith("minutes.note/")]
    return bool(locked) or all(each["placed"] for each in notes)


def unkept(person: Person, entries: Sequence[Entry]) -> list[str]:
    """R1: what was called done is in the log where it was said to be, what was refused is not."""
    stored = {each.ref: each.seq for each in entries}
    lost = [ref for ref, seq in person.answered.items() if stored.get(ref) != seq]
    undone = [ref for ref in person.refused if ref in stored]
    return [f"lost: {person.name}'s {ref}" for ref in lost] + [
        f"refused and done: {person.name}'s {ref}" for ref in undone
    ]


def wrong_copy(person: Person, records: Records) -> list[str]:
    """R2: they hold what the log leads to, as far as they may see it: all of it, but of the long
    kinds only from some moment on."""
    you = Seated(**person.you)
    visible = {key: each for key, each in records if each.audience in you.audiences}
    wanted = {key: json.loads(msgspec.json.encode(each)) for key, each in visible.items()}
    differ = [
        key
        for key in wanted.keys() | person.records.keys()
        if wanted.get(key) != person.records.get(key) and not cut_short(key, wanted, person)
    ]
    return [
        f"differs: {person.name} has {key} otherwise: {person.records.get(key)}"
        f", not {wanted.get(key)}"
        for key in differ
    ]


def cut_short(key: str, wanted: dict[str, Any], person: Person) -> bool:
    """Whether it is older than whatever a first frame brought."""
    kind = kind_of(key)
    if key in person.records or not KINDS[kind].keep:
        return False
    held = [each["seq"] for own, each in person.records.items() if kind_of(own) == kind]
    return len(held) >= KINDS[kind].keep and wanted[key]["seq"] < min(held)


def wrong_votes(entries: Sequence[Entry], people: Iterable[Person]) -> list[str]:
    """V1, V2, V3: the result is the last vote of each person, while the poll was open. The log does
    not know what was said in secret: there, those who said it do."""
    found = []
    ballots: dict[str, dict[str, int]] = {}
    secrets: set[str] = set()
    closed: set[str] = set()
    for entry in entries:
        for key, record in entry.changes.items():
            if record and key.startswith("polls.ballot/"):
                ballots.setdefault(record["poll"], {})[entry.by] = record["answer"]
                if record["poll"] in closed:
                    found.append(f"vote: {key} came after the end")
            elif record and key.startswith("polls.poll/"):
                if record["plan"]["secrecy"] == "secret":
                    secrets.add(record["id"])
                if record["status"] in ("counting", "closed"):
                    closed.add(record["id"])
            elif record and key.startswith("polls.result/"):
                cast = ballots.get(record["id"], {})
                if record["id"] in secrets:
                    found += [f"not secret: {record['id']}"] * any(
                        each is not None for each in cast.values()
                    )
                    cast = said_in_secret(record["id"], people)
                counted, votes = Counter(cast.values()), record["outcome"]["votes"]
                if votes != [counted[each] for each in range(len(votes))]:
                    found.append(f"vote: the result of {record['id']} is not what was voted")
    return found


def said_in_secret(poll: str, people: Iterable[Person]) -> dict[str, int]:
    """The last answer of each person that was acknowledged to them."""
    said = {}
    for each in people:
        mine = {seq: fields for seq, fields in each.voted.items() if fields["poll"] == poll}
        if mine:
            said[each.name] = mine[max(mine)]["answer"]
    return said


def wrong_minutes(text: str, people: Iterable[Person]) -> list[str]:
    """What was called saved is in the minutes, once."""
    found = []
    for each in people:
        if isinstance(each, NoteTaker):
            times = {word: text.count(f">{word}<") for word in each.words}
            found += [f"lost: {word} of the minutes" for word in each.kept if not times[word]]
            found += [f"twice: {word} in the minutes" for word in each.words if times[word] > 1]
    return found
