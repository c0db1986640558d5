"""Comments, and the interface of forges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Comment:
    """An existing comment.

    Parameters
    ----------
    id
        Its id in the service.
    author
        The id of its author.
    by_program
        Whether its author is a bot.
    body
        Its text, in Markdown.
    """

    id: int
    author: int
    by_program: bool
    body: str


class Forge(Protocol):
    """A pull or merge request with comments."""

    def is_own(self, comment: Comment) -> bool:
        """Return whether the owner of the token wrote a comment."""

    def comments(self) -> Iterator[Comment]:
        """List the comments, the oldest first."""

    def create(self, body: str) -> str:
        """Create a comment; return its address."""

    def update(self, comment: Comment, body: str) -> str:
        """Replace the text of a comment; return its address."""
