"""Pages of a history, each of which covers some days only.

GetResourceConfigHistory covers seven days a call: for a resource that did not change for a week the first page has
no item and a token (AWS Config API Reference; boto/boto3 issues 2619 and 3647).
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from compliance_tf.local.api.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.local.config.configuration_item import ConfigurationItem


class Windows:
    """The items of one resource.

    Parameters
    ----------
    items
        The requested items, the oldest first.
    width
        Seconds that one page covers.
    forward
        Whether the oldest come first.
    latest
        The end of the first window when the newest come first, in seconds since 1970.
    """

    def __init__(self, items: Sequence[ConfigurationItem], width: float, *, forward: bool, latest: float) -> None:
        self._items = sorted(items, key=lambda item: item.captured, reverse=not forward)
        self._width = width
        self._forward = forward
        self._first = items[0].captured.timestamp() if forward and items else latest

    def page(self, token: str | None, limit: int) -> tuple[Sequence[ConfigurationItem], str | None]:
        """Cut the page of one window out of the history.

        Returns
        -------
        tuple[Sequence[ConfigurationItem], str | None]
            At most ``limit`` items, also none; and the token of the next page, None where no item is left.

        Raises
        ------
        ApiError
            InvalidNextTokenException.
        """
        edge, offset = _position(token) if token else (self._first, 0)
        low, high = (edge, edge + self._width) if self._forward else (edge - self._width, edge)
        times = [(item.captured.timestamp(), item) for item in self._items]
        within = [item for time, item in times if low <= time < high]
        if offset + limit < len(within):
            return within[offset : offset + limit], _token(edge, offset + limit)
        outside = any(time >= high if self._forward else time < low for time, _ in times)
        return within[offset:], _token(high if self._forward else low, 0) if outside else None


def _token(edge: float, offset: int) -> str:
    return b64encode(json.dumps([edge, offset]).encode()).decode()


def _position(token: str) -> tuple[float, int]:
    try:
        edge, offset = json.loads(b64decode(token, validate=True))
        return float(edge), int(offset)
    except (binascii.Error, TypeError, ValueError):
        raise ApiError(
            "InvalidNextTokenException",
            "The nextToken provided is invalid. Specify the token that the previous response returned.",
        ) from None
