"""Discretion: no code and no token in the log. Django logs the paths that it could not serve."""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime

SECRET = re.compile(r"/(join|enter)/[^/\s]+")


class Discreet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = SECRET.sub(r"/\1/…", record.getMessage()), ()
        return True


class Structured(logging.Formatter):
    """One JSON object a line, for whatever gathers logs."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
