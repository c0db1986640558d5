"""How a check declares itself.

A check is one file in ``compliance_runtime/checks`` that ends in ``CHECK = ChangeCheck(...)`` or one of the other
kinds. The Config rule, the validation of its parameters, the function's policy and the reference page are all derived
from this declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Self

    from compliance_runtime.account import Account
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

MAX_DESCRIPTION = 256
"""Characters of a Config rule's description (AWS Config API, ConfigRule)."""

P = TypeVar("P")
"""The frozen dataclass that holds a check's parameters."""


class Word(Enum):
    """A word of an API's or a file's, which may be written in any case."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return next((one for one in cls if isinstance(value, str) and value.casefold() == one.value.casefold()), None)

    @classmethod
    def read(cls, word: str) -> Self | None:
        """Return what a word means; None for one that is not known."""
        try:
            return cls(word)
        except ValueError:
            return None


class Severity(Word):
    """How much a violation matters. A rule may be deployed with another severity than its check declares."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        """Its place in the order: 0 for the one that matters least."""
        return tuple(Severity).index(self)


class Compliance(Word):
    """The results that may be put to AWS Config.

    INSUFFICIENT_DATA is missing on purpose: PutEvaluations refuses it
    (https://docs.aws.amazon.com/config/latest/APIReference/API_Evaluation.html).
    """

    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True)
class Verdict:
    """What a check says about one resource.

    Parameters
    ----------
    compliance
        The result.
    reason
        For people. It becomes the annotation of the result; AWS Config keeps 256 characters of it, so what matters
        comes first.
    """

    compliance: Compliance
    reason: str

    @classmethod
    def compliant(cls, reason: str) -> Verdict:
        """Say that the resource is as it should be."""
        return cls(Compliance.COMPLIANT, reason)

    @classmethod
    def non_compliant(cls, reason: str) -> Verdict:
        """Say that the resource violates the rule; ``reason`` names what to change."""
        return cls(Compliance.NON_COMPLIANT, reason)

    @classmethod
    def not_applicable(cls, reason: str) -> Verdict:
        """Leave the resource out: the rule has nothing to say about it. An earlier result disappears."""
        return cls(Compliance.NOT_APPLICABLE, reason)


@dataclass(frozen=True)
class Finding:
    """A verdict about a resource that a periodic check found by itself.

    Parameters
    ----------
    resource_type
        AWS Config's name of the type.
    resource_id
        What identifies the resource among those of its type, as AWS Config does: 1 to 768 characters.
    verdict
        What the check says about it.
    """

    resource_type: str
    resource_id: str
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Check(Generic[P]):
    """What every check declares. A check is one of the three kinds below.

    Parameters
    ----------
    id
        Kebab-case; the name of its file with ``-`` for ``_``.
    title
        A few words, for tables and headings.
    description
        What it asks for and why, in sentences; a Config rule holds 256 characters of it.
    severity
        How much a violation matters, unless the deployment says otherwise.
    resource_types
        AWS Config's names of the types that it judges; empty for every recorded type.
    parameters
        A frozen dataclass; see ``compliance_runtime.parameters`` for the field types.
    remediation
        How a violation is fixed, in sentences, for reports; a verdict's reason names what to change in one resource.
    """

    id: str
    title: str
    description: str
    severity: Severity
    resource_types: tuple[str, ...]
    parameters: type[P]
    remediation: str = ""


@dataclass(frozen=True, kw_only=True)
class ChangeCheck(Check[P]):
    """A check that AWS Config asks whenever a resource changes, and that needs nothing but what was recorded of it.

    Parameters
    ----------
    evaluate
        From a configuration item, never one of a deleted resource, and parameters to the verdict. What it raises is no
        verdict: the invocation fails and AWS Lambda tries again.
    """

    evaluate: Callable[[ConfigurationItem, P], Verdict]


@dataclass(frozen=True, kw_only=True)
class LookupCheck(Check[P]):
    """A check of changes that must also look something up, because AWS Config does not record it with the resource.

    Parameters
    ----------
    evaluate
        As that of a ``ChangeCheck``, with the account to ask.
    actions
        The read-only IAM actions that asking needs: whole names, at least one.
    """

    evaluate: Callable[[ConfigurationItem, P, Account], Verdict]
    actions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PeriodicCheck(Check[P]):
    """A check that AWS Config asks on a schedule, and that finds by itself what it judges.

    Parameters
    ----------
    evaluate
        From the account and parameters to the findings, one for each resource, given as they are found so that memory
        does not grow with the account. What was reported earlier and is not found again is cleared.
    actions
        The read-only IAM actions that asking needs: whole names, at least one.
    """

    evaluate: Callable[[Account, P], Iterator[Finding]]
    actions: tuple[str, ...]
