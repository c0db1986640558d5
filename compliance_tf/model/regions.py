"""AWS's regions and partitions: one pattern for all, and one function."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_PARTITIONS: Final = {
    "aws": r"(?:us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+",
    "aws-cn": r"cn-\w+-\d+",
    "aws-eusc": r"eusc-de-\w+-\d+",
    "aws-iso": r"us-iso-\w+-\d+",
    "aws-iso-b": r"us-isob-\w+-\d+",
    "aws-iso-e": r"eu-isoe-\w+-\d+",
    "aws-iso-f": r"us-isof-\w+-\d+",
    "aws-us-gov": r"us-gov-\w+-\d+",
}
"""Patterns of the region codes of each partition, future ones included.

Source: partitions.json of botocore, regionRegex; a test compares the two.
"""

REGION: Final = "(?:" + "|".join(_PARTITIONS.values()) + ")"
"""A region code of any partition, as a regular expression for ``fullmatch``."""

PARTITION: Final = r"aws(?:-[a-z]+)*"
"""The second part of an ARN, as a regular expression."""


@cache
def partition(region: str) -> str | None:
    """Return the partition of a region; None for what is not a region's code."""
    return next((name for name, pattern in _PARTITIONS.items() if re.fullmatch(pattern, region)), None)
