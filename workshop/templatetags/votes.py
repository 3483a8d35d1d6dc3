"""Votes: the words for their kinds and methods, which pages, exports and scripts share."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise

from workshop.votes.account import KINDS
from workshop.votes.words import METHODS

register = template.Library()


@register.simple_tag
def vote_kinds() -> dict[str, Promise]:
    """Each kind of vote, in the order in which one chooses."""
    return KINDS


@register.simple_tag
def vote_methods() -> dict[str, Promise]:
    """How each method counts."""
    return METHODS
