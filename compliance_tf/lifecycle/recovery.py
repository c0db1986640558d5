"""Recovery after a killed command: imports leftovers into the state, or removes them."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from compliance_tf.errors import CommandError, RefusedPlanError
from compliance_tf.lifecycle.import_ids import import_id
from compliance_tf.lifecycle.leftovers import Account, Leftover
from compliance_tf.model.command_line import command_line
from compliance_tf.preflight.names import owner
from compliance_tf.review.plan.plan import Action
from compliance_tf.review.plan.plan_json import plan_of_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.lifecycle.session import Session, Stack
    from compliance_tf.review.plan.plan import Plan

_PLAN: Final = "recover-plan"
_IMPORTS: Final = "recover.tf.json"
_SETTLING_SECONDS: Final = (0, 2, 4)
"""Seconds between attempts to confirm a removal: AWS lists removed resources for a moment longer."""


def leftovers(session: Session, stack: Stack) -> list[Leftover]:
    """List the resources of a stack's deployment that are not in its state."""
    found = Account.of(stack.target.identity, session.programs.environment).find()
    # Where AWS has nothing, nothing can be missing in the state.
    known = {*_in_state(stack)} if found and stack.has_workspace else set()
    return [leftover for leftover in found if leftover not in known]


def require_nothing_left(session: Session, stacks: list[Stack]) -> None:
    """Require that AWS has no resources left of what was destroyed.

    Raises
    ------
    CommandError
        When resources are left.
    """
    left: list[Leftover] = []
    for seconds in _SETTLING_SECONDS:
        time.sleep(seconds)
        left = [leftover for stack in stacks for leftover in leftovers(session, stack)]
        if not left:
            return
    workspace = session.folder.workspace
    raise CommandError(
        f"AWS still has resources with the names and tags of '{workspace}' that are in no state: "
        f"{', '.join(map(str, left))}. Where another command is deploying them, wait for its end; else "
        f"`{command_line('recover', workspace)} --remove` removes them."
    )


def require_free_names(session: Session, stack: Stack, plan: Plan) -> None:
    """Make sure that AWS has nothing yet of what a plan creates.

    PutConfigRule and EventBridge's PutRule would overwrite what somebody else has under the name without a word, and
    CreateFunction fails only after the provider has repeated it for five minutes.

    Raises
    ------
    RefusedPlanError
        When AWS has something of it.
    """
    deleted = {Leftover.of(change.type, change.before) for change in plan.changes if change.action.is_removal}
    creating = {Action.CREATE, Action.REPLACE}
    created = {Leftover.of(change.type, change.after) for change in plan.changes if change.action in creating}
    if not (planned := created - deleted):
        return
    account = Account.of(stack.target.identity, session.programs.environment)
    try:
        taken = account.taken(planned)
    except CommandError as cause:
        session.person.say(f"Going on without knowing whether the planned names are free: {cause}")
        return
    own = stack.target.identity
    left, foreign = list[Leftover](), list[str]()
    for one, tags in taken.items():
        if own.tags.items() <= tags.items():
            left.append(one)
        else:
            foreign.append(f"{one} ({owner(tags)})")
    if foreign:
        raise RefusedPlanError(
            f"Nothing was changed, for others have what {own} would create: {', '.join(foreign)}. Give the stack "
            "another project, or remove them."
        )
    if left:
        raise RefusedPlanError(
            f"Nothing was changed, for AWS has this of {own} already and the state does not know it: "
            f"{', '.join(map(str, left))}. Where another command is deploying it, wait for its end, and plan again. A "
            f"command that was killed leaves such things: `{command_line('recover', own.workspace)}` imports them into "
            "the state."
        )


def remove(session: Session, stack: Stack, left: list[Leftover]) -> None:
    """Remove leftovers."""
    account = Account.of(stack.target.identity, session.programs.environment)
    for leftover in left:
        account.remove(leftover)
        session.person.say(f"Removed: {leftover}")


def take_into_state(session: Session, stack: Stack, left: list[Leftover]) -> None:
    """Import leftovers with their dependent resources, and untaint what was being created when a command ended.

    Dependent resources are searched even without leftovers: a state in S3 is written only every few seconds, and so
    may have a function but not what was added to it.

    Raises
    ------
    CommandError
        When a resource is not in the configuration, so that it cannot be imported.
    RefusedPlanError
        When the plan would destroy or replace something, or must not be applied.
    """
    terraform = stack.terraform
    terraform.plan(_PLAN, visible=False)
    plan = _plan(stack)
    if tainted := [change.address for change in plan.changes if change.is_tainted]:
        _untaint(session, stack, tainted)
    imports = dict(_imports(session, stack, plan, left))
    if lost := [str(leftover) for leftover in left if leftover.name not in imports.values()]:
        session.person.say(
            f"These are not in the configuration, so they can only be removed, with --remove: {', '.join(lost)}."
        )
    if imports:
        _import(session, stack, imports)
    elif not left and not tainted:
        session.person.say(f"All resources of {stack.target.identity} are in its state.")
    (terraform.path / _PLAN).unlink(missing_ok=True)


def _untaint(session: Session, stack: Stack, addresses: list[str]) -> None:
    """Untaint what an interrupted command had created without waiting for it: a deployment would replace it.

    AWS refuses to delete a protected table, so that no deployment could.
    """
    session.person.show("A command ended while it created these, so a deployment would destroy and create them again:")
    for address in addresses:
        session.person.show(f"  {address}")
    session.person.confirm("Keep them? A deployment then updates what differs from the configuration.")
    for address in addresses:
        stack.terraform.untaint(address)


def _import(session: Session, stack: Stack, imports: dict[str, str]) -> None:
    """Import by a plan that does nothing else."""
    terraform = stack.terraform
    blocks = {"import": [{"to": address, "id": id_} for address, id_ in imports.items()]}
    (terraform.path / _IMPORTS).write_text(json.dumps(blocks), encoding="utf-8")
    try:
        terraform.plan(_PLAN, targets=list(imports))
        plan = _plan(stack)
        stack.check(plan)
        if losing := [change.address for change in plan.changes if change.action.is_removal]:
            raise RefusedPlanError(
                f"Nothing was changed, because the plan would destroy or replace {', '.join(losing)}. Remove the "
                "leftovers with --remove, then deploy."
            )
        require_free_names(session, stack, plan)
        session.person.confirm(f"Import this into the state of {stack.target.identity}?")
        with session.changing(stack, "recovery"):
            terraform.apply(_PLAN)
    finally:
        (terraform.path / _IMPORTS).unlink()


def _plan(stack: Stack) -> Plan:
    return plan_of_json(stack.terraform.shown(_PLAN), f"The plan of {stack.terraform.id}", stack.target.identity)


def _imports(session: Session, stack: Stack, plan: Plan, left: list[Leftover]) -> Iterator[tuple[str, str]]:
    """Yield the addresses of leftovers and of their dependent resources, each with its import id."""
    account = Account.of(stack.target.identity, session.programs.environment)
    own = {Leftover.of(change.type, change.before) for change in plan.resources if change.before}.union(left)
    for change in plan.resources:
        if not change.managed or change.action is not Action.CREATE:
            continue
        if (one := Leftover.of(change.type, change.after)) in left:
            yield change.address, one.name
        elif id_ := import_id(change.type, change.after, account, own):
            yield change.address, id_


def _in_state(stack: Stack) -> Iterator[Leftover]:
    for resource in stack.terraform.state().get("resources", []):
        for instance in resource["instances"]:
            yield Leftover.of(resource["type"], instance["attributes"])
