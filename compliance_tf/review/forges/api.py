"""What the JSON APIs of forges have in common: pages, patience, and words for what they refuse."""

from __future__ import annotations

import json
import re
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlencode, urlsplit

import msgspec
import urllib3

from compliance_tf.errors import CommentError
from compliance_tf.output.sanitize import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PAGE: Final = 100
"""Comments on a page: the most that both give."""

_SECONDS: Final = urllib3.Timeout(connect=10, read=30)
_MAX_WAIT: Final = 60
"""Seconds that are waited at most when the service says when to come again."""

_TIMES: Final = 4
_BACKOFF: Final = 0.5
"""Seconds before the second attempt, twice as long before each further one, and as many more by chance."""

_BUSY: Final = (429, 500, 502, 503, 504)
_NOT_DONE: Final = (429, 503)
"""After these a comment was surely not created, so that a second attempt does not make two."""

UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404
_SUCCESS: Final = range(200, 300)


class User(msgspec.Struct):
    """Somebody, as the APIs name them; only GitHub says what type they are."""

    id: int
    type: str = ""


class Written(msgspec.Struct):
    """A comment as the APIs give it: an author is missing whose account was deleted."""

    id: int
    body: str | None = None
    user: User | None = None
    author: User | None = None
    html_url: str = ""
    system: bool = False


NOBODY: Final = User(id=-1)

_T = TypeVar("_T")


@dataclass(frozen=True)
class Api:
    """A JSON API.

    Parameters
    ----------
    url
        What all its addresses begin with.
    headers
        What is sent with each request, the token above all.
    advice
        What to do, by HTTP status.
    """

    url: str
    headers: Mapping[str, str] = field(repr=False)
    advice: Mapping[int, str]

    def call(self, method: str, path: str, answer: type[_T], content: Mapping[str, str] | None = None) -> _T:
        """Ask for something, and give the answer."""
        return self.decoded(self.response(method, path, content), method, path, answer)

    def pages(self, path: str, **parameters: str) -> Iterator[Written]:
        """List all comments, which come in pages."""
        page = 1
        while True:
            query = urlencode({**parameters, "per_page": _PAGE, "page": page})
            response = self.response("GET", f"{path}?{query}")
            yield from self.decoded(response, "GET", path, list[Written])
            # The link itself is not followed: the token goes nowhere but where it is for.
            if not re.search(r'rel="?next\b', response.headers.get("Link", "")):
                return
            page += 1

    def response(self, method: str, path: str, content: Mapping[str, str] | None = None) -> urllib3.BaseHTTPResponse:
        """Ask for something; gives the answer whatever its status, after some attempts where the service is busy."""
        retries = urllib3.Retry(
            total=_TIMES,
            backoff_factor=_BACKOFF,
            backoff_jitter=_BACKOFF,
            status_forcelist=_NOT_DONE if method == "POST" else _BUSY,
            allowed_methods=None,
            # What was sent may have arrived: a comment must not be created twice.
            read=0 if method == "POST" else None,
            retry_after_max=_MAX_WAIT,
            raise_on_status=False,
        )
        try:
            return self._pool().request(
                method,
                self.url + path,
                body=json.dumps(content) if content is not None else None,
                headers={"Content-Type": "application/json", "User-Agent": "compliance-tf", **self.headers},
                timeout=_SECONDS,
                retries=retries,
                # Another place would get the token.
                redirect=False,
            )
        except urllib3.exceptions.HTTPError as cause:
            raise CommentError(f"{method} {self.url}{path} got no answer: {visible(str(cause), 300)}.") from cause

    def _pool(self) -> urllib3.PoolManager:
        parts = urlsplit(self.url)
        proxy = urllib.request.getproxies().get(parts.scheme)
        if proxy and parts.hostname and not urllib.request.proxy_bypass(parts.hostname):
            return urllib3.ProxyManager(proxy)
        return urllib3.PoolManager()

    def decoded(self, response: urllib3.BaseHTTPResponse, method: str, path: str, answer: type[_T]) -> _T:
        """Read an answer, or say what to do about it."""
        if response.status in _SUCCESS:
            try:
                return msgspec.json.decode(response.data, type=answer)
            except msgspec.DecodeError as cause:
                raise CommentError(
                    f"{method} {self.url}{path} did not give what was asked for: is it the API? {cause}."
                ) from cause
        advice = self.advice.get(response.status, "Try again later, or look at what it says.")
        said = visible(" ".join(response.data.decode(errors="replace").split()), 300)
        raise CommentError(f"{method} {self.url}{path} answered {response.status}. {advice} It says: {said}")


def needed(environment: Mapping[str, str], name: str) -> str:
    """Return a variable.

    Raises
    ------
    CommentError
        When it is not set.
    """
    value = environment.get(name, "")
    if not value:
        raise CommentError(f"{name} is not set: `compliance-tf comment --help` says what is needed.")
    return value
