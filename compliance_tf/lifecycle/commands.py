"""Plans, deploys, applies and destroys the stacks of a project's app in one Terraform workspace."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from compliance_tf.errors import RefusedPlanError
from compliance_tf.lifecycle.recovery import (
    leftovers,
    remove,
    require_free_names,
    require_nothing_left,
    take_into_state,
)
from compliance_tf.lifecycle.session import Session, Stack
from compliance_tf.lifecycle.unsaved_state import release_lock, require_saved_state, save_errored_state
from compliance_tf.review.expectations import refusals
from compliance_tf.review.plan.plan_file import read_plan
from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.terraform import checksums
from compliance_tf.terraform.console import Evaluator
from compliance_tf.terraform.working_folder import PLAN

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import AbstractContextManager
    from pathlib import Path

    from compliance_tf.lifecycle.leftovers import Leftover
    from compliance_tf.lifecycle.person import Person
    from compliance_tf.review.plan.plan import Plan
    from compliance_tf.review.plan.shown_plan import ShownPlan
    from compliance_tf.terraform.machine import Machine

_DESTRUCTION = "destroy-plan"


@dataclass(frozen=True)
class Project:
    """The app in a folder, with the commands on one workspace.

    Parameters
    ----------
    machine
        The places of Terraform and its files.
    folder
        The folder of its ``cdktf.json`` or ``main.py``.
    workspace
        The Terraform workspace.
    person
        The person who gives the commands.
    """

    machine: Machine
    folder: Path
    workspace: str
    person: Person

    def plan(self, *, keeps_checksums: bool = True) -> None:
        """Show what a deployment would change, and save the plan for a review and for :meth:`apply`.

        Parameters
        ----------
        keeps_checksums
            Whether :meth:`apply` insists on the provider's checksums; not where the caller applies the plan itself.

        Raises
        ------
        ComplianceError
            When the app must not be deployed to the workspace, or planning fails.
        """
        with self._session("plan") as session:
            _plan(session, keeps_checksums=keeps_checksums)

    def deploy(self) -> None:
        """Deploy all stacks: plan them, check the plans against the built-in policies, ask, and apply those plans.

        Raises
        ------
        ComplianceError
            When a plan may not be applied, it is not approved, or it fails.
        """
        self.person.require_interactive()
        with self._session("deploy") as session:
            stacks = _plan(session)
            plans = [_held(stack) for stack in stacks]
            if all(plan.is_empty and not plan.drift for plan in plans):
                return
            for stack, plan in zip(stacks, plans, strict=True):
                require_free_names(session, stack, plan)
            self.person.confirm(f"Deploy this to {_names(stacks)}?")
            for stack in stacks:
                _apply(session, stack)

    def apply(self, expected: Collection[str], *, shown: ShownPlan | None = None, keeps_checksums: bool = True) -> None:
        """Apply the plans that :meth:`plan` saved if their fingerprints are the expected ones, without planning again.

        Terraform itself refuses a plan after the state has changed.

        Parameters
        ----------
        expected
            The fingerprints of the reviewed plans: exactly one for each plan.
        shown
            What Terraform showed of the one plan before; it shows all plans unless given.
        keeps_checksums
            As the caller planned. Where the checksums were not kept, and the plan is applied later, they are compared
            first.

        Raises
        ------
        ComplianceError
            When a plan is missing, is of another workspace, is not expected, or must not be applied, or when an
            expected one does not exist. Then nothing has been applied.
        RefusedPlanError
            When a plan is not the one that was reviewed; the message has the reason of each.
        """
        with self._session("apply") as session:
            files = session.folder.saved_plans()
            plans = {
                str(path): shown.plan(path) if shown else read_plan(str(path), self.machine) for path in files.values()
            }
            if refused := [f"- {refusal}" for refusal in refusals(plans, self.workspace, expected)]:
                raise RefusedPlanError(
                    "\n".join(["Nothing was applied, because this is not what was reviewed:", *refused])
                )
            stacks = session.synthesized()
            for stack, plan in zip(stacks, plans.values(), strict=True):
                stack.check(plan)
                session.require_account(stack, plan.account)
                require_free_names(session, stack, plan)
            for stack in stacks:
                if keeps_checksums and checksums.are_forgotten(stack.terraform.path):
                    session.initialize(stack)
                _apply(session, stack)

    def destroy(self) -> None:
        """Destroy all stacks, and report leftovers; the workspace itself stays.

        Raises
        ------
        ComplianceError
            When the workspace is protected, it is not approved, it fails, or resources are left.
        """
        self.person.require_interactive()
        with self._session("destroy") as session:
            synthesized = session.synthesize()
            for stack in synthesized:
                require_saved_state(stack)
            stacks = [stack for stack in synthesized if self._has_something(stack)]
            if stacks:
                self.person.confirm(f"Destroy all of {_names(stacks)}?")
            for stack in stacks:
                with session.changing(stack, "destruction"):
                    stack.terraform.apply(_DESTRUCTION)
                (stack.terraform.path / _DESTRUCTION).unlink()
            require_nothing_left(session, synthesized)

    def recover(self, *, removes: bool, unlocks: str | None = None) -> None:
        """Clean up after a killed command: the state's lock, the state, and resources that are not in it.

        Parameters
        ----------
        removes
            Whether resources with this deployment's names and tags that are in no state are removed, not imported.
        unlocks
            The id of a lock that is released without a confirmation.

        Raises
        ------
        ComplianceError
            When it is not approved, it fails, or resources are still left.
        """
        with self._session("recover") as session:
            stacks = session.synthesize()
            for stack in stacks:
                release_lock(session, stack, unlocks)
                save_errored_state(session, stack)
                self._recover(session, stack, leftovers(session, stack), removes=removes)
            require_nothing_left(session, stacks)

    def show_leftovers(self) -> None:
        """Show the resources with this deployment's names and tags that are in no state.

        Raises
        ------
        ComplianceError
            When they cannot be listed.
        """
        with self._session("recover") as session:
            for stack in session.synthesize():
                self._show(stack, leftovers(session, stack))

    def _show(self, stack: Stack, left: list[Leftover]) -> None:
        if left:
            self.person.show(f"These resources of {stack.target.identity} are not in the state:")
        for leftover in left:
            self.person.show(f"  {leftover}")

    def _recover(self, session: Session, stack: Stack, left: list[Leftover], *, removes: bool) -> None:
        self._show(stack, left)
        has_workspace = stack.has_workspace
        if removes and left:
            session.require_account(stack, stack.account if has_workspace else None)
            self.person.confirm(f"Remove these {len(left)}?")
            remove(session, stack, left)
        elif not left and (removes or not has_workspace):
            self.person.say(f"All resources of {stack.target.identity} are in its state.")
        else:
            if not has_workspace:
                _require_allowed(session, stack)
            take_into_state(session, stack, left)

    def _has_something(self, stack: Stack) -> bool:
        """Plan the destruction of a stack; return whether there is anything to destroy."""
        if not stack.has_workspace:
            known = ", ".join(sorted(stack.terraform.workspaces()))
            self.person.say(
                f"Nothing to destroy: {stack.terraform.id} has no workspace '{self.workspace}'. It has: {known}."
            )
            return False
        account = stack.account
        stack.terraform.plan(_DESTRUCTION, destroy=True)
        shown = stack.terraform.shown(_DESTRUCTION)
        plan = plan_of_json(shown, f"The plan of {stack.terraform.id}", stack.target.identity)
        # With the credentials of another account there seems to be nothing, too, or that account's own deployment. A
        # plan that destroys has refreshed the outputs by then: only the state still has its own account.
        stack.target.check_destruction(replace(plan, account_before=account))
        if not json.loads(shown).get("resource_changes"):
            self.person.say(f"Nothing to destroy: {stack.terraform.id} has nothing in '{self.workspace}'.")
            return False
        return True

    def _session(self, command: str) -> AbstractContextManager[Session]:
        line = f"compliance-tf {command} -w {self.workspace}"
        return Session.begin(self.machine, self.folder, self.workspace, self.person, line)


def _plan(session: Session, *, keeps_checksums: bool = False) -> list[Stack]:
    stacks = session.synthesize(keeps_checksums=keeps_checksums)
    for stack in stacks:
        require_saved_state(stack)
        _require_allowed(session, stack)
    for stack in stacks:
        stack.terraform.plan(PLAN)
    return stacks


def _require_allowed(session: Session, stack: Stack) -> None:
    """Refuse a workspace before Terraform creates it; its plan would refuse it, but afterwards."""
    from compliance_tf.preflight.planned import workspace_refusals

    workspace = stack.terraform.workspace
    if refused := workspace_refusals(stack.terraform.configuration, Evaluator(workspace, session.programs.environment)):
        raise RefusedPlanError(" ".join(refused))


def _held(stack: Stack) -> Plan:
    plan = plan_of_json(stack.terraform.shown(PLAN), f"The plan of {stack.terraform.id}")
    stack.check(plan)
    return plan


def _apply(session: Session, stack: Stack) -> None:
    with session.changing(stack, "deployment"):
        stack.terraform.apply(PLAN)
    (stack.terraform.path / PLAN).unlink()


def _names(stacks: list[Stack]) -> str:
    return "; ".join(str(stack.target.identity) for stack in stacks)
