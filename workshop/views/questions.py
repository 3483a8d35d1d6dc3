"""Questions to be taken away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from workshop import archive, asked
from workshop.models import Session
from workshop.spreadsheets import CSV, as_csv
from workshop.views.votes import file


@never_cache
@require_GET
async def table(request: HttpRequest, slug: str) -> HttpResponse:
    """What was asked in a session, as CSV."""

    def made(session: Session, runs: bool) -> bytes:
        return as_csv(asked.table(archive.everything_of(session, *asked.KINDS), runs))

    return await file(request, slug, made, CSV, "questions.csv")
