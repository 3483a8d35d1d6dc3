from __future__ import annotations

import statistics
from itertools import combinations

import pytest
from hypothesis import given as whatever
from hypothesis import strategies as st

from workshop.features.polls.methods import (
    Piles,
    Spending,
    bins,
    borda,
    bridging,
    by_score,
    greedy,
    mean,
    median,
    order,
    runoff,
)

RANKINGS = st.lists(
    st.tuples(st.lists(st.integers(0, 4), unique=True, min_size=1), st.integers(1, 3)), max_size=9
)

# Where Tennessee puts its capital: the example of the textbooks and of Wikipedia's articles on
# voting methods.
MEMPHIS, NASHVILLE, CHATTANOOGA, KNOXVILLE = range(4)
TENNESSEE = [
    ([MEMPHIS, NASHVILLE, CHATTANOOGA, KNOXVILLE], 42),
    ([NASHVILLE, CHATTANOOGA, KNOXVILLE, MEMPHIS], 26),
    ([CHATTANOOGA, KNOXVILLE, NASHVILLE, MEMPHIS], 15),
    ([KNOXVILLE, CHATTANOOGA, NASHVILLE, MEMPHIS], 17),
]


# Borda ------------------------------------------------------------------------------------


def test_borda_puts_tennessees_capital_in_nashville():
    scores = borda(TENNESSEE, 4)

    assert scores == [126, 194, 173, 107]
    assert by_score(scores) == [[NASHVILLE], [CHATTANOOGA], [MEMPHIS], [KNOXVILLE]]


def test_what_a_ballot_leaves_out_shares_the_points_that_are_left():
    assert borda([([2], 1)], 4) == [1, 1, 3, 1]
    assert borda([([2, 0], 1)], 4) == [2, 0.5, 3, 0.5]
    assert borda([([2, 0, 1], 1)], 4) == borda([([2, 0, 1, 3], 1)], 4) == [2, 1, 3, 0]


@whatever(RANKINGS)
def test_borda_counts_pairs(ballots):
    """A point for each option put below, half a point for each that is not told apart."""

    def against(ranked, a, b):
        place = [ranked.index(each) if each in ranked else 5 for each in (a, b)]
        return 0.5 if place[0] == place[1] else float(place[0] < place[1])

    pairs = [
        sum(times * against(ranked, a, b) for ranked, times in ballots for b in range(5) if b != a)
        for a in range(5)
    ]
    assert borda(ballots, 5) == pairs


def test_equal_scores_are_one_place():
    assert by_score([1, 3, 3, 0]) == [[1, 2], [0], [3]]


# Instant run-off --------------------------------------------------------------------------


def test_the_run_off_puts_tennessees_capital_in_knoxville():
    rounds = runoff(TENNESSEE, 4)

    assert rounds == [
        Piles([42, 26, 15, 17], 0, [CHATTANOOGA]),
        Piles([42, 26, 0, 32], 0, [NASHVILLE]),
        Piles([42, 0, 0, 58], 0, []),
    ]
    assert order(rounds) == [[KNOXVILLE], [MEMPHIS], [NASHVILLE], [CHATTANOOGA]]


def test_burlington_is_won_with_a_majority_of_the_ballots_that_still_count():
    """The last three of Burlington's election of a mayor in 2009, and the published last round:
    4 313 to 4 061, which is less than half of all 8 829."""
    kiss, montroll, wright = range(3)
    ballots = [
        ([kiss], 2981),
        ([montroll, kiss], 1332),
        ([montroll, wright], 767),
        ([montroll], 455),
        ([wright], 3294),
    ]
    rounds = runoff(ballots, 3)

    assert rounds == [
        Piles([2981, 2554, 3294], 0, [montroll]),
        Piles([4313, 0, 4061], 455, []),
    ]
    assert order(rounds) == [[kiss], [wright], [montroll]]


def test_a_majority_at_once_ends_it():
    assert runoff([([0], 3), ([1], 1), ([2], 1)], 3) == [Piles([3, 1, 1], 0, [])]


def test_half_is_no_majority():
    assert runoff([([0], 2), ([1], 1), ([2, 1], 1)], 3)[0].out == [1, 2]


def test_those_whom_nobody_names_first_go_out_together():
    rounds = runoff([([0, 1], 2), ([3], 2), ([4, 3], 1)], 5)

    assert [each.out for each in rounds] == [[1, 2], [4], []]
    assert order(rounds) == [[3], [0], [4], [1, 2]]


def test_of_equals_goes_out_who_had_fewer_in_the_round_before():
    ballots = [([0], 6), ([1], 4), ([2], 3), ([3, 2], 1)]

    assert [each.out for each in runoff(ballots, 4)] == [[3], [2], []]


def test_who_is_never_told_apart_is_tied():
    rounds = runoff([([0], 2), ([1], 2)], 2)

    assert rounds == [Piles([2, 2], 0, [])]
    assert order(rounds) == [[0, 1]]


def test_a_run_off_of_nobody_has_one_round():
    assert runoff([], 3) == [Piles([0, 0, 0], 0, [])]


@st.composite
def renamed(draw):
    """Ballots, and the same with the options called otherwise."""
    ballots, names = draw(RANKINGS), draw(st.permutations(range(5)))
    return ballots, [([names[each] for each in ranked], n) for ranked, n in ballots], names


@whatever(renamed())
def test_no_option_gains_by_its_place_in_the_list(case):
    ballots, others, names = case

    expected = [sorted(names[each] for each in tied) for tied in order(runoff(ballots, 5))]
    assert order(runoff(others, 5)) == expected
    assert [borda(others, 5)[names[each]] for each in range(5)] == borda(ballots, 5)


def plainly(ballots, options):
    """The run-off as one would do it by hand: every ballot is looked at again in every round."""
    left, rounds = list(range(options)), []
    while True:
        votes, exhausted = [0] * options, 0
        for ranked, times in ballots:
            first = [each for each in ranked if each in left][:1]
            exhausted += 0 if first else times
            for each in first:
                votes[each] += times
        rounds.append((votes, exhausted))
        if max(votes) * 2 > sum(votes):
            return rounds, [each for each in left if votes[each] == max(votes)]
        last = left
        for earlier, _ in reversed(rounds):
            last = [each for each in last if earlier[each] == min(earlier[e] for e in last)]
        if last == left:
            return rounds, left
        left = [each for each in left if each not in last]


@whatever(RANKINGS)
def test_the_run_off_is_as_one_would_do_it_by_hand(ballots):
    rounds = runoff(ballots, 5)
    votes, winners = plainly(ballots, 5)

    assert [(each.votes, each.exhausted) for each in rounds] == votes
    assert order(rounds)[0] == winners
    assert sorted(each for tied in order(rounds) for each in tied) == list(range(5))


@whatever(RANKINGS)
def test_no_ballot_is_lost_in_a_run_off(ballots):
    for each in runoff(ballots, 5):
        assert sum(each.votes) + each.exhausted == sum(times for _, times in ballots)


# Means, medians, bins ---------------------------------------------------------------------

COUNTS = st.dictionaries(st.integers(-9, 9), st.integers(1, 5), min_size=1)


@whatever(COUNTS)
def test_mean_and_median_are_those_of_the_numbers_one_by_one(counts):
    values = [value for value, times in counts.items() for _ in range(times)]

    assert mean(counts) == pytest.approx(statistics.mean(values))
    assert median(counts) == statistics.median(values)


def test_nobody_has_no_mean():
    assert (mean({}), median({})) == (None, None)


@pytest.mark.parametrize(
    ("least", "most", "narrowest", "edges"),
    [
        (3, 7, 1, range(3, 9)),
        (0, 10, 1, range(0, 13, 2)),
        (-7, 93, 1, range(-20, 101, 20)),
        (4, 4, 1, range(4, 6)),
        (1000, 3000, 1000, range(1000, 4001, 1000)),
    ],
)
def test_bins_have_round_edges(least, most, narrowest, edges):
    assert bins(least, most, 10, narrowest) == edges


@whatever(st.integers(-(10**12), 10**12), st.integers(0, 10**12), st.integers(2, 12))
def test_bins_hold_every_value_and_are_not_too_many(least, range_, at_most):
    edges = bins(least, least + range_, at_most)

    assert edges[0] <= least
    assert edges[-2] <= least + range_ < edges[-1]
    assert 1 <= len(edges) - 1 <= at_most


# Bridging ---------------------------------------------------------------------------------


def bits(*people: int) -> int:
    return sum(1 << each for each in people)


def test_what_both_camps_agree_to_is_above_what_the_larger_camp_likes():
    larger, smaller = bits(*range(70)), bits(*range(70, 100))
    divides = (larger, smaller)
    both = (bits(*range(40), *range(70, 85)), 0)  # 55 of 100
    camp = (larger, 0)  # 70 of 100, all of one camp
    scores = bridging(*zip(divides, both, camp, strict=True))

    assert scores[1] == pytest.approx(40 * 15 / (70 * 30))
    assert scores[2] == 0
    assert scores[0] is None  # nobody opposes anybody on the others


@whatever(st.lists(st.lists(st.sampled_from("+-0"), min_size=4, max_size=4), max_size=8))
def test_bridging_is_the_share_of_opposed_pairs_who_agree(people):
    agree = [bits(*(n for n, said in enumerate(people) if said[s] == "+")) for s in range(4)]
    disagree = [bits(*(n for n, said in enumerate(people) if said[s] == "-")) for s in range(4)]

    expected = []
    for s in range(4):
        opposed = [
            (a, b)
            for t in range(4)
            for a, b in combinations(people, 2)
            if t != s and {a[t], b[t]} == {"+", "-"}
        ]
        both = sum(a[s] == b[s] == "+" for a, b in opposed)
        expected.append(both / len(opposed) if opposed else None)
    assert bridging(agree, disagree) == expected


# Envelopes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("votes", "costs", "expected"),
    [
        ([5, 4, 3], [60, 50, 40], Spending([0, 2], [], 100)),  # 1 does not fit any more: 2 does
        ([5, 5, 3], [60, 40, 40], Spending([1, 0], [], 100)),  # among equals the cheaper first
        ([5, 0, 3], [60, 10, 40], Spending([0, 2], [], 100)),  # nobody wants 1
        ([5, 5, 5], [40, 40, 40], Spending([], [0, 1, 2], 0)),  # two of them would fit
        ([9, 5, 5, 4, 4], [30, 60, 60, 9, 20], Spending([0, 3], [1, 2], 39)),  # 60 is set aside
        ([1, 1], [100, 100], Spending([], [0, 1], 0)),
        ([0, 0], [1, 1], Spending([], [], 0)),
    ],
)
def test_the_envelope_pays_by_votes(votes, costs, expected):
    assert greedy(votes, costs, 100) == expected


@whatever(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 60)), min_size=2, max_size=8))
def test_an_envelope_is_never_overdrawn_whatever_people_choose_among_equals(proposals):
    votes, costs = zip(*proposals, strict=True)
    funded, tied, spent = greedy(votes, costs, 100)

    assert spent == sum(costs[each] for each in funded) <= 100
    assert not set(funded) & set(tied)
    for each in tied:
        assert spent + costs[each] <= 100
    for each in set(range(len(votes))) - {*funded, *tied}:
        dearer = [n for n in (*funded, *tied) if votes[n] >= votes[each]]
        assert not votes[each] or sum(costs[n] for n in dearer) + costs[each] > 100
