"""Answers: what one ballot says, and whether its form allows it.

An answer is kept in one shape only (stripped, sorted, without doubles), so that two people who
say the same leave the same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import singledispatch
from typing import Any, TypeVar

from workshop.feature import Refused
from workshop.features.polls.forms import (
    MAP_SIDE,
    THOUSANDTHS,
    AnyForm,
    Approval,
    Budget,
    Map,
    Multiple,
    Number,
    Points,
    Ranking,
    Rating,
    Scale,
    Single,
    Statements,
    Text,
    Words,
    YesNo,
)

Answer = int | float | str | list[int | float | str]

LONGEST_TEXT = 500  # signs
LONGEST_WORD = 40
BYTES_A_SIGN = 6  # in JSON as msgspec and browsers write it: a control sign is \u001f
OPINIONS = ("agree", "disagree", "pass", "")

T = TypeVar("T", int, str)


@singledispatch
def check(form: AnyForm, answer: Any) -> Answer:
    """The answer in its one shape. Raises Refused: malformed, no-such-option, too-few,
    too-many-choices, out-of-range, too-long, over-the-points, points-left, over-the-envelope.

    single: an index. multiple, approval, budget: indices, sorted. yes_no: "yes", "no", "abstain".
    ranking: indices, the best first, not necessarily all. rating: a step for each option, 0 for
    what one cannot say. scale: a step. points: whole points for each option. number: a number.
    text: a text. words: texts. statements: "agree", "disagree", "pass" or "" for each.
    map: [x, y], in the units of the map, from its upper left corner."""
    raise TypeError(f"no answer to a {type(form).__name__}")


@singledispatch
def longest(form: AnyForm) -> int:
    """No valid answer takes more bytes than this in JSON (UTF-8, without spaces). A secret ballot
    is padded to it, so that its length tells nothing."""
    raise TypeError(f"no answer to a {type(form).__name__}")


@check.register
def _(form: Single, answer: Any) -> Answer:
    return index(answer, len(form.options))


@longest.register
def _(form: Single) -> int:
    return len(str(len(form.options) - 1))


@check.register
def _(form: Multiple, answer: Any) -> Answer:
    chosen = indices(answer, len(form.options))
    if len(chosen) < form.least:
        raise Refused("too-few")
    if len(chosen) > form.most:
        raise Refused("too-many-choices")
    return [*sorted(chosen)]


@check.register
def _(form: Approval, answer: Any) -> Answer:
    return [*sorted(indices(answer, len(form.options)))]


@check.register
def _(form: Ranking, answer: Any) -> Answer:
    ranked = indices(answer, len(form.options))
    if not ranked:
        raise Refused("too-few")
    return [*ranked]


@longest.register
def _(form: Multiple | Approval | Ranking) -> int:
    return of_list(len(str(each)) for each in range(len(form.options)))


@check.register
def _(form: YesNo, answer: Any) -> Answer:
    if type(answer) is not str:
        raise Refused("malformed")
    if answer not in choices(form):
        raise Refused("no-such-option")
    return answer


@longest.register
def _(form: YesNo) -> int:
    return max(len(each) for each in choices(form)) + 2


@check.register
def _(form: Rating, answer: Any) -> Answer:
    steps = one_for_each(answer, int, len(form.options))
    if any(not 0 <= each <= form.steps for each in steps):
        raise Refused("out-of-range")
    if not form.cannot_say and 0 in steps:
        raise Refused("too-few")
    return [*steps]


@longest.register
def _(form: Rating) -> int:
    return of_list(len(str(form.steps)) for _ in form.options)


@check.register
def _(form: Scale, answer: Any) -> Answer:
    if type(answer) is not int:
        raise Refused("malformed")
    if not (0 if form.cannot_say else 1) <= answer <= form.steps:
        raise Refused("out-of-range")
    return answer


@longest.register
def _(form: Scale) -> int:
    return len(str(form.steps))


@check.register
def _(form: Points, answer: Any) -> Answer:
    given = one_for_each(answer, int, len(form.options))
    if any(each < 0 for each in given):
        raise Refused("out-of-range")
    if sum(given) > form.points:
        raise Refused("over-the-points")
    if form.all_of_them and sum(given) < form.points:
        raise Refused("points-left")
    return [*given]


@longest.register
def _(form: Points) -> int:
    return of_list(len(str(form.points)) for _ in form.options)


@check.register
def _(form: Number, answer: Any) -> Answer:
    if type(answer) is not int and (form.whole or type(answer) is not float):
        raise Refused("malformed")
    if not form.least <= answer <= form.most:  # nor is it NaN
        raise Refused("out-of-range")
    thousandths = round(answer * THOUSANDTHS)
    whole, rest = divmod(thousandths, THOUSANDTHS)
    return thousandths / THOUSANDTHS if rest else whole


@longest.register
def _(form: Number) -> int:
    digits = max(len(str(math.floor(bound))) for bound in (form.least, form.most))
    return digits + (0 if form.whole else len(".001"))


@check.register
def _(form: Text, answer: Any) -> Answer:
    return says(answer, LONGEST_TEXT)


@longest.register
def _(form: Text) -> int:
    return LONGEST_TEXT * BYTES_A_SIGN + 2


@check.register
def _(form: Words, answer: Any) -> Answer:
    if type(answer) is not list:
        raise Refused("malformed")
    words = dict.fromkeys(" ".join(says(each, LONGEST_WORD).split()) for each in answer)
    if not words:
        raise Refused("too-few")
    if len(words) > form.most:
        raise Refused("too-many-choices")
    return [*words]


@longest.register
def _(form: Words) -> int:
    return of_list(LONGEST_WORD * BYTES_A_SIGN + 2 for _ in range(form.most))


@check.register
def _(form: Statements, answer: Any) -> Answer:
    opinions = one_for_each(answer, str, len(form.options))
    if any(each not in OPINIONS for each in opinions):
        raise Refused("no-such-option")
    if not any(opinions):
        raise Refused("too-few")
    return [*opinions]


@longest.register
def _(form: Statements) -> int:
    return of_list(max(map(len, OPINIONS)) + 2 for _ in form.options)


@check.register
def _(form: Budget, answer: Any) -> Answer:
    chosen = indices(answer, len(form.proposals))
    if sum(form.proposals[each].cost for each in chosen) > form.envelope:
        raise Refused("over-the-envelope")
    return [*sorted(chosen)]


@longest.register
def _(form: Budget) -> int:
    return of_list(len(str(each)) for each in range(len(form.proposals)))


@check.register
def _(form: Map, answer: Any) -> Answer:
    pin = one_for_each(answer, int, 2)
    if any(not 0 <= each <= MAP_SIDE for each in pin):
        raise Refused("out-of-range")
    return [*pin]


@longest.register
def _(form: Map) -> int:
    return of_list(len(str(MAP_SIDE)) for _ in "xy")


def choices(form: YesNo) -> Sequence[str]:
    """What one may say, in the order in which it is counted and shown."""
    return ("yes", "no", "abstain") if form.abstain else ("yes", "no")


def index(answer: Any, options: int) -> int:
    if not isinstance(answer, int) or isinstance(answer, bool):
        raise Refused("malformed")
    if not 0 <= answer < options:
        raise Refused("no-such-option")
    return answer


def indices(answer: Any, options: int) -> list[int]:
    if type(answer) is not list:
        raise Refused("malformed")
    found = [index(each, options) for each in answer]
    if len(set(found)) < len(found):
        raise Refused("malformed")
    return found


def one_for_each(answer: Any, kind: type[T], n: int) -> list[T]:
    if type(answer) is not list or len(answer) != n:
        raise Refused("malformed")
    if any(type(each) is not kind for each in answer):
        raise Refused("malformed")
    return answer


def says(answer: Any, longest: int) -> str:
    """The text, stripped: at least one sign, no NUL (which PostgreSQL cannot store) and no half of
    a pair of surrogates (which is no text and cannot be sent)."""
    if type(answer) is not str or "\0" in answer:
        raise Refused("malformed")
    if any("\ud800" <= sign <= "\udfff" for sign in answer):
        raise Refused("malformed")
    text = answer.strip()
    if not text:
        raise Refused("too-few")
    if len(text) > longest:
        raise Refused("too-long")
    return text


def of_list(sizes: Iterable[int]) -> int:
    """Bytes of a list in JSON, of items of these sizes: with brackets and commas."""
    return sum(size + 1 for size in sizes) + 1
