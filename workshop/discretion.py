"""Discretion: no code and no token in the log. Django logs the paths that it could not serve."""

from __future__ import annotations

import logging
import re

SECRET = re.compile(r"/(join|enter)/[^/\s]+")


class Discreet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = SECRET.sub(r"/\1/…", record.getMessage()), ()
        return True
