"""The pull or merge request of a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_tf.errors import CommentError
from compliance_tf.review.forges.github import github
from compliance_tf.review.forges.gitlab import gitlab

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_tf.review.forges.forge import Forge


def forge(environment: Mapping[str, str], number: int | None) -> Forge:
    """Find the pull or merge request of a pipeline.

    Parameters
    ----------
    environment
        The variables that GitHub Actions and GitLab CI set, and the token.
    number
        The number of the pull or merge request; the pipeline's own where it is None.

    Returns
    -------
    Forge
        The client of the pull request where ``GITHUB_REPOSITORY`` is set, and of the merge request otherwise.

    Raises
    ------
    CommentError
        When a variable is missing, or the token is not accepted.
    """
    if environment.get("GITHUB_REPOSITORY"):
        return github(environment, number)
    if environment.get("CI_API_V4_URL"):
        return gitlab(environment, number)
    raise CommentError(
        "Neither GITHUB_REPOSITORY nor CI_API_V4_URL is set, so there is nowhere to comment: run this in GitHub "
        "Actions or GitLab CI, or set the variables that `compliance-tf comment --help` names."
    )
