"""Assets: the built files' addresses, by the names they had before building."""

from __future__ import annotations

import json

from django import template
from django.conf import settings
from django.templatetags.static import static

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    manifest = settings.BASE_DIR / "static" / "dist" / "manifest.json"
    built = json.loads(manifest.read_text()) if manifest.exists() else {}
    return static(f"dist/{built.get(name, name)}")
