"""Votes to be read: the page of a result, the lists one can count again, and files to take away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import aget_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from workshop import archive
from workshop.door import Unavailable
from workshop.features.polls.secret import ballot_list, code_list, sha256
from workshop.models import Session
from workshop.people import Person
from workshop.spreadsheets import CSV, XLSX, as_csv, as_xlsx
from workshop.views.attachments import attached, name_of
from workshop.views.rooms import page, visitor_of
from workshop.votes.account import (
    account,
    answer_in_words,
    name_in_words,
    parts,
    withheld,
)
from workshop.votes.export import NAMES, TABLES
from workshop.votes.publication import KINDS, Publication, publication, publications
from workshop.votes.words import in_words, took_part

TEXT = "text/plain; charset=utf-8"


@never_cache
@require_GET
async def vote(request: HttpRequest, slug: str, poll: str) -> HttpResponse:
    """The result of a vote, and how it came about."""

    async def more(session: Session, person: Person) -> dict[str, Any]:
        return await sync_to_async(context_of)(request, session, person, poll)

    return await page(request, slug, "votes/page.html", more=more)


@never_cache
@require_GET
async def ballots(request: HttpRequest, slug: str, poll: str) -> HttpResponse:
    """The opened ballots of a secret vote: the bytes whose hash the result bears."""
    return await opened_list(request, slug, poll, lambda told: ballot_list(told.opened))


@never_cache
@require_GET
async def codes(request: HttpRequest, slug: str, poll: str) -> HttpResponse:
    """The receipts that lay with them."""
    return await opened_list(request, slug, poll, lambda told: code_list(told.opened))


async def opened_list(
    request: HttpRequest, slug: str, poll: str, write: Callable[[Any], str]
) -> HttpResponse:
    def made(session: Session, runs: bool) -> bytes:
        told = one(session, poll, runs)
        if told.opened is None:
            raise Http404
        return write(told).encode()

    return await file(request, slug, made, TEXT)


@never_cache
@require_GET
async def table(request: HttpRequest, slug: str, table: str, poll: str = "") -> HttpResponse:
    """One of the tables of a vote, or of all of a session, as CSV."""
    if table not in TABLES:
        raise Http404

    def made(session: Session, runs: bool) -> bytes:
        return as_csv(TABLES[table](wanted(session, poll, runs)))

    return await file(request, slug, made, CSV, f"{table}.csv")


@never_cache
@require_GET
async def workbook(request: HttpRequest, slug: str, poll: str = "") -> HttpResponse:
    """All tables of a vote, or of all of a session, as XLSX."""

    def made(session: Session, runs: bool) -> bytes:
        votes = wanted(session, poll, runs)
        return as_xlsx((str(NAMES[name]), rows(votes)) for name, rows in TABLES.items())

    return await file(request, slug, made, XLSX, "votes.xlsx")


async def file(
    request: HttpRequest,
    slug: str,
    make: Callable[[Session, bool], bytes],
    media_type: str,
    ending: str = "",
) -> HttpResponse:
    """A file made for whoever asks; to be saved, if its name has an ending."""
    session = await aget_object_or_404(Session.objects.select_related("day"), slug=slug)
    try:
        visitor = await visitor_of(request, session)
    except Unavailable:
        return HttpResponse(status=503)
    runs = await sync_to_async(runs_it)(request, session, visitor.person)
    if not (session.doors_open or visitor.seated or runs):
        raise Http404
    made = await sync_to_async(make)(session, runs)
    if ending:
        return attached(made, media_type, name_of(session, ending))
    return HttpResponse(made, content_type=media_type)


def runs_it(request: HttpRequest, session: Session, person: Person) -> bool:
    """Whether they run this session: a facilitator, or its organiser."""
    user = request.user
    organises = isinstance(user, User) and (
        user.is_superuser or session.day.organiser_id == user.pk
    )
    return person.role == "facilitator" or organises


def one(session: Session, poll: str, runs: bool) -> Publication:
    """What may be told of one vote. Raises Http404."""
    told = publication(archive.everything_of(session, *KINDS), poll, runs=runs)
    if told is None:
        raise Http404
    return told


def wanted(session: Session, poll: str, runs: bool) -> list[Publication]:
    """One vote, or all of which something may be told. Raises Http404."""
    if poll:
        return [one(session, poll, runs)]
    return publications(archive.everything_of(session, *KINDS), runs=runs)


def context_of(request: HttpRequest, session: Session, person: Person, poll: str) -> dict[str, Any]:
    """What the page shows."""
    told = one(session, poll, runs_it(request, session, person))
    plan = told.poll.plan
    heads, rows = in_words(told.poll, told.result)
    return {
        "told": told,
        "poll": told.poll,
        "plan": plan,
        "result": told.result,
        "heads": heads,
        "rows": rows,
        "took_part": took_part(told.result),
        "account": account(told),
        "parts": parts(told),
        "withheld": withheld(told.result),
        "before": told.before and (told.before, *in_words(told.before.poll, told.before.result)),
        "voted": [name_in_words(each) for each in told.voted],
        "said": [(name_in_words(n), answer_in_words(plan, answer)) for n, answer in told.said],
        "changed_since": was_changed(told),
        "data": data_of(told),
        "tables": [(name, NAMES[name]) for name in TABLES],
    }


def was_changed(told: Publication) -> bool:
    """Whether the list is not what was counted any more: the law may take words out of it."""
    opened = told.opened
    return opened is not None and sha256(ballot_list(opened)) != told.result.ballots_sha256


def data_of(told: Publication) -> dict[str, Any]:
    """What the script draws and counts again."""
    return {
        "form": msgspec.to_builtins(told.poll.plan.form),
        "outcome": msgspec.to_builtins(told.result.outcome),
        "parts": msgspec.to_builtins(told.result.parts),
        "by_hand": msgspec.to_builtins(told.by_hand),
        "paper": told.result.paper,
        "ballots_sha256": told.result.ballots_sha256,
        "codes_sha256": told.result.codes_sha256,
    }
