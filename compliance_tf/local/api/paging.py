"""Pages of responses, as in the AWS Config API."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from compliance_tf.local.api.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

Member = TypeVar("Member")


@dataclass(frozen=True)
class Page(Generic[Member]):
    """One page and the token of the next, if there is one."""

    members: Sequence[Member]
    next_token: str | None

    def token_as(self, name: str) -> dict[str, Any]:
        """Return the token as a member of a response; nothing on the last page."""
        return {name: self.next_token} if self.next_token else {}


def page_of(members: Sequence[Member], token: str | None, limit: int | None, usual: int) -> Page[Member]:
    """Cut one page out of all members.

    Parameters
    ----------
    token
        The token of the previous response; None for the first page.
    limit
        The requested page size; 0 and None for the usual one.

    Returns
    -------
    Page
        The members, and the token of the next page; no token with the last one.

    Raises
    ------
    ApiError
        InvalidNextTokenException.
    """
    start = _position(token) if token else 0
    end = start + (limit or usual)
    return Page(members[start:end], _token(end) if end < len(members) else None)


def _token(position: int) -> str:
    return b64encode(f"from:{position}".encode()).decode()


def _position(token: str) -> int:
    try:
        kind, _, position = b64decode(token, validate=True).decode().partition(":")
        if kind == "from":
            return int(position)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pass
    raise ApiError(
        "InvalidNextTokenException",
        "The nextToken provided is invalid. Specify the token that the previous response returned.",
    )
