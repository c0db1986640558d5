"""Deprecation dates of AWS Lambda's runtimes.

The dates of https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html (deprecation date, not the later ones
from which functions cannot be created or updated), as cfn-lint 1.58.0 has them. AWS moves future dates: check
them and set ``AS_OF`` when adding a runtime.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

AS_OF = date(2026, 10, 20)
"""The day of the facts; a runtime that is not in the table is likely newer."""

DEPRECATION_DATES: Mapping[str, date] = MappingProxyType(
    {
        "dotnet6": date(2024, 12, 20),
        "dotnet8": date(2026, 11, 10),
        "dotnet10": date(2028, 11, 14),
        "dotnetcore1.0": date(2019, 6, 27),
        "dotnetcore2.0": date(2019, 5, 30),
        "dotnetcore2.1": date(2022, 1, 5),
        "dotnetcore3.1": date(2023, 4, 3),
        "go1.x": date(2024, 1, 8),
        "java8": date(2024, 1, 8),
        "java8.al2": date(2027, 6, 30),
        "java11": date(2027, 6, 30),
        "java17": date(2027, 6, 30),
        "java21": date(2029, 6, 30),
        "java25": date(2029, 6, 30),
        "nodejs": date(2016, 8, 30),
        "nodejs4.3": date(2020, 3, 5),
        "nodejs4.3-edge": date(2020, 3, 5),
        "nodejs6.10": date(2019, 8, 12),
        "nodejs8.10": date(2020, 3, 6),
        "nodejs10.x": date(2021, 7, 30),
        "nodejs12.x": date(2023, 3, 31),
        "nodejs14.x": date(2023, 12, 4),
        "nodejs16.x": date(2024, 6, 12),
        "nodejs18.x": date(2025, 9, 1),
        "nodejs20.x": date(2026, 4, 30),
        "nodejs22.x": date(2027, 4, 30),
        "nodejs24.x": date(2028, 4, 30),
        "provided": date(2024, 1, 8),
        "provided.al2": date(2026, 7, 31),
        "provided.al2023": date(2029, 6, 30),
        "python2.7": date(2021, 7, 15),
        "python3.6": date(2022, 7, 18),
        "python3.7": date(2023, 12, 4),
        "python3.8": date(2024, 10, 14),
        "python3.9": date(2025, 12, 15),
        "python3.10": date(2026, 10, 31),
        "python3.11": date(2027, 6, 30),
        "python3.12": date(2028, 10, 31),
        "python3.13": date(2029, 6, 30),
        "python3.14": date(2029, 6, 30),
        "ruby2.5": date(2021, 7, 30),
        "ruby2.7": date(2023, 12, 7),
        "ruby3.2": date(2026, 3, 31),
        "ruby3.3": date(2027, 3, 31),
        "ruby3.4": date(2028, 3, 31),
        "ruby4.0": date(2029, 3, 31),
    }
)
"""The day on which a runtime is deprecated, by its identifier."""
