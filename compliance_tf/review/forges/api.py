"""A client of the forges' JSON APIs: pages, retries, and messages for refusals."""

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
"""Comments per page: the maximum of both forges."""

_SECONDS: Final = urllib3.Timeout(connect=10, read=30)
_MAX_WAIT: Final = 60
"""Maximum seconds of waiting for ``Retry-After``."""

_TIMES: Final = 4
_BACKOFF: Final = 0.5
"""Seconds before the second attempt, doubled for each further one, plus jitter."""

_BUSY: Final = (429, 500, 502, 503, 504)
_NOT_DONE: Final = (429, 503)
"""HTTP statuses after which a comment was certainly not created, so that a retry cannot create two."""

UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404
_SUCCESS: Final = range(200, 300)


class User(msgspec.Struct):
    """A user in the APIs; only GitHub has the type."""

    id: int
    type: str = ""


class Written(msgspec.Struct):
    """A comment in the APIs, without an author if the account was deleted."""

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
        The base URL.
    headers
        The headers of each request, including the token.
    advice
        What to do, by HTTP status of a refusal.
    """

    url: str
    headers: Mapping[str, str] = field(repr=False)
    advice: Mapping[int, str]

    def call(self, method: str, path: str, answer: type[_T], content: Mapping[str, str] | None = None) -> _T:
        """Send a request, and return the decoded response."""
        return self.decoded(self.response(method, path, content), method, path, answer)

    def pages(self, path: str, **parameters: str) -> Iterator[Written]:
        """List all comments, which come in pages."""
        page = 1
        while True:
            query = urlencode({**parameters, "per_page": _PAGE, "page": page})
            response = self.response("GET", f"{path}?{query}")
            yield from self.decoded(response, "GET", path, list[Written])
            # The link itself is not followed: the token is sent to the API's own host only.
            if not re.search(r'rel="?next\b', response.headers.get("Link", "")):
                return
            page += 1

    def response(self, method: str, path: str, content: Mapping[str, str] | None = None) -> urllib3.BaseHTTPResponse:
        """Send a request, with retries where the service is busy; return the response whatever its status."""
        retries = urllib3.Retry(
            total=_TIMES,
            backoff_factor=_BACKOFF,
            backoff_jitter=_BACKOFF,
            status_forcelist=_NOT_DONE if method == "POST" else _BUSY,
            allowed_methods=None,
            # The request may have arrived: a comment must not be created twice.
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
                # A redirect would send the token to another host.
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
        """Decode a response, or say what to do about its error."""
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
    """Return a required variable.

    Returns
    -------
    str
        Its value, which is not empty.

    Raises
    ------
    CommentError
        When it is not set.
    """
    value = environment.get(name, "")
    if not value:
        raise CommentError(f"{name} is not set: `compliance-tf comment --help` says what is needed.")
    return value
