"""Permission increases of a plan: roles, their trust policies, and invocation permissions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from compliance_tf.review.changes.grants import Grant, grants, increases
from compliance_tf.review.plan.plan import Action
from compliance_tf.review.plan.values import Hidden, is_hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance_tf.review.plan.plan import Plan, ResourceChange
    from compliance_tf.review.plan.values import Attributes, Value

    _Grants = tuple[Grant, ...] | None
    """None where they cannot be seen."""
    _Reader = Callable[[Attributes], _Grants]

ADMINISTRATION: Final = frozenset({"AdministratorAccess", "IAMFullAccess", "PowerUserAccess"})
"""AWS managed policies that allow nearly everything, or privilege escalation."""


@dataclass(frozen=True)
class Permissions:
    """The permissions of one role, policy or function, before and after.

    Parameters
    ----------
    subject
        The subject, in words: ``Role acme-dev-record``.
    addresses
        The resources that define them.
    before
        The grants before; None where they are unknown.
    after
        The grants after; None where they are unknown.
    """

    subject: str
    addresses: tuple[str, ...]
    before: tuple[Grant, ...] | None
    after: tuple[Grant, ...] | None

    @property
    def are_unknown(self) -> bool:
        """Return whether the permissions after the apply are unknown."""
        return self.after is None

    @property
    def new(self) -> tuple[Grant, ...]:
        """The new grants; all of them where the present ones are unknown."""
        return increases(self.before or (), self.after or ())


@lru_cache(maxsize=1)  # several policies ask for those of the plan that is reviewed
def permissions(plan: Plan) -> tuple[Permissions, ...]:
    """List all permissions that a plan writes."""
    return (*_of_roles(plan), *_of_policies(plan), *_trusts(plan), *_invocations(plan))


@dataclass
class _Role:
    """The permissions of one role, collected from the resources that define them."""

    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    before: list[_Grants] = field(default_factory=list)
    after: list[_Grants] = field(default_factory=list)
    policies: set[object] = field(default_factory=set)

    def add(self, change: ResourceChange, before: list[_Grants], after: list[_Grants]) -> None:
        (self.changed if change.changes else self.kept).append(change.address)
        self.before += before
        self.after += after


def _of_roles(plan: Plan) -> Iterator[Permissions]:
    # By role, not by resource: a grant that moves between policies of a role is no increase, and one that moves to
    # another role is.
    roles: defaultdict[str, _Role] = defaultdict(_Role)
    for change in (*plan.of_type("aws_iam_role_policy"), *plan.of_type("aws_iam_role_policy_attachment")):
        for values, is_before in ((change.before, True), (_after(change), False)):
            if not values:
                continue
            name = values.get("role")
            written: list[_Grants] = [None if is_hidden(name) else _role_grants(values)]
            role = roles[change.address if is_hidden(name) else str(name)]
            role.policies |= {one for one in (values.get("name"), values.get("policy_arn")) if isinstance(one, str)}
            role.add(change, written if is_before else [], [] if is_before else written)
    for change in plan.of_type("aws_iam_role"):
        for values, is_before in ((change.before, True), (_after(change), False)):
            if not values:
                continue
            role = roles[change.address if is_hidden(values.get("name")) else str(values.get("name"))]
            within = list(_within_role(change, values, role.policies))
            role.add(change, within if is_before else [], [] if is_before else within)
    for name, role in sorted(roles.items()):
        if role.changed:
            addresses = tuple(dict.fromkeys([*role.changed, *role.kept]))
            yield Permissions(f"Role {name}", addresses, _together(role.before), _together(role.after))


def _within_role(change: ResourceChange, values: Attributes, written_elsewhere: set[object]) -> Iterator[_Grants]:
    """Read the policies inside a role itself, without those that separate resources define.

    A role lists these as well, as they were at the last refresh.

    Yields
    ------
    tuple[Grant, ...] | None
        The grants of each policy; None for one that cannot be seen.
    """
    for attribute in ("inline_policy", "managed_policy_arns"):
        policies = values.get(attribute)
        is_own = change.configured is None or attribute in change.configured
        others = frozenset() if is_own else written_elsewhere
        if isinstance(policies, Hidden):
            # The plan of a new role does not have the policies of separate resources.
            if policies is Hidden.SENSITIVE or is_own:
                yield None
            continue
        for policy in policies if isinstance(policies, list) else [policies] if policies else []:
            name, policy_document = (policy, None) if isinstance(policy, str) else _named_policy(policy)
            if name is None:
                yield None
            elif name not in others:
                yield _attached(name) if policy_document is None else grants(policy_document)


def _named_policy(policy: Value) -> tuple[str | None, Value]:
    """Return the name and the document of an inline policy; no name where either is unknown."""
    name, text = (policy.get("name"), policy.get("policy")) if isinstance(policy, dict) else (None, None)
    return (name, text) if isinstance(name, str) and isinstance(text, str) else (None, None)


def _of_policies(plan: Plan) -> Iterator[Permissions]:
    for change in plan.of_type("aws_iam_policy"):
        yield from _of_one(f"Policy {_name(change)}", change, lambda values: grants(values.get("policy")))


def _trusts(plan: Plan) -> Iterator[Permissions]:
    for change in plan.of_type("aws_iam_role"):
        subject = f"Trust of role {_name(change)}"
        yield from _of_one(subject, change, lambda values: grants(values.get("assume_role_policy")))


def _invocations(plan: Plan) -> Iterator[Permissions]:
    for change in plan.of_type("aws_lambda_permission"):
        yield from _of_one(f"Function {_function(change)}", change, _invocation_grants, _certain_invocation_grants)


def _of_one(
    subject: str, change: ResourceChange, read: _Reader, read_before: _Reader | None = None
) -> Iterator[Permissions]:
    if change.changes:
        before = (read_before or read)(change.before) if change.before else ()
        yield Permissions(subject, (change.address,), before, read(_after(change)) if _after(change) else ())


def _together(parts: list[_Grants]) -> _Grants:
    known = [part for part in parts if part is not None]
    return tuple(grant for part in known for grant in part) if len(known) == len(parts) else None


def _role_grants(values: Attributes) -> _Grants:
    return _attached(values["policy_arn"]) if "policy_arn" in values else grants(values.get("policy"))


def _attached(arn: Value) -> _Grants:
    if not isinstance(arn, str):
        return None
    name = arn.rpartition("/")[2]
    action = "*" if name in ADMINISTRATION or name.endswith("FullAccess") else f"everything that {arn} allows"
    return (Grant(allows=True, principal="", action=action, resource="*", conditions=frozenset()),)


_CONDITIONS: Final = {
    "source_account": "aws:SourceAccount",
    "source_arn": "aws:SourceArn",
    "principal_org_id": "aws:PrincipalOrgID",
}


def _certain_invocation_grants(values: Attributes) -> _Grants:
    """Read the present grants of an invocation permission: an unknown condition must not count as none here."""
    return None if any(isinstance(values.get(name), Hidden) for name in _CONDITIONS) else _invocation_grants(values)


def _invocation_grants(values: Attributes) -> _Grants:
    if not all(isinstance(values.get(name), str | None) for name in _INVOCATION):
        return None
    # A condition with an unknown value counts as none: it may allow anyone.
    conditions = frozenset(
        f"{key} is {values[name]}"
        for name, key in _CONDITIONS.items()
        if values.get(name) and not isinstance(values[name], Hidden)
    )
    principal = "*" if values.get("function_url_auth_type") == "NONE" else str(values.get("principal"))
    function = ":".join(filter(None, (values.get("function_name"), values.get("qualifier"))))
    action = str(values.get("action"))
    return (Grant(allows=True, principal=principal, action=action, resource=function, conditions=conditions),)


_INVOCATION: Final = ("principal", "action", "function_url_auth_type", "function_name", "qualifier")


def _after(change: ResourceChange) -> Attributes:
    return {} if change.action is Action.FORGET else change.after


def _function(change: ResourceChange) -> str:
    return str((change.after or change.before).get("function_name"))


def _name(change: ResourceChange) -> str:
    return str((change.after or change.before).get("name", change.address))
