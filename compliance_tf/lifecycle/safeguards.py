"""Checks of every plan before it is applied or destroys, with or without a pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance_tf.errors import GuardError, RefusedPlanError, SynthesizedAppError
from compliance_tf.model.allow_list import NAMES
from compliance_tf.model.naming import Naming
from compliance_tf.model.output_names import DEPLOYMENT
from compliance_tf.model.terraform_json import read_configuration
from compliance_tf.model.violations import violations
from compliance_tf.review.plan.plan import Identity
from compliance_tf.review.policies import fixed_violations
from compliance_tf.terraform import read_recorder
from compliance_tf.terraform.machine import engine_name
from compliance_tf.terraform.synthesized import CONFIGURATION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance_tf.review.plan.plan import Plan

TABLE = "aws_dynamodb_table"


@dataclass(frozen=True)
class Target:
    """The deployment that a command is meant for.

    Parameters
    ----------
    stack
        The id of its stack.
    identity
        Its project, region, workspace and state.
    """

    stack: str
    identity: Identity

    @classmethod
    def of(cls, stack: str, configuration: Mapping[str, Any], workspace: str) -> Target:
        """Read the identity of a synthesized stack in a workspace.

        Returns
        -------
        Target
            The stack's id with its project, region, workspace and state.

        Raises
        ------
        SynthesizedAppError
            When the stack is not a ComplianceStack.
        """
        try:
            said = configuration["output"][DEPLOYMENT]["value"]
            identity = Identity(said["project"], said["region"], workspace, said["state"])
        except (KeyError, TypeError) as cause:
            raise SynthesizedAppError(
                f"'{stack}' is not a ComplianceStack: it has no output '{DEPLOYMENT}', which identifies what is "
                "planned and destroyed. Deploy other stacks with cdktf or Terraform."
            ) from cause
        return cls(stack, identity)

    def check_configuration(self, folder: Path) -> None:
        """Check the file that Terraform is about to read against the allow-list, before anything runs that it names.

        The guard of the app has done so, but in the app's own process, where any code can replace it.

        Parameters
        ----------
        folder
            The stack's folder.

        Raises
        ------
        GuardError
            When it declares what the allow-list does not have, or is not JSON.
        SettingError
            When its project or region could not be that of a ComplianceStack.
        """
        configuration = read_configuration((folder / CONFIGURATION).read_text(encoding="utf-8"))
        prefix = Naming(self.identity.project, self.identity.region).prefix
        if refused := [*violations(configuration, prefix=prefix, program=_reading_program(folder))]:
            lines = "\n".join(f"- {one}" for one in refused)
            raise GuardError(f"Nothing was changed. What the app wrote for {self.stack} is not allowed:\n{lines}")

    def check(self, plan: Plan) -> None:
        """Check that a plan is of this deployment, and against the built-in policies.

        Raises
        ------
        RefusedPlanError
            When it is of another deployment, or violates a policy.
        """
        if problems := [*self._mismatches(plan), *_violations(plan), *self._foreign(plan)]:
            lines = "\n".join(f"- {problem}" for problem in problems)
            raise RefusedPlanError(f"Nothing was changed. The plan of {self.stack} must not be applied:\n{lines}")

    def check_destruction(self, plan: Plan) -> None:
        """Check a plan that destroys likewise, and against protection.

        Raises
        ------
        RefusedPlanError
            When it must not be applied, or the workspace is protected: AWS would refuse to delete the table after
            everything else was destroyed.
        """
        self.check(plan)
        tables = sorted(
            str(table.before.get("name")) for table in plan.of_type(TABLE) if table.before.get(_PROTECTION) is not False
        )
        if tables:
            raise RefusedPlanError(
                f"The workspace '{self.identity.workspace}' is protected, and with it the table {', '.join(tables)}: "
                "take it out of Workspaces(protected=...), deploy once, and destroy it then."
            )

    def _mismatches(self, plan: Plan) -> Iterator[str]:
        target = self.identity
        for what in ("workspace", "project", "region"):
            if getattr(plan.identity, what) != getattr(target, what):
                yield f"It is of the {what} '{getattr(plan.identity, what)}', not '{getattr(target, what)}'."
            # Where the state is kept depends on all three: one of another deployment was put there by somebody.
            before = getattr(plan.identity_before, what, None)
            if before is not None and before != getattr(target, what):
                yield f"The state is that of the {what} '{before}', not of '{getattr(target, what)}'."

        if plan.is_of_another_account:
            yield (
                f"The credentials are of the account {plan.account}, and the deployment of the state is in "
                f"{plan.account_before}: take that one's credentials."
            )

    def _foreign(self, plan: Plan) -> Iterator[str]:
        """Yield what the state has and this deployment cannot have made: a plan would change or destroy it."""
        for change in plan.changes:
            attribute, before = NAMES.get(change.type, ("", ""))
            name = change.before.get(attribute)
            if attribute and change.before and not str(name).startswith(before + self.identity.prefix):
                yield (
                    f"The state has {change.address} ({name}), which is not named as this deployment's are, so it may "
                    f"be somebody else's. Remove it from the state with `{engine_name()} state rm`."
                )


_PROTECTION = "deletion_protection_enabled"


def _reading_program(folder: Path) -> Sequence[str]:
    """Return the command that reads the recorder, where its program is in the folder and is ours; else none."""
    program = Path(read_recorder.__file__)
    for copy in folder.glob(f"assets/*/*/{program.name}"):
        if copy.read_bytes() == program.read_bytes():
            return ("python3", f"${{path.module}}/{copy.relative_to(folder).as_posix()}")
    return ()


def _violations(plan: Plan) -> Iterator[str]:
    for policy, hit in fixed_violations(plan):
        yield f"{policy.id}: {hit.address}: {hit.message}"
