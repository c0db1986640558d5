"""The declaration of a check.

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
"""The frozen dataclass of a check's parameters."""


class Word(Enum):
    """An enum of words of an API or a file, in any case."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        return next((one for one in cls if isinstance(value, str) and value.casefold() == one.value.casefold()), None)

    @classmethod
    def read(cls, word: str) -> Self | None:
        """Parse a word; None for an unknown one."""
        try:
            return cls(word)
        except ValueError:
            return None


class Severity(Word):
    """The severity of a violation. A rule may be deployed with another severity than its check declares."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"

    @property
    def rank(self) -> int:
        """Its rank: 0 for the lowest."""
        return tuple(Severity).index(self)


class Compliance(Word):
    """The compliance types that may be put to AWS Config.

    INSUFFICIENT_DATA is left out because PutEvaluations refuses it
    (https://docs.aws.amazon.com/config/latest/APIReference/API_Evaluation.html).
    """

    COMPLIANT = "COMPLIANT"
    NON_COMPLIANT = "NON_COMPLIANT"
    NOT_APPLICABLE = "NOT_APPLICABLE"


@dataclass(frozen=True)
class Verdict:
    """The verdict of a check on one resource.

    Parameters
    ----------
    compliance
        The result.
    reason
        The reason, for people. It becomes the annotation of the result; AWS Config keeps 256 characters, so the
        important part comes first.
    """

    compliance: Compliance
    reason: str

    @classmethod
    def compliant(cls, reason: str) -> Verdict:
        """Build a verdict that the resource complies."""
        return cls(Compliance.COMPLIANT, reason)

    @classmethod
    def non_compliant(cls, reason: str) -> Verdict:
        """Build a verdict that the resource violates the rule; ``reason`` says what to change."""
        return cls(Compliance.NON_COMPLIANT, reason)

    @classmethod
    def not_applicable(cls, reason: str) -> Verdict:
        """Build a verdict that the rule does not apply to the resource. An earlier result is cleared."""
        return cls(Compliance.NOT_APPLICABLE, reason)


@dataclass(frozen=True)
class Finding:
    """A verdict on a resource that a periodic check has listed.

    Parameters
    ----------
    resource_type
        AWS Config's name of the type.
    resource_id
        AWS Config's id of the resource: 1 to 768 characters.
    verdict
        The verdict.
    """

    resource_type: str
    resource_id: str
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Check(Generic[P]):
    """The base of all checks, which has three kinds.

    Parameters
    ----------
    id
        Kebab-case; the name of its file with ``-`` for ``_``.
    title
        A few words, for tables and headings.
    description
        The requirement and its reason, in sentences; a Config rule keeps 256 characters of it.
    severity
        The severity of a violation, unless the deployment overrides it.
    resource_types
        The types that it evaluates, such as ``AWS::S3::Bucket``; empty for every recorded type.
    parameters
        A frozen dataclass; see ``compliance_runtime.parameters`` for the field types.
    remediation
        The way to fix violations, in sentences, for reports; a verdict's reason says what to change in one resource.
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
    """A check that runs at each change of a resource, and needs only its configuration item.

    Parameters
    ----------
    evaluate
        Returns the verdict on a configuration item, never one of a deleted resource, with the parameters. An exception
        is not a verdict: the invocation fails and AWS Lambda retries it.
    """

    evaluate: Callable[[ConfigurationItem, P], Verdict]


@dataclass(frozen=True, kw_only=True)
class LookupCheck(Check[P]):
    """A check that runs at each change of a resource, and looks up what AWS Config does not record with it.

    Parameters
    ----------
    evaluate
        As that of a ``ChangeCheck``, with the account to query.
    actions
        The read-only IAM actions that it needs: full names, at least one.
    """

    evaluate: Callable[[ConfigurationItem, P, Account], Verdict]
    actions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PeriodicCheck(Check[P]):
    """A check that runs on a schedule, and lists its resources itself.

    Parameters
    ----------
    evaluate
        Yields the findings in an account, with the parameters, one for each resource, so that memory does not grow
        with the account. Results of earlier runs for resources that are not yielded again are cleared.
    actions
        The read-only IAM actions that it needs: full names, at least one.
    """

    evaluate: Callable[[Account, P], Iterator[Finding]]
    actions: tuple[str, ...]
