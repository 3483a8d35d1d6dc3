"""Whose request it is, as the proxy in front of us tells it.

uvicorn learns that from X-Forwarded-For and -Proto for what it hands to ASGI. Our sockets do not
pass there, and to admission everyone behind a proxy would be one household. The same proxies are
trusted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from realtime.sockets.handshake import Request

SECURE = {"https": True, "wss": True, "http": False, "ws": False}


class Proxies:
    """Those whose word is taken."""

    def __init__(self, config: uvicorn.Config) -> None:
        trusted: Any = config.forwarded_allow_ips if config.proxy_headers else []
        self._trusted = ProxyHeadersMiddleware(nowhere, trusted).trusted_hosts

    def origin(self, request: Request, transport: asyncio.BaseTransport) -> Request:
        """The request with where it comes from, and whether by a secure way."""
        client = address(transport)
        secure = transport.get_extra_info("sslcontext") is not None
        if told(request.headers) and client in self._trusted:
            client = self._client(request.headers) or client
            way = request.headers.get("x-forwarded-proto", "").strip()
            secure = SECURE.get(way, secure)
        return request._replace(client=client, secure=secure)

    def _client(self, headers: Mapping[str, str]) -> str:
        forwarded = headers.get("x-forwarded-for")
        return self._trusted.get_trusted_client_address(forwarded)[0] if forwarded else ""


def told(headers: Mapping[str, str]) -> bool:
    return "x-forwarded-for" in headers or "x-forwarded-proto" in headers


def address(transport: asyncio.BaseTransport) -> str:
    """Empty for one that came through a Unix socket, or is gone already."""
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else ""


async def nowhere(*_: Any) -> None:
    """An application: the middleware wants one."""
