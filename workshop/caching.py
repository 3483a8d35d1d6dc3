"""Caching of static files: what bears a hash of its content in its name never changes."""

from __future__ import annotations

import re
from collections.abc import MutableMapping

HASHED = re.compile(r"-[0-9A-Z]{8}\.(js|css|woff2|svg)$")


def cache_hashed(headers: MutableMapping[str, str], path: str, url: str) -> None:
    if HASHED.search(url):
        headers["Cache-Control"] = "max-age=31536000, public, immutable"
