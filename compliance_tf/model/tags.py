"""Tags that every service of a deployment accepts."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from compliance_tf.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MAX_TAGS: Final = 50
"""Tags of a resource (IAM User Guide, "IAM and AWS STS quotas"; other services have the same)."""

MAX_TAG_KEY: Final = 128
MAX_TAG_VALUE: Final = 256
"""Characters (IAM API, Tag.Key and Tag.Value)."""

_RESERVED: Final = "aws:"
_MARKS: Final = "_.:/=+-@"
_EXPRESSION: Final = "${"


def check_tags(tags: Mapping[str, str], own: Collection[str]) -> None:
    """Refuse tags that AWS would refuse in the middle of an apply.

    Parameters
    ----------
    tags
        The tags of all resources. A value that Terraform computes is not checked.
    own
        The keys that a deployment's resources have already.

    Raises
    ------
    SettingError
        When a key is there twice, which for IAM, whose keys have no case, ``Project`` and ``project`` are
        (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html), or when there are too many, or a key or a
        value is too long, has a character that IAM does not take, or begins with ``aws:``.
    """
    seen = {key.casefold(): key for key in own}
    for key, value in tags.items():
        _check_key(key)
        if other := seen.get(key.casefold()):
            if other in own:
                same = "" if other == key else f", which for IAM is {other}"
                raise SettingError(f"tags gives a value to {key}{same}, which all resources have already: use others.")
            raise SettingError(f"tags has {other} and {key}, which for IAM is the same key: leave one out.")
        seen[key.casefold()] = key
        _check_value(key, value)
    if len(seen) > MAX_TAGS:
        raise SettingError(
            f"tags has {len(tags)} tags, and with {', '.join(sorted(own))} there would be {len(seen)}: AWS allows "
            f"{MAX_TAGS}."
        )


def _check_key(key: str) -> None:
    if not isinstance(key, str) or not 1 <= len(key) <= MAX_TAG_KEY or not _has_valid_characters(key):
        raise SettingError(
            f"tags: the key {key!r:.200} must have 1 to {MAX_TAG_KEY} characters, which are {_CHARACTERS}."
        )
    if key.casefold().startswith(_RESERVED):
        raise SettingError(f"tags gives a value to {key}: what begins with {_RESERVED} only AWS writes.")


def _check_value(key: str, value: str) -> None:
    if not isinstance(value, str):
        raise SettingError(f"tags: the value of {key} is {value!r:.200}: it must be a text.")
    if _EXPRESSION not in value and (len(value) > MAX_TAG_VALUE or not _has_valid_characters(value)):
        raise SettingError(
            f"tags: the value of {key} must have at most {MAX_TAG_VALUE} characters, which are {_CHARACTERS}: "
            f"{value!r:.300}."
        )


_CHARACTERS: Final = f"letters, digits, spaces and {' '.join(_MARKS)}"


def _has_valid_characters(text: str) -> bool:
    """Return whether all characters match the pattern of IAM and CloudWatch Logs."""
    return all(one in _MARKS or unicodedata.category(one)[0] in "LZN" for one in text)
