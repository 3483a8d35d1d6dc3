"""How a peer can be wrong, by the code that it is told (RFC 6455, section 7.4.1)."""

from __future__ import annotations

BROKEN = 1002  # not the protocol
INCONSISTENT = 1007  # not the text, or not the compression, that it says it is
TOO_BIG = 1009
UNEXPECTED = 1011  # we are the ones who failed


class ProtocolError(Exception):
    """The peer does not speak the protocol: it is told the code, and let go."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
