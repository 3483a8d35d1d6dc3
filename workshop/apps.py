"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import Tags, register

from workshop import checks


class WorkshopConfig(AppConfig):
    name = "workshop"
    verbose_name = "Assises"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register(checks.commits_last, Tags.database)
