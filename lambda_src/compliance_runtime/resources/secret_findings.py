"""The verdict of checks on secrets outside of environment variables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import Verdict
from compliance_runtime.resources.plain_secrets import variables_with_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_NAMED = 10
"""Names of secrets in a reason; AWS Config keeps 256 characters of it."""


@dataclass(frozen=True)
class SecretParameters:
    """Exemptions."""

    exempt_names: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Names of values that hold no secret, as CSRF_TOKEN or TEST_*; case-sensitive."},
    )


def secrets_verdict(values: Iterable[tuple[str, str]], exempt: Iterable[str], *, place: str, remedy: str) -> Verdict:
    """Return compliant if none of its values is a secret; no value is given back.

    Parameters
    ----------
    values
        Names and values.
    exempt
        Names to skip.
    place
        The place of the values in the reason, such as ``the outputs``.
    remedy
        The remediation, as an imperative.

    Returns
    -------
    Verdict
        NON_COMPLIANT with the first names, ``MAX_NAMED`` at most, and the number of the others.
    """
    found = variables_with_secrets(values, exempt)
    if found:
        more = f" and {len(found) - MAX_NAMED} more" if len(found) > MAX_NAMED else ""
        return Verdict.non_compliant(
            f"Secrets in {place}: {', '.join(found[:MAX_NAMED])}{more}. {remedy}, and change them: they were exposed."
        )
    return Verdict.compliant(f"Nothing in {place} looks like a secret.")
