"""A copy: a document in the library's own form. Every use may fail, and fails as Unsound.

Nothing else of the server's touches the library: what does, does it here, in the engine's process.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment, XmlText, merge_updates

from realtime.documents.digest import digest
from realtime.documents.guard import NOTHING, ROOT, read_state_vector


class Unsound(Exception):
    """The library failed, or what it made of an update is not what it says it is."""


class Copy:
    """A document made of a state, to which updates are applied. Raises Unsound."""

    def __init__(self, state: bytes = NOTHING) -> None:
        with sound():
            self._doc: Doc[Any] = Doc()
            self._root = self._doc.get(ROOT, type=XmlFragment)
            if state != NOTHING:
                self._doc.apply_update(state)

    def apply(self, update: bytes) -> None:
        with sound():
            self._doc.apply_update(update)

    def state(self, since: bytes = b"\x00") -> bytes:
        """What someone lacks who is as far as this state vector, as one update."""
        with sound():
            return self._doc.get_update(since)

    def state_vector(self) -> bytes:
        with sound():
            return self._doc.get_state()

    def clocks(self) -> dict[int, int]:
        return read_state_vector(self.state_vector(), most=2**31)

    def digest(self) -> bytes:
        with sound():
            return digest(self._root)

    def tree(self) -> str:
        """The text as the library writes it: quick, but its attributes come in any order."""
        with sound():
            return str(self._root)

    def plain(self) -> list[Any]:
        """The text as plain data, with its attributes in order."""
        with sound():
            return [plain(each) for each in self._root.children]

    def compare(self, other: Copy) -> None:
        """Raise Unsound unless both hold the same."""
        if self.clocks() != other.clocks():
            raise Unsound("another state vector after loading")
        if self.tree() != other.tree() and self.plain() != other.plain():
            raise Unsound("another text after loading")


def merged(updates: Sequence[bytes]) -> bytes:
    """Several updates as one. Raises Unsound."""
    with sound():
        return updates[0] if len(updates) == 1 else merge_updates(*updates)


@contextmanager
def sound() -> Iterator[None]:
    """Turn whatever the library raises into Unsound. A panic is no Exception: it would pass by
    every `except Exception` on its way to the end of the process."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        raise Unsound(f"{type(error).__name__}: {error}") from error


def plain(node: Any) -> Any:
    match node:
        case XmlText():
            return [(plain(piece), plain(marks)) for piece, marks in node.diff()]
        case XmlElement():
            children = [plain(each) for each in node.children]
            attributes: Any = node.attributes
            return node.tag, plain(dict(attributes)), children
        case dict():
            return sorted((key, plain(value)) for key, value in node.items())
        case list():
            return [plain(each) for each in node]
    return repr(node)  # so that a number that is none equals itself
