"""Settings for the tests: data in a folder of their own, a database in a file for all threads."""

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

DATABASES["default"]["TEST"] = {"NAME": f"{DATA}/test.sqlite3"}
INSTALLED_APPS = [each for each in INSTALLED_APPS if each != "daphne"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
