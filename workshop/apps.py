"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WorkshopConfig(AppConfig):
    name = "workshop"
    verbose_name = "Assises"
    default_auto_field = "django.db.models.BigAutoField"
