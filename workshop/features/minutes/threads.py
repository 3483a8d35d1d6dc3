"""What is said about the text: comments, suggestions, and remarks before it becomes final.

Each is anchored in the text by a pair of Yjs relative positions, which move with it; the words it
was about are kept as well, for when they are gone. Once the text is final nothing more is said
about it. A private remark is for the facilitators and its author: records have one audience, so
there are two of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from msgspec import Meta

from workshop.feature import Call, Id, Refused
from workshop.features.minutes.feature import Words, minutes
from workshop.features.minutes.life import check_not_final, life_of
from workshop.features.minutes.writing import is_open
from workshop.people import WRITERS, Person
from workshop.records import Changes, Record, Records, drop, put

Kind = Literal["comment", "suggestion", "remark"]
Status = Literal["open", "accepted", "refused", "answered", "resolved"]
Anchor = Annotated[str, Meta(max_length=512, pattern=r"^[A-Za-z0-9+/=]*$")]
Quoted = Annotated[str, Meta(max_length=2000, pattern=r"^[^\x00]*$")]  # none in PostgreSQL's JSON
OWN = ":own"  # ends the id of its author's copy of something private
THREADS, BY_ONE = 2000, 100  # in one session; by one person in it, who is no writer
ANSWERS = 100  # in one thread


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Thread(Record):
    """`proposal` is what a suggestion would put in the place of the quoted words."""

    about: Kind
    person: str
    name: str
    at: float
    begin: str
    end: str
    quoted: str
    words: str
    proposal: str = ""
    seen_by: str = "all"
    status: Status = "open"
    settled_by: str = ""

    @property
    def audience(self) -> str:
        return self.seen_by


@minutes.record
@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Record):
    thread: str
    person: str
    name: str
    at: float
    words: str
    seen_by: str = "all"

    @property
    def audience(self) -> str:
        return self.seen_by


@minutes.rule()
def comment(
    records: Records, call: Call, *, begin: Anchor, end: Anchor, quoted: Quoted, words: Words
) -> Changes:
    """Say something about a passage."""
    return put(begun(records, call, "comment", begin, end, quoted, words.strip()))


@minutes.rule()
def suggest(
    records: Records,
    call: Call,
    *,
    begin: Anchor,
    end: Anchor,
    quoted: Quoted,
    proposal: Quoted,
    words: Quoted = "",
) -> Changes:
    """Suggest other words for a passage; none at all, to have it taken out."""
    if proposal == quoted:
        raise Refused("nothing-new")
    thread = begun(records, call, "suggestion", begin, end, quoted, words.strip())
    return put(replace(thread, proposal=proposal))


@minutes.rule()
def remark(
    records: Records,
    call: Call,
    *,
    begin: Anchor,
    end: Anchor,
    quoted: Quoted,
    words: Words,
    private: bool = False,
) -> Changes:
    """Ask for an amendment, while the minutes are open to remarks. Each is answered."""
    if life_of(records).phase != "amendable":
        raise Refused("wrong-phase")
    thread = begun(records, call, "remark", begin, end, quoted, words.strip())
    if not private:
        return put(thread)
    own = replace(thread, id=f"{thread.id}{OWN}", seen_by=call.by.id)
    return put(replace(thread, seen_by="facilitators"), own)


@minutes.rule()
def answer(records: Records, call: Call, *, thread: Id, words: Words) -> Changes:
    """Answer. A remark is answered once a facilitator or note-taker has done so."""
    check_not_final(records)
    asked = the(records, thread, call.by)
    if sum(each.thread == asked.id for each in records.all(Answer)) >= ANSWERS:
        raise Refused("too-many")
    said = Answer(
        id=call.ref,
        thread=asked.id,
        person=call.by.id,
        name=call.by.name,
        at=call.at,
        words=words.strip(),
    )
    changes: Changes = {}
    for each in copies(records, asked):
        mark = OWN if each.id.endswith(OWN) else ""
        changes |= put(replace(said, id=f"{said.id}{mark}", thread=each.id, seen_by=each.seen_by))
        if each.about == "remark" and call.by.role in WRITERS and each.status == "open":
            changes |= put(replace(each, status="answered", settled_by=call.by.name))
    return changes


@minutes.rule(by=WRITERS)
def accept(records: Records, call: Call, *, thread: Id) -> Changes:
    """Take what was suggested into the text."""
    if not is_open(records):
        raise Refused("text-closed")
    return settled(records, call, thread, "accepted", about=("suggestion", "remark"))


@minutes.rule(by=WRITERS)
def refuse(records: Records, call: Call, *, thread: Id) -> Changes:
    """Leave the text as it is."""
    return settled(records, call, thread, "refused", about=("suggestion", "remark"))


@minutes.rule()
def resolve(records: Records, call: Call, *, thread: Id) -> Changes:
    """Say that nothing more is to be done about a comment: its author, or those who write."""
    asked = the(records, thread, call.by)
    if call.by.role not in WRITERS and call.by.id != asked.person:
        raise Refused("not-allowed")
    return settled(records, call, thread, "resolved", about=("comment",))


@minutes.rule()
def reopen(records: Records, call: Call, *, thread: Id) -> Changes:
    """Take a settlement back: those who write, or the author of a comment."""
    check_not_final(records)
    asked = the(records, thread, call.by)
    if asked.status == "open":
        raise Refused("nothing-new")
    own_comment = asked.about == "comment" and call.by.id == asked.person
    if call.by.role not in WRITERS and not own_comment:
        raise Refused("not-allowed")
    return put(*[replace(each, status="open", settled_by="") for each in copies(records, asked)])


@minutes.rule()
def take_back(records: Records, call: Call, *, thread: Id) -> Changes:
    """Take back what one said oneself, as long as nobody has answered."""
    asked = the(records, thread, call.by)
    if call.by.id != asked.person:
        raise Refused("not-allowed")
    if asked.status != "open" or any(each.thread == asked.id for each in records.all(Answer)):
        raise Refused("answered")
    return drop(*copies(records, asked))


def begun(
    records: Records, call: Call, about: Kind, begin: str, end: str, quoted: str, words: str
) -> Thread:
    check_not_final(records)
    threads = records.all(Thread)
    own = sum(each.person == call.by.id for each in threads)
    if len(threads) >= THREADS or (own >= BY_ONE and call.by.role not in WRITERS):
        raise Refused("too-many")
    return Thread(
        id=call.ref,
        about=about,
        person=call.by.id,
        name=call.by.name,
        at=call.at,
        begin=begin,
        end=end,
        quoted=quoted,
        words=words,
    )


def settled(
    records: Records, call: Call, thread: str, status: Status, *, about: tuple[Kind, ...]
) -> Changes:
    check_not_final(records)
    asked = the(records, thread, call.by)
    if asked.about not in about or asked.status not in ("open", "answered"):
        raise Refused("nothing-new")
    return put(
        *[replace(each, status=status, settled_by=call.by.name) for each in copies(records, asked)]
    )


def the(records: Records, id: str, who: Person) -> Thread:
    """The thread, if this person may see it."""
    thread = records.find(Thread, id)
    if thread is None or thread.audience not in who.audiences:
        raise Refused("unknown-thread")
    return thread


def copies(records: Records, thread: Thread) -> list[Thread]:
    """The thread and, of something private, the other copy."""
    id = thread.id.removesuffix(OWN)
    return [each for name in (id, f"{id}{OWN}") if (each := records.find(Thread, name))]


def remarks_without_answer(records: Records) -> list[Thread]:
    return [
        each for each in records.all(Thread) if each.about == "remark" and each.status == "open"
    ]
