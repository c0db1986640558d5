"""The comments of a pull request on GitHub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_tf.errors import CommentError
from compliance_tf.review.forges.api import FORBIDDEN, NOBODY, NOT_FOUND, UNAUTHORIZED, Api, User, Written, needed
from compliance_tf.review.forges.forge import Comment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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

    api: Api
    repository: str
    number: int
    user: int | None

    def is_own(self, comment: Comment) -> bool:
        """Return whether the token's user wrote a comment; of an installation it is only known to be a bot."""
        return comment.by_program if self.user is None else comment.author == self.user

    def comments(self) -> Iterator[Comment]:
        """List the comments: https://docs.github.com/en/rest/issues/comments."""
        for found in self.api.pages(f"/repos/{self.repository}/issues/{self.number}/comments"):
            user = found.user or NOBODY
            yield Comment(found.id, user.id, user.type == "Bot", found.body or "")

    def create(self, body: str) -> str:
        """Create a comment."""
        path = f"/repos/{self.repository}/issues/{self.number}/comments"
        return self.api.call("POST", path, Written, {"body": body}).html_url

    def update(self, comment: Comment, body: str) -> str:
        """Replace the text of a comment."""
        path = f"/repos/{self.repository}/issues/comments/{comment.id}"
        return self.api.call("PATCH", path, Written, {"body": body}).html_url


def github(environment: Mapping[str, str], number: int | None) -> GitHub:
    """Find the pull request of a workflow; the parameters are those of :func:`~.pipeline.forge`."""
    token, repository = (needed(environment, name) for name in ("GITHUB_TOKEN", "GITHUB_REPOSITORY"))
    of_pipeline = re.fullmatch(r"refs/pull/(\d+)/(?:merge|head)", environment.get("GITHUB_REF", ""))
    if number is None and not of_pipeline:
        raise CommentError("This workflow does not run for a pull request: give its number with --pull-request.")
    advice = {
        UNAUTHORIZED: "GITHUB_TOKEN is not accepted: it is wrong, or has expired.",
        FORBIDDEN: "GITHUB_TOKEN may not comment: give the job `permissions: pull-requests: write`. For a pull "
        "request from a fork, GitHub never gives a token that may write.",
        NOT_FOUND: f"Is there such a pull request in {repository}, and may GITHUB_TOKEN see it "
        "(`permissions: pull-requests: write`)?",
        422: "GitHub does not take this comment.",
    }
    headers = {
        "Authorization": f"Bearer {token}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    api = Api(environment.get("GITHUB_API_URL", "https://api.github.com").rstrip("/"), headers, advice)
    return GitHub(api, repository, number or int(of_pipeline[1] if of_pipeline else 0), _github_user(api))


def _github_user(api: Api) -> int | None:
    response = api.response("GET", "/user")
    # A workflow's token belongs to an installation, which is not a user and may not read one.
    if response.status in {FORBIDDEN, NOT_FOUND}:
        return None
    return api.decoded(response, "GET", "/user", User).id
