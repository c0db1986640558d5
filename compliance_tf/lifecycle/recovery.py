"""Takes what a killed command left behind into the state, or removes it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from compliance_tf.errors import CommandError, RefusedPlanError
from compliance_tf.lifecycle.leftovers import Account, Leftover
from compliance_tf.lifecycle.parts import import_id
from compliance_tf.review.plan.plan import Action
from compliance_tf.review.plan.plan_json import plan_of_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.lifecycle.session import Session, Stack
    from compliance_tf.review.plan.plan import Plan

_PLAN: Final = "recover-plan"
_IMPORTS: Final = "recover.tf.json"
_SETTLING_SECONDS: Final = (0, 2, 4)
"""When it is looked again for what was just removed: AWS lists some of it for a moment longer."""


def leftovers(session: Session, stack: Stack) -> list[Leftover]:
    """List what AWS has of a stack's deployment and the state does not know."""
    known = {*_in_state(stack)} if stack.has_workspace else set()
    account = Account.of(stack.asked.identity, session.programs.environment)
    return [leftover for leftover in account.carried() if leftover not in known]


def require_nothing_left(session: Session, stacks: list[Stack]) -> None:
    """Make sure that AWS has nothing more of what was destroyed.

    Raises
    ------
    CommandError
        When something is left.
    """
    left: list[Leftover] = []
    for seconds in _SETTLING_SECONDS:
        time.sleep(seconds)
        left = [leftover for stack in stacks for leftover in leftovers(session, stack)]
        if not left:
            return
    workspace = session.folder.workspace
    raise CommandError(
        f"AWS still has what carries the names and tags of '{workspace}' and is in no state: "
        f"{', '.join(map(str, left))}. `compliance-tf recover -w {workspace} --remove` removes it."
    )


def remove(session: Session, stack: Stack, left: list[Leftover]) -> None:
    """Remove what is left."""
    account = Account.of(stack.asked.identity, session.programs.environment)
    for leftover in left:
        account.remove(leftover)
        session.person.say(f"Removed: {leftover}")


def take_into_state(session: Session, stack: Stack, left: list[Leftover]) -> None:
    """Have the state know what AWS has: what is left and its parts, and what was being made when a command ended.

    Parts are looked for also where nothing is left: a state in S3 is written every few seconds only, and so may know a
    function and not what was added to it.

    Raises
    ------
    CommandError
        When something is not in the configuration, so that the state cannot have it.
    RefusedPlanError
        When Terraform would destroy or replace something, or the plan may not be applied.
    """
    terraform = stack.terraform
    terraform.plan(_PLAN, visible=False)
    plan = _plan(stack)
    if tainted := [change.address for change in plan.changes if change.is_tainted]:
        _untaint(session, stack, tainted)
    imports = dict(_imports(session, stack, plan, left))
    if lost := [str(leftover) for leftover in left if leftover.name not in imports.values()]:
        session.person.say(
            f"The configuration does not have these, so they can only be removed, with --remove: {', '.join(lost)}."
        )
    if imports:
        _import(session, stack, imports)
    elif not left and not tainted:
        session.person.say(f"Nothing of {stack.asked.identity} is outside of its state.")
    (terraform.path / _PLAN).unlink(missing_ok=True)


def _untaint(session: Session, stack: Stack, addresses: list[str]) -> None:
    """Keep what a command had made when it was interrupted, and did not wait for: a deployment would replace it.

    AWS refuses to delete a protected table, so that no deployment could.
    """
    session.person.show("A command ended while it made these, so a deployment would destroy them and make them again:")
    for address in addresses:
        session.person.show(f"  {address}")
    session.person.confirm("Keep them? A deployment changes what is not as it should be.")
    for address in addresses:
        stack.terraform.untaint(address)


def _import(session: Session, stack: Stack, imports: dict[str, str]) -> None:
    """Import by a plan that holds nothing else."""
    terraform = stack.terraform
    blocks = {"import": [{"to": address, "id": id_} for address, id_ in imports.items()]}
    (terraform.path / _IMPORTS).write_text(json.dumps(blocks), encoding="utf-8")
    try:
        terraform.plan(_PLAN, targets=list(imports))
        plan = _plan(stack)
        stack.asked.hold(plan)
        if losing := [change.address for change in plan.changes if change.action.loses]:
            raise RefusedPlanError(
                f"Nothing was changed, for Terraform would destroy or replace {', '.join(losing)}. Remove what is left "
                "with --remove, and deploy then."
            )
        session.person.confirm(f"Take this into the state of {stack.asked.identity}?")
        with session.changing(stack, "recovery"):
            terraform.apply(_PLAN)
    finally:
        (terraform.path / _IMPORTS).unlink()


def _plan(stack: Stack) -> Plan:
    return plan_of_json(stack.terraform.shown(_PLAN), f"The plan of {stack.terraform.id}", stack.asked.identity)


def _imports(session: Session, stack: Stack, plan: Plan, left: list[Leftover]) -> Iterator[tuple[str, str]]:
    """Yield the addresses of what is left and of its parts, each with what it is imported by."""
    account = Account.of(stack.asked.identity, session.programs.environment)
    for change in plan.resources:
        if not change.managed or change.action is not Action.CREATE:
            continue
        name = str(change.after.get("function_name") or change.after.get("name"))
        if Leftover(change.type, name) in left:
            yield change.address, name
        elif id_ := import_id(change.type, change.after, account):
            yield change.address, id_


def _in_state(stack: Stack) -> Iterator[Leftover]:
    for resource in stack.terraform.state().get("values", {}).get("root_module", {}).get("resources", []):
        values = resource["values"]
        yield Leftover(resource["type"], str(values.get("function_name") or values.get("name")))
