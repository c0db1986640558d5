"""What IAM policy documents allow, and what one allows that others did not."""

from __future__ import annotations

import json
from dataclasses import dataclass
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
    """An action on a resource that a principal is allowed, or denied.

    Parameters
    ----------
    allows
        Whether it is allowed; else it is denied.
    principal
        Who: a kind and a name such as ``Service lambda.amazonaws.com``, or ``*``.
    action
        The action, with IAM's wildcards; ``NOT`` before it where it is all but that one.
    resource
        The resource, in the same way.
    conditions
        What must hold, each as text.
    """

    allows: bool
    principal: str
    action: str
    resource: str
    conditions: frozenset[str]

    def covers(self, other: Grant) -> bool:
        """Return whether all that ``other`` allows is allowed by this one; it is sure if it is."""
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
        """Return whether anyone may, whoever that is."""
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
    """Read a policy document; None when it cannot be seen, or is none that AWS's grammar knows.

    Parameters
    ----------
    document
        The document as JSON text, or the mark of a value that is hidden; None where there is no policy.
    """
    if document is None:
        return ()
    if isinstance(document, Hidden) or not isinstance(document, str) or '"Statement"' not in document:
        return None
    try:
        statements = PolicyDocument.read(document, "policy").statements
    except (ComplianceError, RecursionError):
        return None
    if not all(map(_is_action, (one for statement in statements for one in statement.actions.written))):
        return None
    return tuple(grant for statement in statements for grant in _of_statement(statement))


def _is_action(text: str) -> bool:
    """Return whether a text is an action as IAM takes it: with its service, or with a wildcard for that."""
    return bool(set(text) & set(":*"))


def widened(before: Iterable[Grant], after: Iterable[Grant]) -> tuple[Grant, ...]:
    """List what is allowed afterwards and was not before, and what is no longer denied."""
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
    # All of them together: to leave one out lets that one in.
    return [_NOT + _joined(names)] if principals.negated else names


def _joined(values: Iterable[str]) -> str:
    """Write values in one way only, whatever their order; one with a comma in it is not two."""
    return ", ".join(sorted(value if not _AMBIGUOUS & set(value) else json.dumps(value) for value in values))


_AMBIGUOUS: Final = frozenset('",\\')
