"""Export minutes: `manage.py export_minutes <slug> --format pdf --output minutes.pdf`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from workshop import press
from workshop.minutes.export import FORMATS
from workshop.models import Session


class Command(BaseCommand):
    help = "Write a session's minutes into a file, as people can download them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the session's address")
        parser.add_argument("--format", choices=FORMATS, default="html")
        parser.add_argument("--output", help="a file; - for standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        session = Session.objects.filter(slug=options["slug"]).select_related("day").first()
        if session is None:
            raise CommandError(f"There is no session {options['slug']}.")
        paper = press.stored(session, timezone.now()).set()
        file = FORMATS[options["format"]].write(paper)
        if options["output"] == "-":
            sys.stdout.buffer.write(file)
            return
        path = Path(options["output"] or press.file_name(session, options["format"]))
        path.write_bytes(file)
        self.stdout.write(str(path))
