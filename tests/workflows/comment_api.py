"""Stands in for the comments of GitHub and GitLab on the loopback interface."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIST = re.compile(r"/repos/acme/compliance/issues/\d+/comments|/projects/7/merge_requests/\d+/notes")
_ONE = re.compile(r"(?:/repos/acme/compliance/issues/comments|/projects/7/merge_requests/\d+/notes)/(?P<number>\d+)")


@dataclass
class CommentApi:
    """What has been written to it.

    Parameters
    ----------
    url
        Where it answers.
    comments
        The comments of all pull requests, by id.
    """

    url: str = ""
    comments: dict[int, str] = field(default_factory=dict)

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Do what is asked for."""
        if path == "/user":
            return 200, {"id": 5, "type": "User"}
        if _LIST.fullmatch(path) and method == "GET":
            return 200, [self._shown(number) for number in self.comments]
        if _LIST.fullmatch(path) and method == "POST":
            number = len(self.comments) + 1
        elif (one := _ONE.fullmatch(path)) and method in {"PATCH", "PUT"}:
            number = int(one["number"])
        else:
            return 404, {"message": "Not Found"}
        self.comments[number] = body["body"]
        return 201 if method == "POST" else 200, self._shown(number)

    def _shown(self, number: int) -> dict[str, Any]:
        user = {"id": 5, "type": "User"}
        return {"id": number, "body": self.comments[number], "user": user, "author": user, "html_url": self.url}


@contextmanager
def comment_api() -> Iterator[CommentApi]:
    """Serve one."""
    api = CommentApi()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            status, content = api.answer(self.command, self.path.partition("?")[0], body)
            encoded = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        do_GET = do_POST = do_PATCH = do_PUT = handle_any  # noqa: N815  # the base class calls them so

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class calls it so
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
