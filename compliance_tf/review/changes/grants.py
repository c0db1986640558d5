"""What IAM policy documents allow, and what one allows that others did not."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.policy.patterns import covers

from compliance_tf.review.plan.values import Hidden

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
        """Tell whether all that ``other`` allows is allowed by this one; it is sure if it is."""
        return (
            self.allows == other.allows
            and self.principal in {ANYONE, other.principal}
            and _covers(self.action, other.action, ignore_case=True)
            and _covers(self.resource, other.resource)
            and self.conditions <= other.conditions
        )

    @property
    def is_administration(self) -> bool:
        """Whether it allows every action, every one of a service, or all but some."""
        return self.allows and (
            self.action.startswith(_NOT) or self.resource.startswith(_NOT) or _takes_a_whole_service(self.action)
        )

    @property
    def is_public(self) -> bool:
        """Whether anyone may, whoever that is."""
        return self.allows and (self.principal.startswith(_NOT) or self.principal.endswith(ANYONE))

    def __str__(self) -> str:
        """Write it as people read it."""
        who = f"{self.principal} may " if self.principal else ""
        where = f" on {self.resource}" if self.resource else ""
        when = f" if {' and '.join(sorted(self.conditions))}" if self.conditions else ""
        denied = "" if self.allows else "no longer denied: "
        return f"{denied}{who}{self.action}{where}{when}"


_NOT = "NOT "

_ELEMENTS: Final = frozenset(
    {
        *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"),
    }
)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html"""


def grants(document: Value) -> tuple[Grant, ...] | None:
    """Read a policy document; None when it cannot be seen, or is none that AWS's grammar knows.

    Parameters
    ----------
    document
        The document as JSON text, or the mark of a value that is hidden; None where there is no policy.
    """
    if document is None:
        return ()
    if isinstance(document, Hidden) or not isinstance(document, str):
        return None
    try:
        statements = _list(json.loads(document)["Statement"])
        return tuple(grant for statement in statements for grant in _of_statement(statement))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


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


def _of_statement(statement: dict[str, Any]) -> Iterator[Grant]:
    if not statement.keys() <= _ELEMENTS or statement["Effect"] not in {"Allow", "Deny"}:
        raise ValueError("not IAM's grammar")
    conditions = frozenset(
        f"{key} {operator} {_joined(values)}"
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )
    for principal in _principals(statement):
        for action in _element(statement, "Action"):
            for resource in _element(statement, "Resource"):
                yield Grant(statement["Effect"] == "Allow", principal, action, resource, conditions)


def _element(statement: dict[str, Any], name: str) -> list[str]:
    given = [key for key in (name, f"Not{name}") if key in statement]
    if not given and name == "Resource":
        return [ITSELF]
    [key] = given
    values = _list(statement[key])
    if not all(isinstance(value, str) for value in values):
        raise ValueError("not IAM's grammar")
    return values if key == name else [_NOT + _joined(values)]


def _joined(values: object) -> str:
    """Write values in one way only, whatever their order; one with a comma in it is not two."""
    return ", ".join(sorted(map(_written, _list(values))))


def _written(value: object) -> str:
    return value if isinstance(value, str) and not _AMBIGUOUS & set(value) else json.dumps(value)


_AMBIGUOUS: Final = frozenset('",\\')


def _principals(statement: dict[str, Any]) -> Iterator[str]:
    if "NotPrincipal" in statement:
        # All of them together: to leave one out lets that one in.
        yield _NOT + _joined(list(_principal_names(statement["NotPrincipal"])))
    if "Principal" in statement:
        yield from _principal_names(statement["Principal"])
    if not statement.keys() & {"Principal", "NotPrincipal"}:
        yield ITSELF


def _principal_names(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{kind} {one}" for kind, ones in value.items() for one in _list(ones))
    else:
        yield str(value)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
