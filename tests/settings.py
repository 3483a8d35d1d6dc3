"""Settings for the tests: data in a folder of their own; a database in a file for all threads, or
where DATABASE_URL says."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

DATA = tempfile.mkdtemp(prefix="assises-test-")
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
os.environ["DATA_DIR"] = DATA
os.environ.setdefault("SECRET_KEY", "a key for tests only")

from workshop.settings import *  # noqa: E402, F403
from workshop.settings import DATABASES, INSTALLED_APPS  # noqa: E402

if "DATABASE_URL" not in os.environ:
    DATABASES["default"]["TEST"] = {"NAME": f"{DATA}/test.sqlite3"}
# Threads end with their test's loop, and would leave their connections open.
DATABASES["default"]["CONN_MAX_AGE"] = 0
INSTALLED_APPS = [each for each in INSTALLED_APPS if each != "daphne"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
