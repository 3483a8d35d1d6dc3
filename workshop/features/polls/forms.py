"""Forms: what a vote may ask. One struct for each kind of vote, told apart by the tag `kind`.

What msgspec can say of one field (lengths, ranges) stands in the annotations; what concerns
several fields at once is said by `check_form`.
"""

from __future__ import annotations

import math
from functools import singledispatch
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from workshop.feature import SAYS_SOMETHING, Refused

THOUSANDTHS = 1000
"""A number is asked, kept and added up in whole thousandths: their sums are exact in Python and in
browsers, and do not depend on the order of the ballots."""

MAP_SIDE = 1000
"""Every bundled map is drawn on a square of so many units; a pin stands on whole units."""

Option = Annotated[str, Meta(max_length=200, pattern=SAYS_SOMETHING)]
Options = Annotated[list[Option], Meta(min_length=2, max_length=20)]
Claims = Annotated[list[Option], Meta(min_length=2, max_length=50)]
Label = Annotated[str, Meta(max_length=40, pattern=r"^[^\x00]*$")]
Steps = Annotated[int, Meta(ge=2, le=10)]
Bound = Annotated[float, Meta(ge=-1_000_000_000, le=1_000_000_000)]
Euros = Annotated[int, Meta(ge=1, le=1_000_000_000)]


class Form(msgspec.Struct, frozen=True, tag_field="kind", forbid_unknown_fields=True):
    """What a vote asks, apart from its question."""


def kind_of(form: Form) -> str:
    """The kind of vote, as the tag says it."""
    return str(form.__struct_config__.tag)


class Single(Form, frozen=True, tag="single"):
    """One of the options."""

    options: Options


class Multiple(Form, frozen=True, tag="multiple"):
    """From `least` to `most` of the options."""

    options: Options
    most: Annotated[int, Meta(ge=1, le=20)]
    least: Annotated[int, Meta(ge=0, le=20)] = 0


class YesNo(Form, frozen=True, tag="yes_no"):
    """For or against, and `abstain` if that may be said too."""

    abstain: bool = True


class Approval(Form, frozen=True, tag="approval"):
    """As many of the options as one can live with, or none."""

    options: Options


class Ranking(Form, frozen=True, tag="ranking"):
    """The options in order, the best first; what one has no view on may be left out."""

    options: Options
    method: Literal["borda", "runoff"] = "borda"


class Rating(Form, frozen=True, tag="rating"):
    """Each of the options on a scale from 1 (`low`) to `steps` (`high`)."""

    options: Options
    steps: Steps = 5
    low: Label = ""
    high: Label = ""
    cannot_say: bool = True


class Scale(Form, frozen=True, tag="scale"):
    """One answer from 1 (`low`) to `steps` (`high`)."""

    steps: Steps = 5
    low: Label = ""
    high: Label = ""
    cannot_say: bool = True


class Points(Form, frozen=True, tag="points"):
    """So many points to give to the options; `all_of_them`, or as many as one likes."""

    options: Options
    points: Annotated[int, Meta(ge=1, le=1000)] = 10
    all_of_them: bool = False


class Number(Form, frozen=True, tag="number"):
    """A number from `least` to `most`: whole, or with three decimals at most."""

    least: Bound
    most: Bound
    unit: Label = ""
    whole: bool = True


class Text(Form, frozen=True, tag="text"):
    """An answer in one's own words, of 500 signs at most."""


class Words(Form, frozen=True, tag="words"):
    """A few words, of 40 signs each."""

    most: Annotated[int, Meta(ge=1, le=5)] = 3


class Statements(Form, frozen=True, tag="statements"):
    """Agree, disagree or pass, statement by statement."""

    options: Claims


class Proposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a part of the envelope could pay for. The cost is in whole euros."""

    title: Option
    cost: Euros
    commune: Label = ""
    theme: Label = ""


class Budget(Form, frozen=True, tag="budget"):
    """Proposals, as many as the envelope can pay for; in whole euros."""

    envelope: Euros
    proposals: Annotated[list[Proposal], Meta(min_length=2, max_length=50)]


class Map(Form, frozen=True, tag="map"):
    """One pin on a bundled map."""

    map: Literal["france", "corsica"]


AnyForm = (
    Single
    | Multiple
    | YesNo
    | Approval
    | Ranking
    | Rating
    | Scale
    | Points
    | Number
    | Text
    | Words
    | Statements
    | Budget
    | Map
)
WithOptions = Single | Multiple | Approval | Ranking | Rating | Points | Statements


@singledispatch
def check_form(form: AnyForm) -> AnyForm:
    """The form, its texts stripped. Raises Refused where its parts contradict each other:
    options-alike, least-above-most, most-above-options, not-whole, dearer-than-envelope."""
    return form


@check_form.register
def _(form: Single | Approval | Ranking | Points | Statements) -> AnyForm:
    return replace(form, options=distinct(form.options))


@check_form.register
def _(form: Multiple) -> AnyForm:
    if form.least > form.most:
        raise Refused("least-above-most")
    if form.most > len(form.options):
        raise Refused("most-above-options")
    return replace(form, options=distinct(form.options))


@check_form.register
def _(form: Rating) -> AnyForm:
    options = distinct(form.options)
    return replace(form, options=options, low=form.low.strip(), high=form.high.strip())


@check_form.register
def _(form: Scale) -> AnyForm:
    return replace(form, low=form.low.strip(), high=form.high.strip())


@check_form.register
def _(form: Number) -> AnyForm:
    if not (math.isfinite(form.least) and math.isfinite(form.most)):
        raise Refused("malformed")
    least, most = rounded(form.least), rounded(form.most)
    if least >= most:
        raise Refused("least-above-most")
    if form.whole and not (least.is_integer() and most.is_integer()):
        raise Refused("not-whole")
    return replace(form, least=least, most=most, unit=form.unit.strip())


@check_form.register
def _(form: Budget) -> AnyForm:
    proposals = [stripped(each) for each in form.proposals]
    if any(each.cost > form.envelope for each in proposals):
        raise Refused("dearer-than-envelope")
    distinct([f"{each.title}\0{each.commune}" for each in proposals])
    return replace(form, proposals=proposals)


def distinct(texts: list[str]) -> list[str]:
    """The texts, stripped. Raises Refused where two read the same."""
    found = [text.strip() for text in texts]
    if len({text.casefold() for text in found}) < len(found):
        raise Refused("options-alike")
    return found


def rounded(bound: float) -> float:
    return round(bound * THOUSANDTHS) / THOUSANDTHS


def stripped(proposal: Proposal) -> Proposal:
    return Proposal(
        title=proposal.title.strip(),
        cost=proposal.cost,
        commune=proposal.commune.strip(),
        theme=proposal.theme.strip(),
    )
