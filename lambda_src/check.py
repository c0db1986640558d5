"""How a check declares itself.

A check is one file in ``lambda_src/checks`` that ends in ``CHECK = Check(...)``. The Config rule, the validation
of its parameters, the function's policy and the reference page are all derived from this declaration.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambda_src.configuration_item import ConfigurationItem

P = TypeVar("P")
"""The frozen dataclass that holds a check's parameters."""


class Severity(Enum):
    """How much a violation matters. A rule may be deployed with another severity than its check declares."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class Trigger(Enum):
    """What makes AWS Config evaluate a check."""

    CHANGE = "change"
    PERIODIC = "periodic"


class Compliance(Enum):
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
class Check(Generic[P]):
    """The declaration of a check.

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
    trigger
        What makes AWS Config evaluate it.
    parameters
        A frozen dataclass; see ``lambda_src.parameters`` for the field types.
    evaluate
        From a configuration item, never one of a deleted resource, and parameters to the verdict. What it raises is no
        verdict: the invocation fails and AWS Lambda tries again.
    actions
        Read-only IAM actions that ``evaluate`` itself needs; empty for a pure function of the item.
    """

    id: str
    title: str
    description: str
    severity: Severity
    resource_types: tuple[str, ...]
    trigger: Trigger
    parameters: type[P]
    evaluate: Callable[[ConfigurationItem, P], Verdict]
    actions: tuple[str, ...] = ()
