"""The opening handshake of a WebSocket (RFC 6455, section 4.2): bytes in, bytes out, no network."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple
from urllib.parse import unquote

MOST_HEAD = 16 * 1024  # bytes: browsers send less than one, cookies included
END_OF_HEAD = b"\r\n\r\n"
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3

REQUEST_LINE = re.compile(r"([A-Z]+) ([^\s\x00-\x20\x7f]+) (HTTP/\d\.\d)")
NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110, section 5.6.2
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ABSOLUTE = re.compile(r"(?:https?|wss?)://[^/?]*", re.IGNORECASE)
KEY = re.compile(r"[A-Za-z0-9+/]{22}==")  # sixteen bytes


class Malformed(Exception):
    """Not the head of an HTTP request."""


class Request(NamedTuple):
    """What a handshake asks for. Header names are in lower case, repeated ones joined by commas."""

    path: str
    query: str
    headers: Mapping[str, str]
    method: str = "GET"
    version: str = "HTTP/1.1"
    client: str = ""  # the address it comes from, as the proxy tells it where one is trusted
    secure: bool = False


class Refused(NamedTuple):
    """The answer to a handshake that opens no socket."""

    status: int
    headers: Mapping[str, str] = {}


def parsed(head: bytes) -> Request:
    """The request with this head, which ends in an empty line (RFC 9112, sections 2 to 5)."""
    text = head[:-4].decode("latin-1")
    lines = text.split("\r\n")
    # A line break that is none for us but is one for a proxy would hide a header from one of us.
    if text.count("\n") != len(lines) - 1 or text.count("\r") != len(lines) - 1:
        raise Malformed
    asked = REQUEST_LINE.fullmatch(lines[0])
    if asked is None or CONTROL.search(text):
        raise Malformed
    path, query = target(asked[2])
    return Request(path, query, headers(lines[1:]), asked[1], asked[3])


def target(asked: str) -> tuple[str, str]:
    """Path and query. A whole address is as good as a path (RFC 9112, section 3.2.2)."""
    path, _, query = ABSOLUTE.sub("", asked, count=1).partition("?")
    if not path.startswith("/"):
        raise Malformed
    return unquote(path) if "%" in path else path, query


def headers(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not NAME.fullmatch(name):
            raise Malformed
        name, value = name.lower(), value.strip(" \t")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def wants_socket(request: Request) -> bool:
    return lists(request, "upgrade", "websocket") and lists(request, "connection", "upgrade")


def fault(request: Request) -> Refused | None:
    """What is wrong with a handshake (RFC 6455, section 4.2.1)."""
    asked = request.headers
    if request.method != "GET" or request.version != "HTTP/1.1" or "host" not in asked:
        return Refused(400)
    # Bytes that a proxy takes for a body, and we for frames, would be anyone's frames.
    if "transfer-encoding" in asked or asked.get("content-length", "0") != "0":
        return Refused(400)
    if asked.get("sec-websocket-version") != "13":
        return Refused(426, {"Sec-WebSocket-Version": "13"})
    return None if KEY.fullmatch(asked.get("sec-websocket-key", "")) else Refused(400)


def lists(request: Request, header: str, token: str) -> bool:
    """Whether the header, a list of tokens without regard to case, holds this one."""
    given = request.headers.get(header, "").lower()
    return given == token or token in [each.strip() for each in given.split(",")]


def welcome(request: Request, subprotocol: str | None, extension: str | None) -> bytes:
    """The answer that opens the socket (RFC 6455, section 4.2.2)."""
    lines = (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {accept(request.headers['sec-websocket-key'])}\r\n"
    )
    if subprotocol:
        lines += f"Sec-WebSocket-Protocol: {subprotocol}\r\n"
    if extension:
        lines += f"Sec-WebSocket-Extensions: {extension}\r\n"
    return f"{lines}\r\n".encode("latin-1")


def accept(key: str) -> str:
    digest = hashlib.sha1(key.encode() + GUID, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def refusal(refused: Refused) -> bytes:
    lines = [f"HTTP/1.1 {refused.status} {HTTPStatus(refused.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in refused.headers.items()]
    lines += ["Content-Length: 0", "Connection: close", "\r\n"]
    return "\r\n".join(lines).encode("latin-1")
