"""Who may do what after a plan that may not do it now: roles, their trust, and who may invoke functions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from compliance_tf.review.grants import Grant, grants, widened
from compliance_tf.review.plan import Action
from compliance_tf.review.values import Hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from compliance_tf.review.plan import Plan, ResourceChange
    from compliance_tf.review.values import Attributes

    _Reader = Callable[[Attributes], tuple[Grant, ...] | None]

ADMINISTRATION: Final = frozenset({"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"})
"""AWS's own policies that allow about everything, or to allow oneself everything."""


@dataclass(frozen=True)
class Permissions:
    """What one role, policy or function lets somebody do, before and after.

    Parameters
    ----------
    subject
        Whose permissions they are, in words: ``Role acme-dev-record``.
    addresses
        The resources that they are written in.
    before
        What is allowed and denied now; None where that cannot be seen.
    after
        The same then.
    """

    subject: str
    addresses: tuple[str, ...]
    before: tuple[Grant, ...] | None
    after: tuple[Grant, ...] | None

    @property
    def are_unknown(self) -> bool:
        """Whether what will be allowed cannot be seen."""
        return self.after is None

    @property
    def new(self) -> tuple[Grant, ...]:
        """What is allowed afterwards and was not before; all of it where one does not know what was."""
        return widened(self.before or (), self.after or ())


def permissions(plan: Plan) -> tuple[Permissions, ...]:
    """List all permissions of which a plan writes something."""
    return (*_of_roles(plan), *_of_policies(plan), *_trusts(plan), *_invocations(plan))


def _of_roles(plan: Plan) -> Iterator[Permissions]:
    # By role, not by resource: what moves from one of a role's policies to another widens nothing.
    by_role: defaultdict[str, list[ResourceChange]] = defaultdict(list)
    for change in (*plan.of_type("aws_iam_role_policy"), *plan.of_type("aws_iam_role_policy_attachment")):
        by_role[str(_current(change).get("role", Hidden.UNKNOWN))].append(change)
    for role, changes in sorted(by_role.items()):
        if any(change.changes for change in changes):
            yield _permissions(f"Role {role}", changes, _role_grants)


def _of_policies(plan: Plan) -> Iterator[Permissions]:
    for change in plan.of_type("aws_iam_policy"):
        if change.changes:
            yield _permissions(f"Policy {_name(change)}", [change], lambda values: grants(values.get("policy")))


def _trusts(plan: Plan) -> Iterator[Permissions]:
    for change in plan.of_type("aws_iam_role"):
        if change.changes:
            yield _permissions(
                f"Trust of role {_name(change)}", [change], lambda values: grants(values.get("assume_role_policy"))
            )


def _invocations(plan: Plan) -> Iterator[Permissions]:
    for change in plan.of_type("aws_lambda_permission"):
        if change.changes:
            yield _permissions(
                f"Function {_current(change).get('function_name', Hidden.UNKNOWN)}", [change], _invocation_grants
            )


def _permissions(subject: str, changes: Iterable[ResourceChange], read: _Reader) -> Permissions:
    changes = tuple(changes)
    before = [read(change.before) for change in changes if change.before]
    after = [read(change.after) for change in changes if change.after and change.action is not Action.FORGET]
    return Permissions(subject, tuple(change.address for change in changes), _together(before), _together(after))


def _together(parts: list[tuple[Grant, ...] | None]) -> tuple[Grant, ...] | None:
    known = [part for part in parts if part is not None]
    return tuple(grant for part in known for grant in part) if len(known) == len(parts) else None


def _role_grants(values: Attributes) -> tuple[Grant, ...] | None:
    if "policy_arn" not in values:
        return grants(values.get("policy"))
    arn = values["policy_arn"]
    if isinstance(arn, Hidden):
        return None
    name = str(arn).rpartition("/")[2]
    action = "*" if name in ADMINISTRATION else f"everything that {arn} allows"
    return (Grant(allows=True, principal="", action=action, resource="*", conditions=frozenset()),)


_CONDITIONS: Final = {
    "source_account": "aws:SourceAccount",
    "source_arn": "aws:SourceArn",
    "principal_org_id": "aws:PrincipalOrgID",
}


def _invocation_grants(values: Attributes) -> tuple[Grant, ...] | None:
    if any(isinstance(values.get(name), Hidden) for name in ("principal", "action", "function_url_auth_type")):
        return None
    # A condition whose value cannot be seen counts as none: it may let in anyone.
    conditions = frozenset(
        f"{key} is {values[name]}"
        for name, key in _CONDITIONS.items()
        if values.get(name) and not isinstance(values[name], Hidden)
    )
    principal = "*" if values.get("function_url_auth_type") == "NONE" else str(values.get("principal"))
    return (
        Grant(allows=True, principal=principal, action=str(values.get("action")), resource="", conditions=conditions),
    )


def _current(change: ResourceChange) -> Attributes:
    return change.after or change.before


def _name(change: ResourceChange) -> str:
    return str(_current(change).get("name", change.address))
