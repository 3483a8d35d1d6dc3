"""Settings. What a place may want to change is read from the environment, with its default."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import locale
from django.utils.translation import gettext_lazy as _

from workshop.caching import cache_hashed

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / "data"))
DEBUG = os.environ.get("DEBUG", "") == "1"


def secret_key() -> str:
    """The key given by the environment, or one made once and kept beside the data."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48))
    return kept.read_text()


def listed(name: str, default: str) -> list[str]:
    return [each for each in os.environ.get(name, default).split(",") if each]


SECRET_KEY = secret_key()

HOST = os.environ.get("HOST", "127.0.0.1")
PORT = int(os.environ.get("PORT", "8000"))
MEDIA_PORT = int(os.environ.get("MEDIA_PORT", PORT + 1))
PUBLIC_URL = os.environ.get("PUBLIC_URL", "")
"""Where people reach the service, for links and QR codes; empty means as the request came."""

ALLOWED_HOSTS = listed("ALLOWED_HOSTS", f"127.0.0.1,localhost,[::1],{HOST}")
if HOST in ("0.0.0.0", "::"):  # noqa: S104 - a hall's network, whose addresses we cannot know
    ALLOWED_HOSTS = listed("ALLOWED_HOSTS", "*")
CSRF_TRUSTED_ORIGINS = listed("CSRF_TRUSTED_ORIGINS", PUBLIC_URL)
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
"""What Prometheus shows to read /metrics; empty means that only this machine may."""
SECURE = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "daphne",  # first, so that `runserver` speaks ASGI
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic",
    "django.contrib.staticfiles",
    "channels",
    "workshop",
    "realtime",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "workshop.csp.ContentSecurityPolicy",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "realtime.health.CommonButForWatchers",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "realtime.urls"
ASGI_APPLICATION = "realtime.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

SQLITE = {
    # A commit that was acknowledged survives a power cut only with synchronous=FULL: with
    # NORMAL a simulated cut lost 1246 of 7659 acknowledged commits, with FULL none.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
}


KEPT_OPEN: dict[str, object] = {
    # A connection for each question would cost more than the question; and SQLite, whenever the
    # last one is closed, copies its whole write-ahead log and begins a new one.
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": True,
}


def database(url: str) -> dict[str, object]:
    """Django's words for `sqlite:///path` or `postgresql://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path)[1:]
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": path,
            "OPTIONS": SQLITE,
            **KEPT_OPEN,
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path[1:],
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        **KEPT_OPEN,
    }


DATABASES = {
    "default": database(os.environ.get("DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

OWN_CACHE = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "OPTIONS": {"MAX_ENTRIES": 100_000},  # with the default of 300, failures wash out others
}
REDIS_CACHE = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": REDIS_URL,
    "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},  # one that hangs is away too
}
CACHES = {
    "default": REDIS_CACHE if REDIS_URL else OWN_CACHE,
    "own": OWN_CACHE,  # this process's, for as long as the one that all share is away
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "organise"
LOGOUT_REDIRECT_URL = "home"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_SAMESITE = "Lax"
# Long enough to be remembered from one event to the next. Other names of the place are its own.
SECURE_HSTS_SECONDS = 30 * 24 * 3600 if SECURE else 0
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains: we do not know who else is there
    "security.W008",  # redirects to https: the proxy's, and who watches asks without
    "security.W021",  # HSTS preloading: for the place to apply for, if it wants to
]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

locale.LANG_INFO["co"] = {"bidi": False, "code": "co", "name": "Corsican", "name_local": "Corsu"}
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English")), ("co", _("Corsican"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["workshop.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("TIME_ZONE", "Europe/Paris")

STATIC_URL = "static/"
# The keys of secret votes: on a volume of its own, shared by all hosts, in no backup.
SEAL_DIR = Path(os.environ.get("SEAL_DIR", DATA_DIR / "seals"))

STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
SERVESTATIC_USE_FINDERS = True  # the bundle is in the repository: nothing to collect
SERVESTATIC_USE_MANIFEST = False  # esbuild puts a hash into the names itself
SERVESTATIC_ADD_HEADERS_FUNCTION = cache_hashed
SERVESTATIC_ALLOW_ALL_ORIGINS = False

MEDIA_ROOT = DATA_DIR / "media"
BROADCAST_URL = os.environ.get("MEDIA_URL", "")
"""Where the broadcasts' files are served; empty means port MEDIA_PORT of the host asked. (Django's
own MEDIA_URL is for uploads, and never empty.)"""

LIMITS: dict[str, Any] = {
    # Sizes in bytes; rates as (per second, burst). From docs/reliability.md.
    "body": 1024 * 1024,
    "message": 16 * 1024,
    "update": 64 * 1024,
    "first_update": 256 * 1024,
    "awareness": 2 * 1024,
    "messages": (20, 60),
    "chat.post": (1, 5),
    "polls.vote": (2, 5),
    "questions.ask": (0.1, 5),
    "questions.support": (2, 10),
    "minutes.comment": (1, 10),
    "minutes.suggest": (1, 10),
    "minutes.remark": (1, 10),
    "minutes.answer": (1, 10),
    # What one does and takes back for ever fills the log as well.
    **dict.fromkeys(("chat.remove", "questions.take_back"), (2, 20)),
    **dict.fromkeys(("people.move", "people.declare", "questions.withdraw"), (0.5, 10)),
    **dict.fromkeys(("minutes.resolve", "minutes.reopen", "minutes.take_back"), (1, 10)),
    "minutes.ask_to_write": (0.2, 5),
    "updates": (30, 120),
    "awarenesses": (5, 20),
    "ephemerals": (2, 10),
    "greetings": (1, 10),  # sync step 1: each is answered with up to the whole document
    "older": (2, 10),
    "handshakes": (20, 2000),  # of an address: a hall of 2 000 may come back as one
    "sockets_per_person": 4,
    "sockets_per_address": 2000,
    "sockets_per_room": 20_000,
    "unsaid": 200,  # sockets that have not said hello
    "room.chat.post": (30, 60),  # of everyone together; beyond it the chat is slow …
    "room.questions.ask": (2, 60),
    "slow_mode": 10.0,  # … and whoever is held up tries again after so many seconds
    "most": {"polls.poll": 200, "questions.question": 500, "people.axis": 8},  # of a kind in a room
    "document_clients": 8,
    "document_size": 1024 * 1024,
    "hello_within": 5.0,
    "stuck_after": 60.0,
    "joins_failed_per_minute": 10,
}
DATA_UPLOAD_MAX_MEMORY_SIZE = LIMITS["body"]

LOG_FORMAT = os.environ.get("LOG_FORMAT", "plain")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "{levelname} {name}: {message}", "style": "{"},
        "json": {"()": "workshop.discretion.Structured"},
    },
    "filters": {"discreet": {"()": "workshop.discretion.Discreet"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["discreet"],
        }
    },
    # It tells where it was in Redis' client, once a second while Redis is away; we say that it is.
    "loggers": {"channels_redis": {"level": "CRITICAL"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
}
