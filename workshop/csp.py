"""The content security policy: our own scripts, styles and sockets, and the broadcasts' files."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port


class ContentSecurityPolicy:
    """Middleware. Nothing inline, nothing evaluated, nothing from a third party."""

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self._is_async = iscoroutinefunction(get_response)
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponse | Awaitable[HttpResponse]:
        response = self.get_response(request)
        if self._is_async:
            return self._later(request, response)
        return with_policy(request, response)

    async def _later(self, request: HttpRequest, response: Awaitable[HttpResponse]) -> HttpResponse:
        return with_policy(request, await response)


def with_policy(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response.headers.setdefault("Content-Security-Policy", policy(request))
    return response


def policy(request: HttpRequest) -> str:
    if not known_host(request):
        return "default-src 'none'"
    media = media_url(request)
    own_socket = f"{'wss' if request.is_secure() else 'ws'}://{request.get_host()}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'" if admin(request) else "style-src 'self'",
            "style-src-attr 'unsafe-inline'",  # bars and cursors carry their own measure
            "img-src 'self' data:",
            "font-src 'self'",
            f"connect-src 'self' {own_socket} {media}",
            f"media-src 'self' blob: {media}",
            "worker-src 'self' blob:",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def known_host(request: HttpRequest) -> bool:
    try:
        request.get_host()
    except DisallowedHost:
        return False  # the request is answered with 400: there is nothing to allow
    return True


def admin(request: HttpRequest) -> bool:
    return request.path.startswith("/admin/")


def media_url(request: HttpRequest) -> str:
    """Where this reader finds the broadcasts' files, with a slash at its end."""
    if settings.BROADCAST_URL:
        return str(settings.BROADCAST_URL)
    host, _ = split_domain_port(request.get_host())
    return f"{request.scheme}://{host}:{settings.MEDIA_PORT}/"
