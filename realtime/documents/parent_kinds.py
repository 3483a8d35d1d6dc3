"""Parent kinds: what every piece of a document is, what it lies in, and between what.

A well-formed update can still be poison. Text put where an element belongs, a mark between two
paragraphs, a list item within itself: yrs takes them and hides them, and then ProseMirror throws in
every participant's browser. Of four thousand updates made by someone who knows the document well,
681 stopped all editors at once.

So the server remembers, of everything it has admitted, what it is and where. It takes a new piece
only where an editor could have put it, builds on nothing it does not know, and nests no deeper
than a text reasonably does.

A piece whose right neighbour stands before its left one is subtler: no two copies agree on where it
goes, and of what others honestly write beside it a part would later be refused. Yjs' own undo makes
such pieces, once in some two thousand undos. They are taken, but as if put there when their left
neighbour was, on which all who get them agree; the one browser that made it fetches its text again
(`static/src/minutes/crossed.ts`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from realtime.documents import schema
from realtime.documents.guard import (
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

Place = tuple[Id | str, str | None]
"""A parent, and of an element's attributes which."""


@dataclass(slots=True, eq=False)
class Item:
    """One piece, or a run of letters: what it is, in what it lies and how deep, whom it was put
    between, and where it stands now. A client's item reaches to where its next one begins."""

    client: int
    begin: int
    kind: str
    place: Place | None = None
    depth: int = 0
    left: Id | None = None
    right: Id | None = None
    before: Item | None = None
    after: Item | None = None
    order: float = 0.0
    name: str | None = None  # of an element


ROOT_ITEM = Item(0, 0, ROOT_KIND)


class ParentKinds:
    """An index of everything admitted, by client and clock; a client's clocks have no holes."""

    def __init__(self) -> None:
        self.clocks: dict[int, int] = {}
        self._begins: dict[int, list[int]] = {}
        self._items: dict[int, list[Item]] = {}
        self._first: dict[Place, Item] = {}
        self._halves: dict[int, list[int]] = {}

    def admit(self, update: Update, *, strict: bool = True) -> dict[int, tuple[int, int]]:
        """Take in an update's pieces, all or none; return the new clocks, (from, to) by client.

        Raises Rejected: gap or malformed. What is stored was admitted once, and is taken in with
        `strict=False`: its neighbours may have become garbage since.
        """
        before = {client: self.clocks.get(client, 0) for client in update.structs}
        try:
            self._admit(update, strict)
            self._check_deletes(update, strict)
        except Rejected:
            self._forget(before)
            raise
        return {
            client: (clock, self.clocks[client])
            for client, clock in before.items()
            if self.clocks.get(client, 0) > clock
        }

    def go_back(self, clocks: Mapping[int, int]) -> None:
        """Go back to exactly these clocks; clients not among them were never there."""
        self._forget({client: clocks.get(client, 0) for client in self.clocks})

    def find(self, id: Id) -> Item | None:
        client, clock = id
        if clock >= self.clocks.get(client, 0):
            return None
        return self._items[client][bisect_right(self._begins[client], clock) - 1]

    # Taking in ----------------------------------------------------------------------------

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
                if struct.clock < known:
                    struct.leave_out(known)
                if not self._take(struct, strict):
                    break
            structs.pop()
        return len(structs) < before

    def _take(self, struct: Struct, strict: bool) -> bool:
        """Take one piece in. False while it builds on something not here yet."""
        if struct.content == GC:
            self._append(struct, Item(struct.client, struct.clock, GONE))
            return True
        around = [id and self.find(id) for id in (struct.left, struct.right)]
        if (struct.left and not around[0]) or (struct.right and not around[1]):
            return False
        place = _shared_place(struct, [each for each in around if each], strict)
        holder = self._holder(place)
        if holder is None:
            return False
        if strict:
            self._check_cuts(struct)
        item = Item(struct.client, struct.clock, GONE)
        if place and holder.kind != GONE:
            item = Item(struct.client, struct.clock, _kind(struct), place, holder.depth + 1)
            item.name = struct.name if item.kind == ELEMENT_KIND else None
            if strict:
                _check_fits(struct, item, holder)
        self._put(struct, item, strict)
        return True

    def _holder(self, place: Place | None) -> Item | None:
        """What is to hold a piece; None if it is not here yet."""
        if place is None or isinstance(place[0], str):
            return ROOT_ITEM
        return self.find(place[0])

    def _put(self, struct: Struct, item: Item, strict: bool) -> None:
        if struct.halves:
            begin = struct.clock - struct.known
            new = [begin + half for half in struct.halves if half > struct.known]
            self._halves.setdefault(struct.client, []).extend(new)
        if item.kind == GONE:
            return self._append(struct, item)
        left, right = self._neighbours(struct)
        if strict and not self._stood_together(left, right):
            self._mend(struct, left, right)
            left, right = self._neighbours(struct)
        item.left, item.right = struct.left, struct.right
        if not self._continues(item, left, right):
            self._link(item, self._predecessor(item, left, right))
            self._append(struct, item)
        self.clocks[item.client] = struct.clock + struct.length

    def _neighbours(self, struct: Struct) -> tuple[Item | None, Item | None]:
        """Between which items a piece goes: one that ends there, and one that begins there."""
        right = self._beginning(struct.right) if struct.right else None
        left = self._ending(struct.left) if struct.left else None
        return left, right

    def _stood_together(self, left: Item | None, right: Item | None) -> bool:
        """A piece is put between two that stood side by side: neither can itself have been put
        beside something that stands between them."""
        if left and right and left.order >= right.order:
            return False
        if left and left.right and not self._stands(right, left.right, before=True):
            return False
        return not (right and right.left and not self._stands(left, right.left, before=False))

    def _mend(self, struct: Struct, left: Item | None, right: Item | None) -> None:
        """Put a piece beside one of its neighbours as that was put there itself."""
        if left:
            struct.put_between(struct.left, left.right)
        elif right:
            struct.put_between(right.left, struct.right)

    def _stands(self, item: Item | None, id: Id, *, before: bool) -> bool:
        """Whether an item stands before what is called so, or after it, or is it."""
        other = self.find(id)
        if other is None or other.kind == GONE:
            return True
        if item is None:
            return False
        return item.order <= other.order if before else other.order <= item.order

    def _append(self, struct: Struct, item: Item) -> None:
        items = self._items.setdefault(item.client, [])
        if item.kind != GONE or not items or items[-1].kind != GONE:
            self._begins.setdefault(item.client, []).append(item.begin)
            items.append(item)
        self.clocks[item.client] = struct.clock + struct.length

    def _stuck(self, update: Update, heads: list[Struct]) -> Rejected:
        """Why nothing can be taken in: they build on what is not here, or on one another."""
        for head in heads:
            for id in (head.left, head.right, head.parent):
                if isinstance(id, tuple) and self.find(id) is None and not _holds(update, id):
                    return Rejected("gap", "it builds on something unknown")
        return malformed("pieces that build on one another")

    def _check_deletes(self, update: Update, strict: bool) -> None:
        for client, begin, end in update.deletes:
            if end > self.clocks.get(client, 0):
                raise Rejected("gap", "a deletion of something unknown")
            if strict and (self._cuts(client, begin) or self._cuts(client, end)):
                raise malformed("a deletion that cuts a letter in two")

    def _check_cuts(self, struct: Struct) -> None:
        left, right = struct.left, struct.right
        if (left and self._cuts(left[0], left[1] + 1)) or (right and self._cuts(*right)):
            raise malformed("between the halves of a letter")

    def _cuts(self, client: int, clock: int) -> bool:
        """Whether a cut before this clock would go through a pair."""
        halves = self._halves.get(client)
        if not halves:
            return False
        at = bisect_left(halves, clock)
        return at < len(halves) and halves[at] == clock

    # Order --------------------------------------------------------------------------------

    def _continues(self, item: Item, left: Item | None, right: Item | None) -> bool:
        """Whether the item is but the next letter of the run before it."""
        if left is None or not item.kind == left.kind == LEAF or left.client != item.client:
            return False
        last = left is self._items[item.client][-1]
        return last and left.after is right and left.right == item.right

    def _predecessor(self, item: Item, left: Item | None, right: Item | None) -> Item | None:
        """After whom the item goes, where several were put in the same place: Yjs' own rule, on
        which all copies agree."""
        at, seen, disputed = left, set[Item](), set[Item]()
        other = left.after if left else self._first.get(item.place) if item.place else None
        while other is not None and other is not right:
            seen.add(other)
            disputed.add(other)
            if other.left == item.left:
                if other.client < item.client:
                    at, disputed = other, set()
                elif other.right == item.right:
                    break
            else:
                origin = other.left and self.find(other.left)
                if not origin or origin not in seen:
                    break
                if origin not in disputed:
                    at, disputed = other, set()
            other = other.after
        return at

    def _link(self, item: Item, before: Item | None) -> None:
        assert item.place, "only what lies somewhere has neighbours"
        after = before.after if before else self._first.get(item.place)
        item.before, item.after = before, after
        if before:
            before.after = item
        else:
            self._first[item.place] = item
        if after:
            after.before = item
        _number(item)

    def _unlink(self, item: Item) -> None:
        if item.place is None:
            return
        if item.before:
            item.before.after = item.after
        elif item.after:
            self._first[item.place] = item.after
        else:
            del self._first[item.place]
        if item.after:
            item.after.before = item.before

    def _ending(self, id: Id) -> Item | None:
        """The item that ends with this letter."""
        self._split(id[0], id[1] + 1)
        return self.find(id)

    def _beginning(self, id: Id) -> Item | None:
        """The item that begins with this letter."""
        self._split(*id)
        return self.find(id)

    def _split(self, client: int, clock: int) -> None:
        """Make an item begin here, if there is anything."""
        item = self.find((client, clock))
        if item is None or item.begin == clock or item.kind == GONE:
            return
        rest = Item(client, clock, item.kind, item.place, item.depth)
        rest.left, rest.right = (client, clock - 1), item.right
        self._link(rest, item)
        at = bisect_right(self._begins[client], clock)
        self._begins[client].insert(at, clock)
        self._items[client].insert(at, rest)

    # Going back ---------------------------------------------------------------------------

    def _forget(self, clocks: Mapping[int, int]) -> None:
        for client, clock in clocks.items():
            if clock < self.clocks.get(client, 0):
                self._cut(client, clock)

    def _cut(self, client: int, clock: int) -> None:
        begins, items = self._begins[client], self._items[client]
        while begins and begins[-1] >= clock:
            begins.pop()
            self._unlink(items.pop())
        halves = self._halves.get(client, [])
        del halves[bisect_left(halves, clock) :]
        if begins:
            self.clocks[client] = clock
        else:
            del self.clocks[client], self._begins[client], self._items[client]


def _shared_place(struct: Struct, around: list[Item], strict: bool) -> Place | None:
    """Where a piece lies: as its neighbours do, or where it says. None among garbage."""
    if not around:
        return (struct.parent, struct.key) if struct.parent is not None else None
    if strict and len(around) == 2 and around[0].place != around[1].place:
        raise malformed("its neighbours lie in different parents")
    return around[0].place and around[-1].place


def _kind(struct: Struct) -> str:
    if struct.content != TYPE:
        return LEAF
    return ELEMENT_KIND if struct.type == ELEMENT else TEXT_KIND


def _check_fits(struct: Struct, item: Item, holder: Item) -> None:
    assert item.place, "garbage fits anywhere"
    if item.depth > DEPTH:
        raise malformed("nested too deep")
    if item.place[1] is not None:
        fits = holder.kind == ELEMENT_KIND and struct.content in IN_ATTRIBUTE
    elif holder.kind == TEXT_KIND:
        fits = struct.content in IN_TEXT
    elif struct.content == TYPE:
        in_element = holder.kind == ELEMENT_KIND
        fits = in_element or (holder.kind == ROOT_KIND and struct.type != TEXT)
    else:
        fits = struct.content == DELETED and holder.kind in (ROOT_KIND, ELEMENT_KIND)
    if not fits or not _follows_schema(struct, item, holder):
        raise malformed(f"content {struct.content} in {holder.kind}, key {item.place[1]!r}")


def _follows_schema(struct: Struct, item: Item, holder: Item) -> bool:
    """Whether the minutes may hold such a thing there."""
    assert item.place, "garbage fits anywhere"
    key = item.place[1]
    if struct.content == TYPE:
        return schema.holds(holder.name, item.name)
    if struct.content == FORMAT:
        return schema.mark(struct.name, struct.value)
    if struct.content == ANY and key is not None:
        return schema.attribute(holder.name, key, struct.value)
    return True


def _holds(update: Update, id: Id) -> bool:
    structs = update.structs.get(id[0])
    if not structs:
        return False
    return structs[0].clock <= id[1] < structs[-1].clock + structs[-1].length


def _number(item: Item) -> None:
    """Give an item a number between its neighbours'; where there is none left, number them all."""
    before, after = item.before, item.after
    if before and after:
        item.order = (before.order + after.order) / 2
        if not before.order < item.order < after.order:
            _number_all(item)
    elif before:
        item.order = before.order + 1
    elif after:
        item.order = after.order - 1


def _number_all(item: Item) -> None:
    while item.before:
        item = item.before
    order, each = 0.0, item.after
    item.order = order
    while each:
        order += 1
        each.order, each = order, each.after
