"""The broadcasts' files, served from a process of their own: `python -m realtime.broadcast.files`.

For one machine and its hall. In production any web server does this better, by MEDIA_URL.
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
}


class Files(SimpleHTTPRequestHandler):
    """Playlists and segments, and nothing else: no listings, no other kind of file."""

    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds a connection may stay idle
    extensions_map = TYPES

    def send_head(self):  # type: ignore[no-untyped-def]
        if Path(urlsplit(self.path).path).suffix not in TYPES:
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def send_response(self, code: int, message: str | None = None) -> None:
        super().send_response(code, message)
        # What is not there yet may be there in a second: no cache may remember that it was not.
        kept = code == HTTPStatus.OK and ".m3u8" not in self.path
        self.send_header("Cache-Control", "public, max-age=600" if kept else "no-store")

    def end_headers(self) -> None:
        # The pages are on another port, which to a browser is another origin.
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: who watched what, and from where, is nobody's business."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Viewers leave in the middle of a segment all the time."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("folder")
    given = parser.parse_args()
    handler = partial(Files, directory=given.folder)
    with Server((given.host, given.port), handler) as server, suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
