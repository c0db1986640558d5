"""The comments of a pull request on GitHub, and of a merge request on GitLab: what both APIs let one do with them."""

from __future__ import annotations

import json
import re
import urllib.request
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeVar
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import urllib3

from compliance_tf.review.errors import CommentError
from compliance_tf.review.rendering.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PAGE: Final = 100
"""Comments on a page: the most that both give."""

_SECONDS: Final = urllib3.Timeout(connect=10, read=30)
_LONGEST_WAIT: Final = 60
"""Seconds that are waited at most when the service says when to come again."""

_TIMES: Final = 4
_BACKOFF: Final = 0.5
"""Seconds before the second attempt, twice as long before each further one, and as many more by chance."""

_BUSY: Final = (429, 500, 502, 503, 504)
_NOT_DONE: Final = (429, 503)
"""After these a comment was surely not created, so that a second attempt does not make two."""

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND = 401, 403, 404
_SUCCESS: Final = range(200, 300)


@dataclass(frozen=True)
class Comment:
    """A comment that is there.

    Parameters
    ----------
    id
        What the service calls it.
    author
        Who wrote it: an id.
    by_program
        Whether its author is a program, as the service says.
    body
        Its text, in Markdown.
    """

    id: int
    author: int
    by_program: bool
    body: str


class Forge(Protocol):
    """Where comments are."""

    @property
    def longest(self) -> int:
        """The most bytes of a comment."""

    def is_own(self, comment: Comment) -> bool:
        """Tell whether whoever the token is of wrote a comment."""

    def comments(self) -> Iterator[Comment]:
        """List the comments, the oldest first."""

    def create(self, body: str) -> str:
        """Write a new comment; gives where it is."""

    def update(self, comment: Comment, body: str) -> str:
        """Write a comment anew; gives where it is."""


class _User(msgspec.Struct):
    id: int
    type: str = ""


class _Written(msgspec.Struct):
    """A comment as the APIs give it: an author is missing whose account was deleted."""

    id: int
    body: str | None = None
    user: _User | None = None
    author: _User | None = None
    html_url: str = ""
    system: bool = False


_NOBODY: Final = _User(id=-1)

_T = TypeVar("_T")


@dataclass(frozen=True)
class _Api:
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

    def pages(self, path: str, **parameters: str) -> Iterator[_Written]:
        """List all comments, which come in pages."""
        page = 1
        while True:
            query = urlencode({**parameters, "per_page": _PAGE, "page": page})
            response = self.response("GET", f"{path}?{query}")
            yield from self.decoded(response, "GET", path, list[_Written])
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
            retry_after_max=_LONGEST_WAIT,
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


@dataclass(frozen=True)
class GitHub:
    """A pull request on GitHub.

    Parameters
    ----------
    api
        Its API.
    repository
        The repository, as ``owner/name``.
    number
        The pull request's number.
    user
        The id of the token's user; None where the token is of an installation, as in a workflow.
    """

    api: _Api
    repository: str
    number: int
    user: int | None

    longest: int = 65_536
    """Bytes, to be sure: GitHub counts characters."""

    def is_own(self, comment: Comment) -> bool:
        """Tell whether the token's user wrote a comment; of an installation one only knows that it is a program."""
        return comment.by_program if self.user is None else comment.author == self.user

    def comments(self) -> Iterator[Comment]:
        """List the comments: https://docs.github.com/en/rest/issues/comments."""
        for found in self.api.pages(f"/repos/{self.repository}/issues/{self.number}/comments"):
            user = found.user or _NOBODY
            yield Comment(found.id, user.id, user.type == "Bot", found.body or "")

    def create(self, body: str) -> str:
        """Write a new comment."""
        path = f"/repos/{self.repository}/issues/{self.number}/comments"
        return self.api.call("POST", path, _Written, {"body": body}).html_url

    def update(self, comment: Comment, body: str) -> str:
        """Write a comment anew."""
        path = f"/repos/{self.repository}/issues/comments/{comment.id}"
        return self.api.call("PATCH", path, _Written, {"body": body}).html_url


@dataclass(frozen=True)
class GitLab:
    """A merge request on GitLab.

    Parameters
    ----------
    api
        Its API.
    project
        The project's id or path.
    number
        The merge request's number in the project.
    user
        The id of the token's user.
    """

    api: _Api
    project: str
    number: int
    user: int

    longest: int = 1_000_000

    @property
    def _path(self) -> str:
        return f"/projects/{quote(self.project, safe='')}/merge_requests/{self.number}/notes"

    def is_own(self, comment: Comment) -> bool:
        """Tell whether the token's user wrote a comment."""
        return comment.author == self.user

    def comments(self) -> Iterator[Comment]:
        """List the comments: https://docs.gitlab.com/api/notes/."""
        for found in self.api.pages(self._path, sort="asc", order_by="created_at"):
            if not found.system:
                author = found.author or _NOBODY
                yield Comment(found.id, author.id, by_program=False, body=found.body or "")

    def create(self, body: str) -> str:
        """Write a new comment."""
        return f"note {self.api.call('POST', self._path, _Written, {'body': body}).id}"

    def update(self, comment: Comment, body: str) -> str:
        """Write a comment anew."""
        return f"note {self.api.call('PUT', f'{self._path}/{comment.id}', _Written, {'body': body}).id}"


def forge(environment: Mapping[str, str], number: int | None) -> Forge:
    """Find the pull or merge request that a pipeline is for.

    Parameters
    ----------
    environment
        The variables that GitHub Actions and GitLab CI set, and the token.
    number
        The number of the pull or merge request; the pipeline's own where it is None.

    Raises
    ------
    CommentError
        When a variable is missing, or the token is not accepted.
    """
    if environment.get("GITHUB_REPOSITORY"):
        return _github(environment, number)
    if environment.get("CI_API_V4_URL"):
        return _gitlab(environment, number)
    raise CommentError(
        "Neither GITHUB_REPOSITORY nor CI_API_V4_URL is set, so there is nowhere to comment: run this in GitHub "
        "Actions or GitLab CI, or set the variables that `compliance-tf comment --help` names."
    )


def _github(environment: Mapping[str, str], number: int | None) -> GitHub:
    token, repository = (_needed(environment, name) for name in ("GITHUB_TOKEN", "GITHUB_REPOSITORY"))
    of_pipeline = re.fullmatch(r"refs/pull/(\d+)/(?:merge|head)", environment.get("GITHUB_REF", ""))
    if number is None and not of_pipeline:
        raise CommentError("This workflow does not run for a pull request: give its number with --pull-request.")
    advice = {
        _UNAUTHORIZED: "GITHUB_TOKEN is not accepted: it is wrong, or has expired.",
        _FORBIDDEN: "GITHUB_TOKEN may not comment: give the job `permissions: pull-requests: write`. For a pull "
        "request from a fork, GitHub never gives a token that may write.",
        _NOT_FOUND: f"Is there such a pull request in {repository}, and may GITHUB_TOKEN see it "
        "(`permissions: pull-requests: write`)?",
        422: "GitHub does not take this comment.",
    }
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    api = _Api(environment.get("GITHUB_API_URL", "https://api.github.com").rstrip("/"), headers, advice)
    return GitHub(api, repository, number or int(of_pipeline[1] if of_pipeline else 0), _github_user(api))


def _github_user(api: _Api) -> int | None:
    response = api.response("GET", "/user")
    # A workflow's token is of an installation, which is no user and may not ask.
    if response.status in {_FORBIDDEN, _NOT_FOUND}:
        return None
    return api.decoded(response, "GET", "/user", _User).id


def _gitlab(environment: Mapping[str, str], number: int | None) -> GitLab:
    token, url, project = (_needed(environment, name) for name in ("GITLAB_TOKEN", "CI_API_V4_URL", "CI_PROJECT_ID"))
    of_pipeline = environment.get("CI_MERGE_REQUEST_IID", "")
    if number is None and not of_pipeline.isdecimal():
        raise CommentError("This pipeline does not run for a merge request: give its number with --pull-request.")
    advice = {
        _UNAUTHORIZED: "GITLAB_TOKEN is not accepted: it is wrong, or has expired. CI_JOB_TOKEN cannot comment.",
        _FORBIDDEN: "GITLAB_TOKEN may not comment: it needs the scope `api` and the role Reporter or a higher one.",
        _NOT_FOUND: f"Is there such a merge request in project {project}, and may GITLAB_TOKEN see it (scope `api`)?",
        400: "GitLab does not take this comment.",
    }
    api = _Api(url.rstrip("/"), {"PRIVATE-TOKEN": token}, advice)
    return GitLab(api, project, number or int(of_pipeline), api.call("GET", "/user", _User).id)


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise CommentError(f"{name} is not set: `compliance-tf comment --help` says what is needed.")
    return value
