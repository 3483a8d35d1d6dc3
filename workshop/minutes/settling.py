"""Settling: live blocks become words, when the minutes become final."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any

from pycrdt import Doc, XmlElement, XmlFragment

from workshop.minutes.blocks import written
from workshop.minutes.tree import ROOT, Node, shaped
from workshop.minutes.write import filled, put
from workshop.records import Records

Place = tuple[XmlFragment | XmlElement, int]
"""Where a block stands: in what, and as which of its children."""


def live_blocks(updates: Sequence[bytes]) -> int:
    """How many live blocks there are in the document that these updates make."""
    return sum(1 for _ in places(loaded(updates, None)))


def settled(updates: Sequence[bytes], client: int, records: Records, zone: tzinfo) -> bytes:
    """The update that puts words in the place of the first live block, under this client id, in the
    language that is on."""
    doc = loaded(updates, client)
    known = doc.get_state()
    holder, at = next(places(doc))
    element: Any = holder.children[at]
    (block,) = shaped([Node("record", dict(element.attributes))])  # an editor may write any hour
    with doc.transaction():
        del holder.children[at]
        for node in reversed(written(block, records, zone)):
            put(holder.children, filled(node), at)
    return doc.get_update(known)


def loaded(updates: Sequence[bytes], client: int | None) -> Doc[Any]:
    doc: Doc[Any] = Doc(client_id=client)
    for update in updates:
        doc.apply_update(update)
    return doc


def places(doc: Doc[Any]) -> Iterator[Place]:
    yield from inside(doc.get(ROOT, type=XmlFragment))


def inside(holder: XmlFragment | XmlElement) -> Iterator[Place]:
    for at, child in enumerate(holder.children):
        if isinstance(child, XmlElement) and child.tag == "record":
            yield holder, at
        elif isinstance(child, XmlElement):
            yield from inside(child)
