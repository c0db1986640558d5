"""A comment, and where comments are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


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

    def is_own(self, comment: Comment) -> bool:
        """Return whether whoever the token is of wrote a comment."""

    def comments(self) -> Iterator[Comment]:
        """List the comments, the oldest first."""

    def create(self, body: str) -> str:
        """Write a new comment; gives where it is."""

    def update(self, comment: Comment, body: str) -> str:
        """Write a comment anew; gives where it is."""
