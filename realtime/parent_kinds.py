"""Parent kinds: what every piece of a document is, and what it lies in.

A well-formed update can still be poison. Text put where an element belongs, a mark between two
paragraphs, a piece whose neighbours lie in different parents, a list item within itself: yrs takes
them and hides them, and then ProseMirror throws in every participant's browser. Of four thousand
updates made by someone who knows the document well, 681 stopped all editors at once.

So the server remembers, of everything it has admitted, what it is and where. It takes a new piece
only where an editor could have put it, builds on nothing it does not know, and nests no deeper
than a text reasonably does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple

from realtime.update_guard import (
    ANY,
    DELETED,
    ELEMENT,
    FORMAT,
    GC,
    STRING,
    TEXT,
    TYPE,
    Id,
    Rejected,
    Struct,
    Update,
    malformed,
)

DEPTH = 24  # elements within elements

# What an item is. The root holds elements, an element elements and texts, a text characters and
# marks. GONE is what was collected as garbage: nobody sees what is put there.
ROOT_KIND, ELEMENT_KIND, TEXT_KIND, LEAF, GONE = "root", "element", "text", "leaf", "gone"

IN_TEXT = frozenset({DELETED, STRING, FORMAT})
IN_ATTRIBUTE = frozenset({DELETED, ANY})


class Item(NamedTuple):
    """What one piece is and where it lies: in which parent, under which key, how deep."""

    kind: str
    parent: Id | str | None = None
    key: str | None = None
    depth: int = 0


ROOT_ITEM = Item(ROOT_KIND)
GONE_ITEM = Item(GONE)


class ParentKinds:
    """An index of everything admitted, by client and clock. A client's clocks have no holes, so
    that each item reaches to where the next begins."""

    def __init__(self) -> None:
        self.clocks: dict[int, int] = {}
        self._begins: dict[int, list[int]] = {}
        self._items: dict[int, list[Item]] = {}

    def admit(self, update: Update, *, strict: bool = True) -> dict[int, tuple[int, int]]:
        """Take in an update's pieces, all or none; return the new clocks, (from, to) by client.

        Raises Rejected: gap or malformed. What is stored was admitted once, and is taken in with
        `strict=False`: its neighbours may have become garbage since.
        """
        before = {client: self.clocks.get(client, 0) for client in update.structs}
        try:
            self._admit(update, strict)
            self._check_deletes(update)
        except Rejected:
            self.forget(before)
            raise
        return {
            client: (clock, self.clocks[client])
            for client, clock in before.items()
            if self.clocks.get(client, 0) > clock
        }

    def forget(self, clocks: Mapping[int, int]) -> None:
        """Go back to these clocks, for these clients."""
        for client, clock in clocks.items():
            if clock < self.clocks.get(client, 0):
                self._cut(client, clock)

    def go_back(self, clocks: Mapping[int, int]) -> None:
        """Go back to exactly these clocks; clients not among them were never there."""
        self.forget({client: clocks.get(client, 0) for client in self.clocks})

    def find(self, id: Id) -> Item | None:
        client, clock = id
        if clock >= self.clocks.get(client, 0):
            return None
        return self._items[client][bisect_right(self._begins[client], clock) - 1]

    def _cut(self, client: int, clock: int) -> None:
        begins, items = self._begins[client], self._items[client]
        while begins and begins[-1] >= clock:
            begins.pop()
            items.pop()
        if begins:
            self.clocks[client] = clock
        else:
            del self.clocks[client], self._begins[client], self._items[client]

    def _admit(self, update: Update, strict: bool) -> None:
        """Go through each client's pieces in order, turning to the next client where one builds on
        another's."""
        left = {client: structs[::-1] for client, structs in update.structs.items()}
        while left:
            moved = False
            for client in list(left):
                moved |= self._admit_some(left[client], strict)
                if not left[client]:
                    del left[client]
            if not moved:
                raise self._stuck(update, [structs[-1] for structs in left.values()])

    def _admit_some(self, structs: list[Struct], strict: bool) -> bool:
        """Take pieces off the end for as long as what they build on is here."""
        before = len(structs)
        while structs:
            struct = structs[-1]
            known = self.clocks.get(struct.client, 0)
            if struct.clock > known:
                raise Rejected("gap", "a clock beyond what is known")
            if struct.clock + struct.length > known:
                item = self._placed(struct, strict)
                if item is None:
                    break
                self._add(struct, item, known)
            structs.pop()
        return len(structs) < before

    def _placed(self, struct: Struct, strict: bool) -> Item | None:
        """What this piece would be, and where. None while it builds on something not here yet."""
        if struct.content == GC:
            return GONE_ITEM
        around: list[Item] = []
        for id in (struct.left, struct.right):
            if id is not None:
                found = self.find(id)
                if found is None:
                    return None
                if found.kind != GONE:
                    around.append(found)
        if strict and len(around) == 2 and around[0][1:3] != around[1][1:3]:
            raise malformed("its neighbours lie in different parents")
        return self._within(struct, around, strict)

    def _within(self, struct: Struct, around: list[Item], strict: bool) -> Item | None:
        parent, key = struct.parent, struct.key
        if around:
            parent, key = around[0].parent, around[0].key
        if parent is None:
            return GONE_ITEM
        holder = ROOT_ITEM if isinstance(parent, str) else self.find(parent)
        if holder is None:
            return None
        if holder.kind == GONE:
            return GONE_ITEM
        item = Item(_kind(struct), parent, key, holder.depth + 1)
        if strict:
            _check_fits(struct, item, holder)
        return item

    def _add(self, struct: Struct, item: Item, known: int) -> None:
        client, end = struct.client, struct.clock + struct.length
        begins = self._begins.setdefault(client, [])
        items = self._items.setdefault(client, [])
        if struct.clock < known and GONE not in (item.kind, items[-1].kind) and item != items[-1]:
            raise malformed("the rest of something that is known as something else")
        if not items or item != items[-1] or item.kind not in (LEAF, GONE):
            begins.append(known)
            items.append(item)
        self.clocks[client] = end

    def _stuck(self, update: Update, heads: list[Struct]) -> Rejected:
        """Why nothing can be taken in: they build on what is not here, or on one another."""
        for head in heads:
            for id in (head.left, head.right, head.parent):
                if isinstance(id, tuple) and self.find(id) is None and not _holds(update, id):
                    return Rejected("gap", "it builds on something unknown")
        return malformed("pieces that build on one another")

    def _check_deletes(self, update: Update) -> None:
        for client, _, end in update.deletes:
            if end > self.clocks.get(client, 0):
                raise Rejected("gap", "a deletion of something unknown")


def _kind(struct: Struct) -> str:
    if struct.content != TYPE:
        return LEAF
    return ELEMENT_KIND if struct.type == ELEMENT else TEXT_KIND


def _check_fits(struct: Struct, item: Item, holder: Item) -> None:
    if item.depth > DEPTH:
        raise malformed("nested too deep")
    if item.key is not None:
        fits = holder.kind == ELEMENT_KIND and struct.content in IN_ATTRIBUTE
    elif holder.kind == TEXT_KIND:
        fits = struct.content in IN_TEXT
    elif struct.content == TYPE:
        in_element = holder.kind == ELEMENT_KIND
        fits = in_element or (holder.kind == ROOT_KIND and struct.type != TEXT)
    else:
        fits = struct.content == DELETED and holder.kind in (ROOT_KIND, ELEMENT_KIND)
    if not fits:
        raise malformed(f"content {struct.content} in {holder.kind}, key {item.key!r}")


def _holds(update: Update, id: Id) -> bool:
    structs = update.structs.get(id[0])
    if not structs:
        return False
    return structs[0].clock <= id[1] < structs[-1].clock + structs[-1].length
