"""Settling: live blocks become words, when the minutes become final."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment

from workshop.minutes.blocks import written
from workshop.minutes.tree import Node, document, root_of, shaped
from workshop.minutes.write import PIECE, count, filled, put
from workshop.records import Records

Place = tuple[XmlFragment | XmlElement, int]
"""Where a block stands: in what, and as which of its children."""


def live_blocks(updates: Sequence[bytes]) -> int:
    """How many live blocks there are in the document that these updates make."""
    return sum(1 for _ in places(document(updates)))


def settled(updates: Sequence[bytes], client: int, records: Records, zone: tzinfo) -> bytes:
    """The update that puts words in the place of the first live blocks, as many as one update
    holds, under this client id, in the language that is on."""
    doc = document(updates, client)
    known = doc.get_state()
    with doc.transaction():
        # The last first: what stands before it stays where it is.
        for (holder, at), words in reversed(list(first_that_fit(doc, records, zone))):
            del holder.children[at]
            for node in reversed(words):
                put(holder.children, node, at)
    return doc.get_update(known)


def first_that_fit(
    doc: Doc[Any], records: Records, zone: tzinfo
) -> Iterator[tuple[Place, list[Node]]]:
    """The first live blocks with their words: one in any case, and no more than fit."""
    left = PIECE
    for place in places(doc):
        words = [filled(each) for each in written(block_at(place), records, zone)]
        nodes = sum(map(count, words))
        if left < PIECE and nodes > left:
            return
        left -= nodes
        yield place, words


def block_at(place: Place) -> Node:
    holder, at = place
    element: Any = holder.children[at]
    (block,) = shaped([Node("record", dict(element.attributes))])  # an editor may write any hour
    return block


def places(doc: Doc[Any]) -> Iterator[Place]:
    yield from inside(root_of(doc))


def inside(holder: XmlFragment | XmlElement) -> Iterator[Place]:
    for at, child in enumerate(holder.children):
        if isinstance(child, XmlElement) and child.tag == "record":
            yield holder, at
        elif isinstance(child, XmlElement):
            yield from inside(child)
