"""News: a room's records as they may be told, each with the entry that last changed it.

Only what is stored gets here. Records are encoded once, when they change, and frames once, however
many connections they go to.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

import msgspec

from realtime.log import Old, State
from realtime.protocol import Frame, Put
from workshop.records import Changes, Record, kind_of

FRAMES_KEPT = 16  # of one moment: readers stand at few places, whatever anyone may claim
HELD = 5000  # of a long kind, in memory: the older are read from the log

encode = msgspec.json.Encoder().encode


class Told(NamedTuple):
    """A record as it goes out: to whom, since which entry, and encoded."""

    audience: str
    seq: int
    value: msgspec.Raw


class News:
    def __init__(self, kinds: Mapping[str, type[Record]]) -> None:
        self.kinds, self.seq = kinds, 0
        self.floor = 0  # of what happened before this entry, only the outcome is known
        self.fresh: set[str] = set()  # audiences with news since somebody last emptied this
        self._told: dict[str, Told] = {}
        self._long: dict[str, dict[str, int]] = {
            name: {} for name, kind in kinds.items() if kind.keep
        }  # of each long kind: key -> the record's own seq, oldest first
        self._changed: defaultdict[str, dict[str, int]] = defaultdict(dict)
        # audience -> key -> seq at which it last changed for them, oldest first
        self._frames: OrderedDict[tuple[int, frozenset[str]], Frame] = OrderedDict()

    # Moving -------------------------------------------------------------------------------

    def note(self, seq: int, changes: Changes) -> None:
        """It is news for whoever may see the record now, and for whoever could before."""
        self.seq = seq
        self._frames.clear()
        for key, record in changes.items():
            before = self._told.get(key)
            audiences = {before.audience} if before else set()
            if record is None:
                self._drop(key)
            else:
                audiences.add(record.audience)
                self._put(key, record, seq)
            self._mark(key, seq, audiences)

    def forget_old(self) -> list[Old]:
        """Let go of what is beyond HELD of the long kinds, and return it, oldest first."""
        old = []
        for held in self._long.values():
            for key, seq in list(islice(held.items(), max(0, len(held) - HELD))):
                told = self._told[key]
                old.append(Old(key, seq, told.value))
                self.floor = max(self.floor, told.seq)
                self._changed[told.audience].pop(key, None)
                self._drop(key)
        return old

    def state(self) -> State:
        return State(self.seq, {key: (told.seq, told.value) for key, told in self._told.items()})

    def resume(self, state: State) -> Changes:
        """Begin where a snapshot was made. Returns its records."""
        decoders = {name: msgspec.json.Decoder(kind) for name, kind in self.kinds.items()}
        records: Changes = {}
        for key, (seq, value) in sorted(state.records.items(), key=lambda item: item[1][0]):
            record = decoders[kind_of(key)].decode(value)
            records[key] = record
            self._put(key, record, seq)
            self._changed[record.audience][key] = seq
        for kind, held in self._long.items():
            self._long[kind] = dict(sorted(held.items(), key=lambda item: item[1]))
        self.seq = self.floor = state.seq
        return records

    def _put(self, key: str, record: Record, seq: int) -> None:
        self._told[key] = Told(record.audience, seq, msgspec.Raw(encode(record)))
        if (held := self._long.get(kind_of(key))) is not None:
            held.setdefault(key, seq_of(record))

    def _drop(self, key: str) -> None:
        self._told.pop(key, None)
        if (held := self._long.get(kind_of(key))) is not None:
            held.pop(key, None)

    def _mark(self, key: str, seq: int, audiences: set[str]) -> None:
        for audience in audiences:
            self._changed[audience].pop(key, None)
            self._changed[audience][key] = seq
        self.fresh |= audiences

    # Telling ------------------------------------------------------------------------------

    def frame(self, told: int, audiences: frozenset[str]) -> Frame:
        """Everything that someone with these audiences, told as far as `told`, needs to get to now.

        Readers are told nothing of entries that do not concern them, so each may have heard last
        at another seq. The frame therefore begins where something was last new for the audiences
        that it concerns: all who are in between share it, and nobody takes it for a gap.
        """
        if told < self.floor:
            told = 0
        concerned = frozenset(each for each in audiences if self._latest(each) > told)
        if (told, concerned) not in self._frames:
            since = self._last_told(told, concerned)
            if (since, concerned) not in self._frames:
                self._frames[since, concerned] = self._build(since, concerned)
            self._frames[told, concerned] = self._frames[since, concerned]
        frame = self._frames[told, concerned]
        while len(self._frames) > FRAMES_KEPT:
            self._frames.popitem(last=False)
        return frame

    def older(self, kind: str, before: int, audiences: frozenset[str], most: int) -> Put:
        """Up to `most` records of a long kind that first frames cut short, just below `before`."""
        found: Put = {}
        for key, seq in reversed(self._long[kind].items()):
            told = self._told[key]
            if seq < before and told.audience in audiences:
                found[key] = told.value
                if len(found) == most:
                    break
        return dict(reversed(found.items()))

    def _build(self, since: int, audiences: frozenset[str]) -> Frame:
        put: Put = {}
        gone: list[str] = []
        for key in sorted({key for each in audiences for key in self._since(each, since)}):
            told = self._told.get(key)
            if told is not None and told.audience in audiences:
                put[key] = told.value
            elif since:
                gone.append(key)
        return Frame(since, self.seq, gone, put if since else self._cut_short(put))

    def _cut_short(self, put: Put) -> Put:
        """A first frame: of the long kinds, only the newest."""
        for kind, held in self._long.items():
            keys = [key for key in put if kind_of(key) == kind]
            for key in sorted(keys, key=held.__getitem__)[: -self.kinds[kind].keep]:
                del put[key]
        return put

    def _last_told(self, told: int, concerned: frozenset[str]) -> int:
        """Where someone told as far as `told` last heard of these audiences. At least 1 once they
        have been told anything: 0 would mean to start afresh."""
        if not told or not concerned:
            return told
        return max(1, *(self._latest(each, told) for each in concerned))

    def _since(self, audience: str, since: int) -> Iterator[str]:
        for key, seq in reversed(self._changed[audience].items()):
            if seq <= since:
                break
            yield key

    def _latest(self, audience: str, upto: int | None = None) -> int:
        """The last seq, up to one, at which something was new for an audience; or 0."""
        news = reversed(self._changed[audience].values()) if audience in self._changed else iter(())
        return next((seq for seq in news if upto is None or seq <= upto), 0)


def seq_of(record: Record) -> int:
    return getattr(record, "seq", 0)
