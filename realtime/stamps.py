"""Stamps: proof that somebody was connected at a certain time.

A browser that loses its connection keeps the last stamp it was given. A ballot that it sends after
the close of a vote shows it: the voter was here shortly before, whatever the phone's clock says.
"""

from __future__ import annotations

import hashlib
import hmac
import math

SIGNS = 16  # of the signature: 64 bits, for what is worth ten seconds


class Stamps:
    def __init__(self, key: bytes) -> None:
        """`key` is secret, and the same in all processes."""
        self._key = key

    def make(self, room: str, person: str, at: float) -> str:
        """A stamp for somebody connected at this time, in seconds since 1970."""
        # Rounded down: a stamp from the future of a close a moment later would not count before it.
        when = f"{math.floor(at * 100) / 100:.2f}"
        return f"{when}.{self._sign(room, person, when)}"

    def read(self, room: str, person: str, stamp: str) -> float:
        """When the person was connected; 0 if this is no stamp of theirs."""
        when, _, signature = stamp.rpartition(".")
        signed = self._sign(room, person, when)
        good = hmac.compare_digest(signature.encode(errors="replace"), signed.encode())
        return float(when) if good else 0

    def _sign(self, room: str, person: str, when: str) -> str:
        said = f"{room}\n{person}\n{when}".encode(errors="replace")
        return hmac.new(self._key, said, hashlib.sha256).hexdigest()[:SIGNS]
