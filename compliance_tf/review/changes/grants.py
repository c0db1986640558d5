"""The grants of IAM policy documents, and their increases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from compliance_runtime.errors import ComplianceError
from compliance_runtime.policy.document import PolicyDocument
from compliance_runtime.policy.patterns import covers
from compliance_tf.review.plan.values import Hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compliance_runtime.policy.conditions import Condition
    from compliance_runtime.policy.document import Statement
    from compliance_runtime.policy.elements import Patterns
    from compliance_runtime.policy.principals import Principals
    from compliance_tf.review.plan.values import Value

ANYONE = "*"
ITSELF = ""
"""The principal of an identity's own policy, and the resource of a role's trust policy."""


@dataclass(frozen=True)
class Grant:
    """An action on a resource that is allowed to a principal, or denied.

    Parameters
    ----------
    allows
        Whether it is allowed; else it is denied.
    principal
        The principal: a kind and a name such as ``Service lambda.amazonaws.com``, or ``*``.
    action
        The action, with IAM's wildcards; ``NOT`` before it for all others.
    resource
        The resource, in the same way.
    conditions
        The conditions, each as text.
    """

    allows: bool
    principal: str
    action: str
    resource: str
    conditions: frozenset[str]

    def covers(self, other: Grant) -> bool:
        """Return whether this one certainly allows everything that ``other`` allows."""
        return (
            self.allows == other.allows
            and self.principal in {ANYONE, other.principal}
            and _covers(self.action, other.action, ignore_case=True)
            and _covers(self.resource, other.resource)
            and self.conditions <= other.conditions
        )

    @property
    def is_administration(self) -> bool:
        """Return whether it allows every action, every one of a service, or all but some."""
        return self.allows and (
            self.action.startswith(_NOT) or self.resource.startswith(_NOT) or _takes_a_whole_service(self.action)
        )

    @property
    def is_public(self) -> bool:
        """Return whether anyone is allowed."""
        return self.allows and (self.principal.startswith(_NOT) or self.principal.endswith(ANYONE))

    def __str__(self) -> str:
        """Return the text for messages."""
        who = f"{self.principal} may " if self.principal else ""
        where = f" on {self.resource}" if self.resource else ""
        when = f" if {' and '.join(sorted(self.conditions))}" if self.conditions else ""
        denied = "" if self.allows else "no longer denied: "
        return f"{denied}{who}{self.action}{where}{when}"


_NOT = "NOT "


def grants(document: Value) -> tuple[Grant, ...] | None:
    """Parse a policy document into what it allows and denies.

    Parameters
    ----------
    document
        The document as JSON text, or the marker of a hidden value; None where there is not a policy.

    Returns
    -------
    tuple[Grant, ...] | None
        The grants in the order of the statements; empty where there is not a policy, None when it is hidden or not
        valid in IAM.
    """
    if document is None:
        return ()
    if isinstance(document, Hidden) or not isinstance(document, str) or '"Statement"' not in document:
        return None
    return _grants_of_text(document)


# Several policies of the review ask for the same documents, and roles have the same trust policy.
@lru_cache(maxsize=1024)
def _grants_of_text(text: str) -> tuple[Grant, ...] | None:
    try:
        statements = PolicyDocument.read(text, "policy").statements
    except (ComplianceError, RecursionError):
        return None
    if not all(map(_is_action, (one for statement in statements for one in statement.actions.written))):
        return None
    return tuple(grant for statement in statements for grant in _of_statement(statement))


def _is_action(text: str) -> bool:
    """Return whether a text is an action in IAM: with its service, or with a wildcard for it."""
    return bool(set(text) & set(":*"))


def increases(before: Iterable[Grant], after: Iterable[Grant]) -> tuple[Grant, ...]:
    """List the grants that are new, and the denials that are removed."""
    earlier, later = tuple(before), tuple(after)
    allowed = (grant for grant in later if grant.allows and not any(one.covers(grant) for one in earlier))
    no_longer_denied = (grant for grant in earlier if not grant.allows and not any(one.covers(grant) for one in later))
    return (*dict.fromkeys(allowed), *dict.fromkeys(no_longer_denied))


def _covers(outer: str, inner: str, *, ignore_case: bool = False) -> bool:
    if outer.startswith(_NOT) or inner.startswith(_NOT):
        return outer in {inner, ANYONE}
    return covers(outer.lower(), inner.lower()) if ignore_case else covers(outer, inner)


def _takes_a_whole_service(action: str) -> bool:
    service, colon, name = action.partition(":")
    if not colon:
        return "*" in service
    return "*" in name and not name.strip("*?")


def _of_statement(statement: Statement) -> Iterator[Grant]:
    conditions = frozenset(map(_condition, statement.conditions))
    for principal in _principals(statement.principals):
        for action in _written(statement.actions):
            for resource in _written(statement.resources) if statement.resources else [ITSELF]:
                yield Grant(statement.allows, principal, action, resource, conditions)


def _written(patterns: Patterns) -> list[str]:
    return [_NOT + _joined(patterns.written)] if patterns.negated else list(patterns.written)


def _condition(condition: Condition) -> str:
    qualifier = f"{condition.qualifier}:" if condition.qualifier else ""
    if_exists = "ifexists" if condition.if_exists else ""
    return f"{condition.key} {qualifier}{condition.operator}{if_exists} {_joined(condition.values)}"


def _principals(principals: Principals | None) -> list[str]:
    if principals is None:
        return [ITSELF]
    kinds = {
        "AWS": principals.aws,
        "Service": principals.services,
        "Federated": principals.federated,
        "CanonicalUser": principals.canonical_users,
    }
    names = [f"{kind} {name}" for kind, ones in kinds.items() for name in ones]
    # All of them together: leaving one out would allow it.
    return [_NOT + _joined(names)] if principals.negated else names


def _joined(values: Iterable[str]) -> str:
    """Normalize the order of values; a value with a comma in it is not two."""
    return ", ".join(sorted(value if not _AMBIGUOUS & set(value) else json.dumps(value) for value in values))


_AMBIGUOUS: Final = frozenset('",\\')
