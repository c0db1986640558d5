"""External ids in trust policies.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.policy.bounds import callers, spared_by
from compliance_runtime.policy.conditions import Truth

if TYPE_CHECKING:
    from compliance_runtime.policy.document import PolicyDocument, Statement
    from compliance_runtime.policy.exposure import Trusted
    from compliance_runtime.policy.principals import Principals

_KEY = "sts:externalid"
_NO_ID_AND_ANOTHER = (None, "\0")
"""The id of callers that do not know it; no valid id has such a character."""


def asks_for_external_id(statement: Statement, document: PolicyDocument, trusted: Trusted) -> bool:
    """Decide whether the callers that a statement allows must give an external id.

    A condition of the statement may require it, or a denial may refuse callers without it. A condition that any id
    satisfies does not count.

    Returns
    -------
    bool
        Whether all must, except trusted ones.
    """
    demanded = any(all(value.strip("*?") for value in one.values) for one in statement.demanding(_KEY))
    return demanded or any(_refuses_without(denial, statement, trusted) for denial in document.denying)


def _refuses_without(denial: Statement, statement: Statement, trusted: Trusted) -> bool:
    asking = [condition for condition in denial.conditions if condition.key == _KEY]
    spared = [spared_by(condition) for condition in denial.conditions if condition.key != _KEY]
    return (
        bool(asking)
        and denial.actions.covers("sts:assumerole")
        and _meets(denial.principals, statement.principals, trusted)
        and all(one.holds({_KEY: given}) is Truth.ALWAYS for one in asking for given in _NO_ID_AND_ANOTHER)
        # A caller that fails one of the other conditions is not denied, so only trusted ones may fail it.
        and all(bound is not None and all(trusted.includes(party) for party in bound) for bound in spared)
    )


def _meets(denied: Principals | None, allowed: Principals | None, trusted: Trusted) -> bool:
    """Return whether a denial applies to all allowed callers, except trusted ones."""
    if denied is None or allowed is None:
        return False
    if denied.negated:
        return all(trusted.includes(party) for party in callers(denied))
    return denied.everyone or (not allowed.negated and set(allowed.aws) <= set(denied.aws))
