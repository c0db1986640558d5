"""A session: one command on one workspace, with exclusive access and an app that was synthesized for it."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from compliance_tf.errors import CommandError, InterruptedCommandError, RefusedPlanError
from compliance_tf.lifecycle.reachability import require_aws
from compliance_tf.lifecycle.safeguards import Target
from compliance_tf.terraform import checksums
from compliance_tf.terraform.app import require_app, synthesize
from compliance_tf.terraform.programs import Programs
from compliance_tf.terraform.stack_folder import StackFolder
from compliance_tf.terraform.working_folder import WorkingFolder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from compliance_tf.lifecycle.person import Person
    from compliance_tf.review.plan.plan import Plan
    from compliance_tf.terraform.machine import Machine


@dataclass(frozen=True)
class Stack:
    """A stack of a session.

    Parameters
    ----------
    terraform
        Terraform in its folder.
    target
        The deployment that it is meant for.
    """

    terraform: StackFolder
    target: Target

    @property
    def has_workspace(self) -> bool:
        """Return whether its state has the workspace."""
        return self.terraform.workspace in self.terraform.workspaces()

    @property
    def account(self) -> str | None:
        """The account that was deployed to last, as the state has it; None where it does not."""
        # Not by the outputs: an interrupted destruction has removed them before all else.
        read = [one for one in self.terraform.state().get("resources", []) if one["type"] == "aws_caller_identity"]
        return next((instance["attributes"]["account_id"] for one in read for instance in one["instances"]), None)

    def check(self, plan: Plan) -> None:
        """Check a plan of a deployment, also against the account of a state that has no outputs any more.

        Raises
        ------
        RefusedPlanError
            When it must not be applied.
        """
        if plan.account_before is None and any(one.before for one in (*plan.resources, *plan.drift)):
            plan = replace(plan, account_before=self.account)
        self.target.check(plan)


@dataclass(frozen=True)
class Session:
    """A command with exclusive access to the workspace.

    Parameters
    ----------
    machine
        The places of Terraform and its files.
    folder
        The working folder.
    person
        The person who gave the command.
    programs
        The runner of programs.
    """

    machine: Machine
    folder: WorkingFolder
    person: Person
    programs: Programs

    @classmethod
    @contextmanager
    def begin(cls, machine: Machine, project: Path, workspace: str, person: Person, command: str) -> Iterator[Session]:
        """Begin a command.

        Parameters
        ----------
        project
            The project's folder.
        command
            The command, for the messages of others.

        Yields
        ------
        Session
            The command's session; nobody else works on the workspace until the context ends.

        Raises
        ------
        ComplianceError
            When the workspace's name is invalid, the folder has no app, or another command has the lock and ``person``
            does not wait.
        """
        require_app(project)
        if log := machine.log():
            person.say(f"Terraform's log is added to {log}.")
        folder = WorkingFolder(project, workspace)
        programs = Programs(machine.environment(), say=person.say, show=person.show)
        with programs.interruptible(), folder.locked(command, wait=person.waits, say=person.say) as lock:
            # Terraform inherits the lock: if this program is killed, the next command waits until Terraform has ended.
            programs.kept_open = (lock,)
            yield cls(machine, folder, person, programs)

    def synthesize(self, *, keeps_checksums: bool = False) -> list[Stack]:
        """Synthesize the app for this command, and initialize Terraform in the folder of each stack.

        Parameters
        ----------
        keeps_checksums
            Whether a plan is saved for another command, which then insists on the provider's checksums. Otherwise they
            are compared here, and no more in this command.

        Returns
        -------
        list
            The stacks, sorted by their ids.
        """
        shutil.rmtree(self.folder.synthesis, ignore_errors=True)
        synthesize(self.programs, self.folder.project, self.folder.synthesis)
        self.folder.take_synthesized()
        stacks = self.synthesized()
        for stack in stacks:
            stack.target.check_configuration(stack.terraform.path)
        require_aws(stacks[0].target.identity.region, self.programs.environment)
        for stack in stacks:
            self.initialize(stack, keeps_checksums=keeps_checksums)
        return stacks

    def initialize(self, stack: Stack, *, keeps_checksums: bool = False) -> None:
        """Initialize Terraform in the folder of a stack, which compares the provider with its checksums."""
        stack.terraform.initialize()
        if not keeps_checksums:
            checksums.forget(stack.terraform.path)

    def require_account(self, stack: Stack, account: str | None) -> None:
        """Require that the credentials are of the account of a saved plan or a state: neither asks for it again.

        Parameters
        ----------
        account
            The account; None where it is not known.

        Raises
        ------
        RefusedPlanError
            When they are of another one.
        """
        caller = require_aws(stack.target.identity.region, self.programs.environment)
        if None not in {account, caller} and caller != account:
            raise RefusedPlanError(
                f"Nothing was changed: the credentials are of the account {caller}, and {stack.target.identity} is in "
                f"{account}: take that one's credentials."
            )

    def synthesized(self) -> list[Stack]:
        """Return the stacks as they were synthesized last for a command on this workspace."""
        return [
            Stack(terraform, Target.of(terraform.id, terraform.configuration, self.folder.workspace))
            for path in self.folder.stacks().values()
            for terraform in [
                StackFolder(
                    self.programs,
                    path,
                    self.folder.workspace,
                    in_color=self.person.in_color,
                    waits=self.person.waits,
                )
            ]
        ]

    @contextmanager
    def changing(self, stack: Stack, what: str) -> Iterator[None]:
        """Add the state of things to the error of a change that ends in the middle.

        Parameters
        ----------
        what
            The change of the stack, as a noun.

        Raises
        ------
        CommandError
            When the change failed.
        InterruptedCommandError
            When a signal ended it.
        """
        try:
            yield
        except InterruptedCommandError as cause:
            raise InterruptedCommandError(
                cause.signal,
                f"Interrupted in the {what} of {stack.terraform.id} in {self.folder.workspace}. Everything that "
                "Terraform had finished is in the state. Run the same command again to continue."
                + (f" Terraform said:\n{cause}" if "Interrupted by" not in str(cause) else ""),
            ) from cause
        except CommandError as cause:
            raise CommandError(
                f"{cause}\n\nEverything that was finished before is in the state of {stack.terraform.id} in "
                f"{self.folder.workspace}: fix the cause, then run the same command again."
            ) from cause
