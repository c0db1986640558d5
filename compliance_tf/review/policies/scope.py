"""Policies on scope: only resources of the allow-list, in whatever way they enter the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.model.allow_list import ALLOWED_TYPES, DATA_TYPES, SINGLETONS, is_singleton, refusal
from compliance_tf.review.plan.plan import Action
from compliance_tf.review.policies.policy import Hit, Policy, Verdict
from compliance_tf.terraform.machine import AWS_PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.plan import Plan, ResourceChange
    from compliance_tf.review.policies.policy import Limits


def _everything(plan: Plan) -> Iterator[tuple[ResourceChange, str]]:
    """List all resources that the state has or will have, with their origin."""
    for change in plan.resources:
        if change.managed:
            yield change, "" if not change.moved_from else f" (moved from {change.moved_from})"
    for change in plan.drift:
        if change.managed:
            yield change, " (in the drift)"


def _refused(change: ResourceChange, where: str) -> Hit:
    imported = " by an import" if change.imported_by is not None else ""
    return Hit(change.address, f"It {change.action.words}{imported}{where}: {refusal(change.type)}.")


def _singletons(plan: Plan, _: Limits) -> Iterator[Hit]:
    for change, where in _everything(plan):
        if is_singleton(change.type, change.before, change.after):
            yield _refused(change, where)


def _unlisted_resources(plan: Plan, _: Limits) -> Iterator[Hit]:
    for change, where in _everything(plan):
        if change.type not in ALLOWED_TYPES | SINGLETONS:
            yield _refused(change, where)
        elif change.provider not in AWS_PROVIDERS:
            yield Hit(
                change.address, f"It belongs to provider {change.provider}, and only {' or '.join(AWS_PROVIDERS)} is."
            )
    read_later = {change.address: change.type for change in plan.resources if not change.managed}
    for address, type_ in sorted({**plan.data_types, **read_later}.items()):
        if type_ not in DATA_TYPES:
            yield Hit(
                address,
                f"It reads by the data source {type_}: a deployment reads where it goes, the recorder, and the ARNs of "
                "what exists.",
            )


def _programs(plan: Plan, _: Limits) -> Iterator[Hit]:
    for address in plan.programs:
        yield Hit(address, "A provisioner would run a program during the apply, and no plan shows what that does.")
    for member in plan.not_understood:
        if "action_invocations" in member:
            yield Hit(member, "An action would run during the apply, and no plan shows what that does.")
    for change in plan.resources:
        if not change.managed and change.type == "external" and change.action is Action.READ:
            yield Hit(change.address, "This data source would run a program during the apply.")


_PROVIDER_SETTINGS: Final = frozenset({"default_tags"})
"""The provider's arguments that a ComplianceStack sets beside the region."""


def _elsewhere(plan: Plan, _: Limits) -> Iterator[Hit]:
    if not plan.providers:
        yield Hit("provider", "Where the AWS provider works cannot be seen.")
    for provider in plan.providers:
        region = provider.region or "a region that cannot be seen"
        if region != plan.identity.region:
            yield Hit(provider.address, f"It works in {region}, and the deployment is of {plan.identity.region}.")
        if others := sorted(provider.names - _PROVIDER_SETTINGS):
            yield Hit(provider.address, f"It is set up with {', '.join(others)}, so it may work in another account.")
    for change in plan.resources:
        # Since version 6 of the provider each resource may have its own region.
        if not change.managed or change.type not in ALLOWED_TYPES:
            continue
        for verb, values in (("made", change.after), ("changed or destroyed", change.before if change.changes else {})):
            own_region = values.get("region")
            if own_region is not None and own_region != plan.identity.region:
                yield Hit(
                    change.address, f"It is {verb} in {own_region}, and the deployment is of {plan.identity.region}."
                )


RECORDER: Final = Policy(
    id="recorder",
    title="The account's recorder, delivery channel and retention are nobody's to change",
    why="AWS allows one per region and account. A plan that creates, changes, imports or destroys one takes it from "
    "everybody else in the account.",
    verdict=Verdict.BLOCKED,
    find=_singletons,
    is_fixed=True,
)

ALLOW_LIST: Final = Policy(
    id="allow-list",
    title="Nothing but Config rules, functions, EventBridge rules, one table and what they need to run",
    why="A deployment can be destroyed without touching anything else only as long as it consists of nothing else. "
    "What came by an import, a move, a module or an override counts as well.",
    verdict=Verdict.BLOCKED,
    find=_unlisted_resources,
    is_fixed=True,
)

PROVISIONERS: Final = Policy(
    id="provisioner",
    title="No provisioners and no actions",
    why="A provisioner runs a program during the apply with the deployer's permissions, an action calls what it likes.",
    verdict=Verdict.BLOCKED,
    find=_programs,
    is_fixed=True,
)

ELSEWHERE: Final = Policy(
    id="provider-elsewhere",
    title="The plan is applied where it says",
    why="With another region, other credentials or another endpoint in the provider's own settings, the same changes "
    "are made in an account that nobody thinks of, or to another region's deployment, whose names are the same.",
    verdict=Verdict.BLOCKED,
    find=_elsewhere,
    is_fixed=True,
)
