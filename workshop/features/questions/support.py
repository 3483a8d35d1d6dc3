"""Support: what people say of questions. Each person has one word on a question and on all that are
merged into it: the newest counts.

Everybody is told the count twice a second at most, however many speak (as with votes); the sum
behind it moves with every word, by one, so that nothing has to be counted anew while a hall presses
at once. Only where questions are merged or parted are the words counted from the first to the last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workshop.feature import Call, Due, Id, Refused
from workshop.features.questions.records import (
    STANDING,
    Merged,
    Question,
    Sum,
    Support,
    Supporters,
    questions,
    root,
    rules_of,
    sum_of,
    the,
    words_of,
)
from workshop.people import SYSTEM_ONLY
from workshop.records import Changes, Records, drop, put

COUNT_EVERY = 0.5  # seconds


@questions.rule()
def support(records: Records, call: Call, *, question: Id, against: bool = False) -> Changes:
    """Support a question, or speak against it where the rules allow that; or change one's mind."""
    asked = root(records, the(records, question))
    if asked.state not in STANDING:
        raise Refused("not-at-this-state")
    if against and not rules_of(records).against:
        raise Refused("not-against")
    now = sum_of(records, asked.id)
    said = words_of(records, call.by.id, now.group)
    word = Support(
        id=f"{asked.id}:{call.by.id}",
        about=asked.id,
        person=call.by.id,
        place=call.by.place,
        against=against,
        seq=call.seq,
    )
    return put(word, counting(now, call.seq, less=said[:1], more=[word]))


@questions.rule()
def take_back(records: Records, call: Call, *, question: Id) -> Changes:
    """Say nothing of a question any more, nor of those merged into it."""
    asked = root(records, the(records, question))
    if asked.state not in STANDING:
        raise Refused("not-at-this-state")
    now = sum_of(records, asked.id)
    said = words_of(records, call.by.id, now.group)
    if not said:
        raise Refused("nothing-new")
    return drop(*said) | put(counting(now, call.seq, less=said[:1], more=[]))


@questions.rule(by=SYSTEM_ONLY)
def count(records: Records, call: Call, *, question: Id) -> Changes:
    """Tell how many support a question by now."""
    the(records, question)
    return put(told(sum_of(records, question), call.at))


@questions.due
def uncounted(records: Records, now: float) -> Iterator[Due]:
    """Questions whose count does not show yet what was said."""
    for each in records.all(Sum):
        count = records.find(Supporters, each.id)
        # Either way: a clock that was set back must not stop the counting.
        late = count is None or abs(now - count.at) >= COUNT_EVERY
        if late and each.seq > (count.upto if count else 0):
            ref = f"questions.count:{each.id}:{each.seq}"
            yield Due("questions.count", ref, {"question": each.id})


def told(sum: Sum, at: float) -> Supporters:
    return Supporters(
        id=sum.id,
        hall=sum.hall,
        remote=sum.remote,
        hall_against=sum.hall_against,
        remote_against=sum.remote_against,
        at=at,
        upto=sum.seq,
    )


def counting(sum: Sum, seq: int, less: list[Support], more: list[Support]) -> Sum:
    """The sum without these words and with those."""
    counts: dict[str, int] = {}
    for words, step in ((less, -1), (more, 1)):
        for word in words:
            side = f"{word.place}_against" if word.against else word.place
            counts[side] = counts.get(side, getattr(sum, side)) + step
    return replace(sum, seq=seq, **counts)  # type: ignore[arg-type]


def counted(records: Records, question: str, group: list[str], seq: int) -> Sum:
    """The sum of a group from the words themselves, as these records have them."""
    newest: dict[str, Support] = {}
    among = set(group)
    for word in records.all(Support):
        if word.about in among and word.seq > seq_of(newest.get(word.person)):
            newest[word.person] = word
    nothing = Sum(id=question, group=group)
    return counting(nothing, seq, less=[], more=list(newest.values()))


def seq_of(word: Support | None) -> int:
    return word.seq if word else 0


def recounted(records: Records, call: Call, changes: Changes, *heads: Question) -> Changes:
    """These changes, with the sums of the questions whose group they change, and what is told of
    them. Of a question that is held nothing is: nobody has spoken of it, nor should they know."""
    after = records.fold(changes)
    seen = [each.id for each in heads if each.audience == "all"]
    merged = Merged(after)
    sums = [counted(after, each, merged.group(each), call.seq) for each in seen]
    return changes | put(*sums, *(told(each, call.at) for each in sums))
