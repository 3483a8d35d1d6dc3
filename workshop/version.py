"""The version of the software, as pyproject.toml has it."""

from __future__ import annotations

import tomllib

from django.conf import settings

VERSION: str = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"][
    "version"
]
