"""Beginnings: what minutes may begin with, so that nobody faces an empty page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from workshop.features.minutes.facts import Action
from workshop.minutes.tree import Node, node, tree_of


@dataclass(frozen=True)
class Known:
    """What is known before the first word: the agenda's items, and what is still to be done since
    the session before, whose title is `before`."""

    items: Sequence[str] = ()
    actions: Sequence[Action] = ()
    before: str = ""


def beginning(kind: str, known: Known) -> Node:
    """The text that minutes of this kind begin with, in the language that is on. Raises KeyError
    for a kind that there is not."""
    return tree_of([*still_open(known), *KINDS[kind](known)])


def agenda(known: Known) -> list[Node]:
    items = [node("list_item", paragraph(each)) for each in known.items]
    plan = [node("ordered_list", *items, order=1)] if items else [paragraph()]
    return [
        heading(gettext("Present")), paragraph(),
        heading(gettext("Agenda")), *plan,
        paragraph(),
    ]  # fmt: skip


def plain(known: Known) -> list[Node]:
    return [paragraph()]


def decisions(known: Known) -> list[Node]:
    return [heading(gettext("Decisions and actions")), paragraph()]


KINDS: dict[str, Callable[[Known], list[Node]]] = {
    "agenda": agenda,
    "plain": plain,
    "decisions": decisions,
}


def still_open(known: Known) -> list[Node]:
    """The last session's actions that are not done, at the top of this one."""
    if not known.actions:
        return []
    title = gettext("Still to be done since “%s”") % known.before
    tasks = [node("task_item", paragraph(said(each)), checked=False) for each in known.actions]
    return [heading(title), node("task_list", *tasks)]


def said(action: Action) -> str:
    parts = (action.what, action.who, action.by)
    return " · ".join(each for each in parts if each)


def heading(words: str) -> Node:
    return node("heading", words, level=1)


def paragraph(words: str = "") -> Node:
    return node("paragraph", words) if words else node("paragraph")
