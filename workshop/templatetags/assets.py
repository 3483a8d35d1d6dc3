"""Assets: the built files' addresses, by the names they had before building."""

from __future__ import annotations

import json
from functools import cache

from django import template
from django.conf import settings
from django.templatetags.static import static

register = template.Library()

MANIFEST = settings.BASE_DIR / "static" / "dist" / "manifest.json"


@register.simple_tag
def asset(name: str) -> str:
    """`{% asset "main.js" %}`: the address of the built file."""
    if settings.DEBUG:
        manifest.cache_clear()
    return static(f"dist/{manifest()[name]}")


@cache
def manifest() -> dict[str, str]:
    """Which file each name became, as `static/build.mjs` wrote it down."""
    built: dict[str, str] = json.loads(MANIFEST.read_text())
    return built
