"""Servers on this machine that keep comments as GitHub and GitLab do: in pages, with authors, and with refusals."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import parse_qs, quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "secret-" + "token"
ME, SOMEBODY = 7, 8

Kind = Literal["github", "gitlab"]


@dataclass
class FakeForge:
    """Its comments, and what it was asked.

    Parameters
    ----------
    kind
        Which service it is like.
    comments
        Its comments as the API gives them, the oldest first.
    is_installation
        Whether the token is of a program, which may not ask who it is.
    failures
        The statuses that come before the first real answer.
    refuses
        The status of each attempt to write; None where writing is allowed.
    page
        The most comments of an answer, however many were asked for.
    project
        The repository, as ``owner/name``.
    number
        The pull or merge request's number.
    """

    kind: Kind
    comments: list[dict[str, Any]] = field(default_factory=list)
    is_installation: bool = False
    failures: list[int] = field(default_factory=list)
    refuses: int | None = None
    page: int = 2
    project: str = "acme/app"
    number: int = 5
    requests: list[str] = field(default_factory=list)
    url: str = ""

    def add(self, body: str, author: int = ME) -> int:
        """Write a comment, and give its id."""
        number = 100 + len(self.comments)
        user = {"id": author, "login": f"user-{author}", "type": "Bot" if author == ME else "User"}
        name = "user" if self.kind == "github" else "author"
        more = {"html_url": f"{self.url}/c/{number}"} if self.kind == "github" else {"system": False}
        self.comments.append({"id": number, "body": body, name: user, **more})
        return number

    def body(self, number: int) -> str:
        """The text of a comment."""
        return next(str(one["body"]) for one in self.comments if one["id"] == number)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a pipeline for the pull or merge request."""
        if self.kind == "github":
            return {
                "GITHUB_API_URL": self.url,
                "GITHUB_REPOSITORY": self.project,
                "GITHUB_REF": f"refs/pull/{self.number}/merge",
                "GITHUB_TOKEN": TOKEN,
            }
        return {
            "CI_API_V4_URL": self.url,
            "CI_PROJECT_ID": self.project,
            "CI_MERGE_REQUEST_IID": str(self.number),
            "GITLAB_TOKEN": TOKEN,
        }

    @property
    def path(self) -> str:
        """Where the comments are."""
        if self.kind == "github":
            return f"/repos/{self.project}/issues/{self.number}/comments"
        return f"/projects/{quote(self.project, safe='')}/merge_requests/{self.number}/notes"


@contextmanager
def running(forge: FakeForge) -> Iterator[FakeForge]:
    """Serve it for the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self.serve
            raise AttributeError(name)

        def serve(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            content = json.loads(self.rfile.read(length)) if length else {}
            status, answer, headers = answered(forge, self.command, self.path, dict(self.headers), content)
            written = json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(written)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(written)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    forge.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield forge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


Answer = tuple[int, Any, dict[str, str]]


def answered(forge: FakeForge, method: str, target: str, headers: dict[str, str], content: dict[str, Any]) -> Answer:
    path = urlsplit(target).path
    forge.requests.append(f"{method} {path}")
    if forge.failures:
        return forge.failures.pop(0), {"message": "busy"}, {"Location": f"{forge.url}/elsewhere"}
    expected = {"github": ("Authorization", f"Bearer {TOKEN}"), "gitlab": ("PRIVATE-TOKEN", TOKEN)}[forge.kind]
    if headers.get(expected[0]) != expected[1]:
        return 401, {"message": "Bad credentials"}, {}
    return asked(forge, path, target) if method == "GET" else changed(forge, method, path, content)


def asked(forge: FakeForge, path: str, target: str) -> Answer:
    if path == "/user":
        return (403, {"message": "Resource not accessible"}, {}) if forge.is_installation else (200, {"id": ME}, {})
    return listed(forge, path, target) if path == forge.path else (404, {"message": "Not Found"}, {})


def changed(forge: FakeForge, method: str, path: str, content: dict[str, Any]) -> Answer:
    if forge.refuses:
        return forge.refuses, {"message": "Forbidden"}, {}
    if method == "POST" and path == forge.path:
        forge.add(content["body"])
        return 201, forge.comments[-1], {}
    return updated(forge, method, path, content)


def listed(forge: FakeForge, path: str, target: str) -> Answer:
    query = parse_qs(urlsplit(target).query)
    page = int(query["page"][0])
    first = (page - 1) * forge.page
    is_last = first + forge.page >= len(forge.comments)
    links = {} if is_last else {"Link": f'<{forge.url}{path}?page={page + 1}>; rel="next"'}
    return 200, forge.comments[first : first + forge.page], links


def updated(forge: FakeForge, method: str, path: str, content: dict[str, Any]) -> Answer:
    folder = f"/repos/{forge.project}/issues/comments" if forge.kind == "github" else forge.path
    found = re.fullmatch(rf"{re.escape(folder)}/(\d+)", path)
    expected = "PATCH" if forge.kind == "github" else "PUT"
    for comment in forge.comments:
        if found and method == expected and comment["id"] == int(found[1]):
            comment["body"] = content["body"]
            return 200, comment, {}
    return 404, {"message": "Not Found"}, {}
