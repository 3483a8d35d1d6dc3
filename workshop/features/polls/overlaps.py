"""Overlaps: what two ways of dividing the same voters tell together.

Communes and cantons, say: of a canton that is told, and all its communes but one small one, the
small one is the difference. Each way of dividing (a *cut*) is a set of voters for each part, as the
bits of a number. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import or_

Cut = Mapping[str, int]
Tells = Callable[[int], bool]


def withheld_too(cuts: Sequence[Cut], kept: Sequence[set[str]], tells: Tells) -> list[set[str]]:
    """The parts of each cut that may not be told: those `kept` already, and as many more, the
    smallest first, as it takes that no part of one cut, less what lies within it of another, is a
    set of voters that `tells`. What a cut leaves out is known together, from the total. Differences
    of several parts and several parts are not looked for."""
    kept = [set(each) for each in kept]
    while more := the_next(cuts, kept, tells):
        cut, name = more
        kept[cut].add(name)
    return kept


def the_next(cuts: Sequence[Cut], kept: Sequence[set[str]], tells: Tells) -> tuple[int, str] | None:
    """A part that must be withheld too, with the number of its cut."""
    known = [known_of(cut, left_out) for cut, left_out in zip(cuts, kept, strict=True)]
    for outer, parts in enumerate(known):
        for inner in range(len(cuts)):
            if inner == outer or not any(tells_less(part, known[inner], tells) for part in parts):
                continue
            if found := smallest(cuts, kept, (inner, outer)):
                return found
    return None


def known_of(cut: Cut, left_out: set[str]) -> list[int]:
    """The sets of voters of which a cut tells: its parts, and together those that it leaves out."""
    told = [voters for name, voters in cut.items() if name not in left_out]
    together = union(voters for name, voters in cut.items() if name in left_out)
    return [*told, together] if together else told


def tells_less(part: int, others: Sequence[int], tells: Tells) -> bool:
    """Whether a part, less what of another cut lies within it, tells of few."""
    within = union(each for each in others if not each & ~part)
    rest = part & ~within
    return bool(within and rest and tells(rest))


def smallest(
    cuts: Sequence[Cut], kept: Sequence[set[str]], among: Sequence[int]
) -> tuple[int, str] | None:
    """The smallest part of these cuts that is still told, of the first cut that has one."""
    for number in among:
        if told := cuts[number].keys() - kept[number]:
            return number, min(told, key=lambda name: (cuts[number][name].bit_count(), name))
    return None


def union(sets: Iterable[int]) -> int:
    return reduce(or_, sets, 0)
