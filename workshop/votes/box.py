"""The ballot box: sealed envelopes while a secret vote is open, and the key that opens them.

An envelope is authenticated encryption of one ballot, under a key of the vote's own. The key is a
private file in SEAL_DIR, outside the database and its backups; it is destroyed after the count, and
with it whatever is left of the envelopes in journals, backups and dead rows (crypto-shredding).
Secret from whoever gets hold of the database; not from a server that lies while people vote.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import quote, unquote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from workshop import models
from workshop.features.polls.secret import Emptied, Envelope, Seal
from workshop.records import Record

NONCE = 12  # bytes, at random: safe for 2³² envelopes of one vote, and a room has thousands
UNSEAL, LOSE = "polls.unseal", "polls.lose"
ORPHANED = 24 * 3600  # seconds that a key is kept whose session is not in this database
BETWEEN = "~"  # in a key's file name: no room and no quoted id has it


class KeyLost(Exception):
    """Nobody can open the envelopes of this vote any more."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What lay in the envelopes, in no order, and how many could not be opened."""

    ballots: list[Any]
    codes: list[str]
    missing: int


class BallotBox:
    def __init__(self, keys: Path, clock: Callable[[], float] = time.time) -> None:
        """`keys` is a folder that all hosts share and no backup takes."""
        self.keys, self.clock = keys, clock

    def keep(self, room: str, records: Sequence[Record]) -> None:
        """Store what rules put beside the log. In the transaction of their entries."""
        for record in records:
            match record:
                case Seal():
                    self._make_key(room, record.id)
                case Emptied():
                    envelopes(room, record.id).delete()
        self._keep_envelopes(room, [each for each in records if isinstance(each, Envelope)])

    def open(self, room: str, poll: str) -> Contents:
        """Open every envelope of a vote. Raises KeyLost."""
        cipher = self._cipher(room, poll)
        ballots, codes, missing = [], [], 0
        for person, content in envelopes(room, poll).values_list("person", "sealed").iterator():
            try:
                ballot = unsealed(cipher, bytes(content), label(room, poll, person))
            except (InvalidTag, ValueError):  # shorter than its nonce: no envelope of ours
                missing += 1
            else:
                ballots.append(ballot["answer"])
                codes.append(ballot["code"])
        return Contents(ballots, [code for code in codes if code], missing)

    def counting(self, room: str, poll: str) -> tuple[str, dict[str, Any]]:
        """The command that counts what is in the envelopes, and its fields."""
        try:
            found = self.open(room, poll)
        except KeyLost:
            return LOSE, {"poll": poll}
        return UNSEAL, {
            "poll": poll, "answers": found.ballots, "codes": found.codes, "missing": found.missing,
        }  # fmt: skip

    def destroy_spent(self) -> int:
        """Destroy the keys of all votes that are counted, or whose session has been gone for a day.
        How many.

        Again and again: a process may have died between the count and this. Not at once where
        there is no session: a server that is started with an older database, or another one, would
        destroy the votes of an evening."""
        return self._destroy(
            file
            for file, room, poll in self._files()
            if is_counted(room, poll) or (self._is_old(file) and not is_known(room))
        )

    def forget(self, room: str) -> int:
        """Destroy the keys of all votes of a session that is deleted. How many."""
        return self._destroy(file for file, of, _ in self._files() if of == room)

    def _destroy(self, files: Iterable[Path]) -> int:
        doomed = list(files)
        for file in doomed:
            destroy(file)
        if doomed:
            sync(self.keys)
        return len(doomed)

    def _is_old(self, file: Path) -> bool:
        with suppress(FileNotFoundError):  # another process was first
            return self.clock() - file.stat().st_mtime > ORPHANED
        return False

    def answers(self) -> bool:
        """Whether keys can be kept."""
        with suppress(OSError):
            self._make_folder()
            return os.access(self.keys, os.R_OK | os.W_OK | os.X_OK)
        return False

    def _keep_envelopes(self, room: str, records: Iterable[Envelope]) -> None:
        """All of a batch in one statement; of one person's, the last."""
        last = {record.key: record for record in records}
        ciphers = {poll: self._cipher(room, poll) for poll in {each.poll for each in last.values()}}
        models.Envelope.objects.bulk_create(
            [sealed(room, each, ciphers[each.poll]) for each in last.values()],
            update_conflicts=True,
            unique_fields=["room", "poll", "person"],
            update_fields=["sealed"],
        )

    def _make_key(self, room: str, poll: str) -> None:
        """On disk before anybody can vote. Of two processes the first makes it."""
        self._make_folder()
        with NamedTemporaryFile(dir=self.keys, prefix=".", delete=True) as file:
            file.write(ChaCha20Poly1305.generate_key())
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(file.name, self._file(room, poll))
        sync(self.keys)

    def _make_folder(self) -> None:
        self.keys.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _cipher(self, room: str, poll: str) -> ChaCha20Poly1305:
        try:
            return ChaCha20Poly1305(self._file(room, poll).read_bytes())
        except (FileNotFoundError, ValueError) as error:  # of no key's length: cut short
            raise KeyLost from error

    def _file(self, room: str, poll: str) -> Path:
        return self.keys / f"{quote(room, safe='')}{BETWEEN}{quote(poll, safe='')}"

    def _files(self) -> Iterator[tuple[Path, str, str]]:
        for file in self.keys.glob(f"[!.]*{BETWEEN}*"):
            room, _, poll = file.name.partition(BETWEEN)
            yield file, unquote(room), unquote(poll)


def envelopes(room: str, poll: str) -> Any:
    return models.Envelope.objects.filter(room=room, poll=poll)


def is_counted(room: str, poll: str) -> bool:
    refs = [count_ref(UNSEAL, poll), count_ref(LOSE, poll)]
    return models.Entry.objects.filter(room=room, ref__in=refs).exists()


def is_known(room: str) -> bool:
    return models.Session.objects.filter(slug=room).exists()


def count_ref(command: str, poll: str) -> str:
    """The ref under which a secret vote is counted: once, whichever process does it."""
    return f"{command}:{poll}"


def sealed(room: str, envelope: Envelope, cipher: ChaCha20Poly1305) -> models.Envelope:
    poll, person = envelope.poll, envelope.person
    content = seal(cipher, envelope, label(room, poll, person))
    return models.Envelope(room=room, poll=poll, person=person, sealed=content)


def seal(cipher: ChaCha20Poly1305, envelope: Envelope, about: bytes) -> bytes:
    """Every envelope of a vote is as long as any other: its length says nothing."""
    content = {"answer": envelope.answer, "code": envelope.code}
    ballot = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    nonce = secrets.token_bytes(NONCE)
    return nonce + cipher.encrypt(nonce, ballot.ljust(envelope.size), about)


def unsealed(cipher: ChaCha20Poly1305, content: bytes, about: bytes) -> dict[str, Any]:
    """The ballot in an envelope. Raises InvalidTag if it is another's, or not whole."""
    ballot: dict[str, Any] = json.loads(cipher.decrypt(content[:NONCE], content[NONCE:], about))
    return ballot


def label(room: str, poll: str, person: str) -> bytes:
    """What an envelope is bound to: put into another place, it does not open."""
    return f"{room}\n{poll}\n{person}".encode()


def destroy(file: Path) -> None:
    """Overwrite, then remove. On disks that write elsewhere (SSDs, journals, snapshots) overwriting
    promises little: SEAL_DIR belongs on a small volume of its own, out of every backup."""
    with suppress(FileNotFoundError):
        with file.open("r+b") as opened:
            opened.write(secrets.token_bytes(file.stat().st_size))
            opened.flush()
            os.fsync(opened.fileno())
        file.unlink()


def sync(folder: Path) -> None:
    """Put the folder's names on disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
