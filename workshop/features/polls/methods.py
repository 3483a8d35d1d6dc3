"""Counting methods: from ballots to scores, rounds, winners. Plain functions of plain numbers.

None of them breaks a tie by chance or by the place of an option in the list: options that the
ballots do not tell apart come out together. A ballot comes with its `times`: how many people gave
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, groupby
from typing import Any, NamedTuple

Ranked = Iterable[tuple[Sequence[int], int]]
"""Rankings, each an order of options, the best first, and how many people gave it."""

Pile = list[tuple[Iterator[int], int]]
"""Ballots: what each names further on, and how many people gave it."""


class Piles(NamedTuple):
    """One round of a run-off: votes for each option (0 once it is out), ballots that name none of
    those left, and who goes out."""

    votes: list[int]
    exhausted: int
    out: list[int]


class Spending(NamedTuple):
    """What an envelope pays for, in the order in which it does; those among which people must
    choose; and what is spent without these."""

    funded: list[int]
    tied: list[int]
    spent: int


def borda(ballots: Ranked, options: int) -> list[float]:
    """The Borda score of each option: from each ballot, one point for every option ranked below it
    and half a point for every option tied with it. What a ballot leaves out is tied, below all that
    it ranks: so every ballot gives as many points, and nobody gains by ranking fewer.
    (Black 1976, "Partial justification of the Borda count"; Dummett 1998, "The Borda count and
    agenda manipulation".)"""
    halves = [0] * options
    left_out = 0  # half points of an option that is on no ballot
    for ranked, times in ballots:
        tied = options - len(ranked) - 1
        left_out += tied * times
        points = (2 * (options - 1) - tied) * times
        for option in ranked:
            halves[option] += points
            points -= 2 * times
    return [(each + left_out) / 2 for each in halves]


def by_score(scores: Sequence[float]) -> list[list[int]]:
    """The options, the best first; those with the same score together."""
    return together(range(len(scores)), scores.__getitem__)


def runoff(ballots: Ranked, options: int) -> list[Piles]:
    """The rounds of an instant run-off. Each ballot counts for the first it names of those left; if
    it names none of them, it is exhausted. Who has more than half of the others wins. If nobody
    has, whoever has the fewest goes out: of several, the one who had fewer in the latest round that
    tells them apart; those whom no round tells apart go out together. If nobody would be left, they
    are tied, and the count ends."""
    piles: dict[int, Pile] = {option: [] for option in range(options)}
    moving: Pile = [(iter(ranked), times) for ranked, times in ballots]
    exhausted, rounds = 0, list[Piles]()
    while True:
        exhausted += deal(moving, piles)
        votes = [sum(times for _, times in piles.get(each, ())) for each in range(options)]
        rounds.append(Piles(votes, exhausted, []))
        out = ranks(rounds, piles)[-1]
        if 2 * max(votes) > sum(votes) or len(out) == len(piles):
            return rounds
        rounds[-1].out.extend(out)
        moving = [ballot for option in out for ballot in piles.pop(option)]


def deal(ballots: Pile, piles: dict[int, Pile]) -> int:
    """Put each ballot on the pile of whom it names next. Returns how many name nobody left."""
    exhausted = 0
    for rest, times in ballots:
        named = next((option for option in rest if option in piles), None)
        if named is None:
            exhausted += times
        else:
            piles[named].append((rest, times))
    return exhausted


def ranks(rounds: Sequence[Piles], options: Iterable[int]) -> list[list[int]]:
    """Options that are still in, those with the most votes first: in the last round, or else in the
    latest that tells them apart."""
    return together(options, lambda each: [piles.votes[each] for piles in reversed(rounds)])


def order(rounds: Sequence[Piles]) -> list[list[int]]:
    """All options of a run-off: those in the last round, then those who went out, latest first."""
    gone = [piles.out for piles in rounds if piles.out]
    left = set(range(len(rounds[0].votes))) - {option for out in gone for option in out}
    return ranks(rounds, left) + gone[::-1]


def together(options: Iterable[int], worth: Any) -> list[list[int]]:
    """The options by what they are worth, the most first; those worth the same in one list."""
    ordered = sorted(sorted(options), key=worth, reverse=True)
    return [sorted(tied) for _, tied in groupby(ordered, key=worth)]


def mean(counts: Mapping[int, int]) -> float | None:
    """The mean of whole numbers, each given so many times; None of none."""
    n = sum(counts.values())
    return sum(value * times for value, times in counts.items()) / n if n else None


def median(counts: Mapping[int, int]) -> float | None:
    """The median of whole numbers, each given so many times: in the middle of the two middle ones
    where their number is even; None of none."""
    n = sum(counts.values())
    return (nth(counts, (n - 1) // 2) + nth(counts, n // 2)) / 2 if n else None


def nth(counts: Mapping[int, int], n: int) -> int:
    """The number at place n, from 0, when all are put in order."""
    for value in sorted(counts):
        n -= counts[value]
        if n < 0:
            return value
    raise IndexError(n)


def bins(least: int, most: int, at_most: int, narrowest: int = 1) -> range:
    """Edges of equal bins from the least of some whole numbers to the most: the narrowest bins that
    are no more than `at_most`, 1, 2 or 5 times a power of ten times `narrowest` wide; each edge is
    a multiple of the width."""
    widths = (narrowest * 10**power * times for power in count() for times in (1, 2, 5))
    width = next(each for each in widths if most // each - least // each < at_most)
    return range(least // width * width, most // width * width + width + 1, width)


def bridging(agree: Sequence[int], disagree: Sequence[int]) -> list[float | None]:
    """How far each statement bridges differences: of all pairs of people who opposed one another on
    another statement, the share who both agree with this one. None where nobody opposed anybody.
    (What Ovadya and Thorburn 2023, "Bridging systems", call diverse approval, without first making
    groups as Polis does: Small et al. 2021, "Polis: scaling deliberation".)

    `agree` and `disagree` are, for each statement, the set of people who did, as the bits of a
    number. A pair counts once for each statement that sets them against one another. What a large
    camp likes alone scores next to nothing, since those pairs are of people of both camps."""
    sides = [*zip(agree, disagree, strict=True)]
    opposed = [for_it.bit_count() * against.bit_count() for for_it, against in sides]
    found: list[float | None] = []
    for index, fans in enumerate(agree):
        pairs = sum(opposed) - opposed[index]
        both = sum(
            (fans & for_it).bit_count() * (fans & against).bit_count()
            for for_it, against in sides  # its own: nobody agrees and disagrees, so it adds nothing
        )
        found.append(both / pairs if pairs else None)
    return found


def greedy(votes: Sequence[int], costs: Sequence[int], envelope: int) -> Spending:
    """What the envelope pays for: proposals by their votes, among equals the cheaper first; what
    does not fit any more is passed over, and what nobody wants is not paid for. Proposals of as
    many votes and the same cost, of which only some would fit, are left to people; the money for
    these some is set aside. (The greedy rule of participatory budgeting: Talmon and Faliszewski
    2019, "A framework for approval-based budgeting methods".)"""
    funded, tied, free, spent = list[int](), list[int](), envelope, 0
    wanted = [each for each, n in enumerate(votes) if n]
    for alike in together(wanted, lambda each: (votes[each], -costs[each])):
        cost = costs[alike[0]]
        fit = min(free // cost, len(alike))
        free -= fit * cost
        if fit == len(alike):
            funded += alike
            spent += fit * cost
        elif fit:
            tied += alike
    return Spending(funded, tied, spent)
