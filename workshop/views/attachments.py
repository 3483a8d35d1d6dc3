"""Files to be kept."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from workshop.models import Session


def attached(file: bytes, media_type: str, name: str) -> HttpResponse:
    """A file to be kept under this name."""
    response = HttpResponse(file, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response


def name_of(session: Session, ending: str) -> str:
    """A name that every system takes: the session's, and what the file is."""
    return f"{slugify(session.title)[:60].strip('-') or 'session'}-{ending}"
