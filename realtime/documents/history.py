"""The history of a document, as far as this process holds it: a state, and the edits after it."""

from __future__ import annotations

from collections import deque

from realtime.documents.guard import NOTHING, write_number
from realtime.documents.store import Edit

TAIL_EDITS, TAIL_BYTES = 500, 256 * 1024  # edits kept for those who are a little behind

SYNC, STEP_1, STEP_2, UPDATE = 0, 0, 1, 2
DIGEST = 64


class History:
    """`base` is the document after edit `base_seq`; every edit since is here, and some of those
    before. All of it came from the store, or went into it."""

    def __init__(self, seq: int = 0, base: bytes = NOTHING) -> None:
        self.base_seq, self.base = seq, base
        self._tail: deque[Edit] = deque()
        self._bytes = 0
        self._told: dict[int, bytes] = {}  # messages, by the edit that each ends with

    @property
    def since_base(self) -> list[bytes]:
        """The updates that follow the base, in order."""
        return [edit.update for edit in self._tail if edit.seq > self.base_seq]

    def add(self, edit: Edit) -> None:
        """An edit that follows all others."""
        self._tail.append(edit)
        self._bytes += len(edit.update)
        self._shorten()

    def rebase(self, seq: int, base: bytes) -> None:
        """This is the document after edit `seq`: what led to it may go."""
        self.base_seq, self.base = seq, base
        self._told.pop(-1, None)
        self._shorten()

    def messages(self, seq: int) -> list[bytes]:
        """What brings someone who has everything up to `seq` to the last edit, each made once."""
        if self._tail and seq >= self._tail[0].seq - 1:
            missing = self._tail[-1].seq - seq
            return [self._message(edit) for edit in list(self._tail)[-missing:]]
        if -1 not in self._told:
            self._told[-1] = sync_message(UPDATE, self.base)
        after = [self._message(edit) for edit in self._tail if edit.seq > self.base_seq]
        return [self._told[-1], *after]

    def _message(self, edit: Edit) -> bytes:
        if edit.seq not in self._told:
            self._told[edit.seq] = sync_message(UPDATE, edit.update)
        return self._told[edit.seq]

    def _shorten(self) -> None:
        while self._tail and self._tail[0].seq <= self.base_seq and self._is_long():
            gone = self._tail.popleft()
            self._bytes -= len(gone.update)
            self._told.pop(gone.seq, None)

    def _is_long(self) -> bool:
        return len(self._tail) > TAIL_EDITS or self._bytes > TAIL_BYTES


def sync_message(kind: int, payload: bytes) -> bytes:
    """A y-protocols sync message."""
    return written(bytearray((SYNC, kind)), payload)


def digest_message(state_vector: bytes, sha256: bytes) -> bytes:
    """Our own addition to them."""
    return written(bytearray((DIGEST,)), state_vector, sha256)


def written(out: bytearray, *payloads: bytes) -> bytes:
    for payload in payloads:
        write_number(out, len(payload))
        out += payload
    return bytes(out)
