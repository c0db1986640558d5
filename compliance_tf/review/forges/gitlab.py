"""The comments of a merge request on GitLab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from compliance_tf.errors import CommentError
from compliance_tf.review.forges.api import FORBIDDEN, NOBODY, NOT_FOUND, UNAUTHORIZED, Api, User, Written, needed
from compliance_tf.review.forges.forge import Comment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


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

    api: Api
    project: str
    number: int
    user: int

    @property
    def _path(self) -> str:
        return f"/projects/{quote(self.project, safe='')}/merge_requests/{self.number}/notes"

    def is_own(self, comment: Comment) -> bool:
        """Return whether the token's user wrote a comment."""
        return comment.author == self.user

    def comments(self) -> Iterator[Comment]:
        """List the comments: https://docs.gitlab.com/api/notes/."""
        for found in self.api.pages(self._path, sort="asc", order_by="created_at"):
            if not found.system:
                author = found.author or NOBODY
                yield Comment(found.id, author.id, by_program=False, body=found.body or "")

    def create(self, body: str) -> str:
        """Create a comment."""
        return f"note {self.api.call('POST', self._path, Written, {'body': body}).id}"

    def update(self, comment: Comment, body: str) -> str:
        """Replace the text of a comment."""
        return f"note {self.api.call('PUT', f'{self._path}/{comment.id}', Written, {'body': body}).id}"


def gitlab(environment: Mapping[str, str], number: int | None) -> GitLab:
    """Find the merge request of a pipeline; the parameters are those of :func:`~.pipeline.forge`."""
    token, url, project = (needed(environment, name) for name in ("GITLAB_TOKEN", "CI_API_V4_URL", "CI_PROJECT_ID"))
    of_pipeline = environment.get("CI_MERGE_REQUEST_IID", "")
    if number is None and not of_pipeline.isdecimal():
        raise CommentError("This pipeline does not run for a merge request: give its number with --pull-request.")
    advice = {
        UNAUTHORIZED: "GITLAB_TOKEN is not accepted: it is wrong, or has expired. CI_JOB_TOKEN cannot comment.",
        FORBIDDEN: "GITLAB_TOKEN may not comment: it needs the scope `api` and the role Reporter or a higher one.",
        NOT_FOUND: f"Is there such a merge request in project {project}, and may GITLAB_TOKEN see it (scope `api`)?",
        400: "GitLab does not take this comment.",
    }
    api = Api(url.rstrip("/"), {"PRIVATE-TOKEN": token}, advice)
    return GitLab(api, project, number or int(of_pipeline), api.call("GET", "/user", User).id)
