"""Tags in parameters: allowed values, and exemptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.errors import ParameterError
from compliance_runtime.policy.patterns import any_matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
MAX_TAGS = 50
MAX_KEY = 128
MAX_VALUE = 256

EXEMPT_TAGS_DOC = (
    "Tags that exempt a resource, case-sensitive: each key with its values, where * stands for any characters and ? "
    "for one; an empty list takes any value."
)
"""The description of a parameter that lists exempting tags."""


def is_allowed(value: str, allowed: Iterable[str]) -> bool:
    """Compare a tag's value with allowed values, case-sensitive.

    An allowed value with ``*`` or ``?`` is a pattern: ``*`` matches any characters, also none, ``?`` exactly one. Any
    other is the value itself.

    Returns
    -------
    bool
        Whether one of them matches; True without allowed values.
    """
    values = tuple(allowed)
    return not values or any_matches(values, value)


def exempting_tag(tags: Mapping[str, str], exempt: Mapping[str, tuple[str, ...]]) -> str | None:
    """Find a tag that exempts a resource.

    Parameters
    ----------
    tags
        The tags of the resource.
    exempt
        The exempting keys, each with its values, as in ``is_allowed``.

    Returns
    -------
    str | None
        ``Key=value`` of the first one by key; None where no tag does.
    """
    exempting = sorted(key for key, values in exempt.items() if key in tags and is_allowed(tags[key], values))
    return f"{exempting[0]}={tags[exempting[0]]}" if exempting else None


def refuse_impossible_tags(parameter: str, tags: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse tags that AWS does not allow: at most 50, keys of 1 to 128 and values of at most 256 characters.

    Raises
    ------
    ParameterError
        When there are such.
    """
    if len(tags) > MAX_TAGS:
        raise ParameterError(f"Parameter {parameter} has {len(tags)} tags; a resource has at most {MAX_TAGS}.")
    for key, values in tags.items():
        if not 1 <= len(key) <= MAX_KEY:
            raise ParameterError(f"Parameter {parameter} has the key {key!r:.40}; keys have 1 to {MAX_KEY} characters.")
        if any(len(value) > MAX_VALUE for value in values):
            raise ParameterError(f"Parameter {parameter}: a value of {key} has more than {MAX_VALUE} characters.")
