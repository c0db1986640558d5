"""Comparison of KMS keys in parameters and in resources.

https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compliance_runtime.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

_KEY_ID = r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})"
_KEY_ARN = rf"arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{{12}}:key/{_KEY_ID}"

KEYS_DOC = (
    "KMS keys that are approved, by key id or key ARN; without any, every key is. Aliases cannot be listed: AWS "
    "Config records the key behind them."
)
"""The description of a parameter that lists keys."""


def refuse_other_than_keys(parameter: str, keys: Iterable[str]) -> None:
    """Refuse a text that is neither a key id nor a key ARN.

    Raises
    ------
    ParameterError
        When there is such a text, for example an alias.
    """
    for key in keys:
        if not re.fullmatch(f"{_KEY_ID}|{_KEY_ARN}", key):
            raise ParameterError(
                f"Parameter {parameter}: {key!r:.100} must be a key id or a key ARN. An alias cannot be compared: AWS "
                "Config records the key behind it."
            )


def is_approved(key: str, approved: Iterable[str]) -> bool:
    """Compare a resource's key, an id or an ARN, with the approved ids and ARNs.

    Two ARNs must be equal; an id matches every key ARN that ends in it, in any account and region.

    Returns
    -------
    bool
        Whether it is one of them.
    """
    return any(_same(key, other) for other in approved)


def _same(key: str, other: str) -> bool:
    if key.startswith("arn:") and other.startswith("arn:"):
        return key == other
    return key.rpartition("/")[2] == other.rpartition("/")[2]
