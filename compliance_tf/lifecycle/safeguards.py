"""What every plan is held against before it is applied or destroys, with or without a pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance_tf.errors import RefusedPlanError, SynthesizedAppError
from compliance_tf.model.output_names import DEPLOYMENT
from compliance_tf.review.plan.plan import Identity
from compliance_tf.review.policies import fixed_violations
from compliance_tf.review.policies.names import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance_tf.review.plan.plan import Plan

TABLE = "aws_dynamodb_table"


@dataclass(frozen=True)
class Asked:
    """The deployment that a command was given for.

    Parameters
    ----------
    stack
        The id of its stack.
    identity
        Which one it is.
    """

    stack: str
    identity: Identity

    @classmethod
    def of(cls, stack: str, configuration: Mapping[str, Any], workspace: str) -> Asked:
        """Read from what was synthesized which deployment it becomes in a workspace.

        Raises
        ------
        SynthesizedAppError
            When the stack is no ComplianceStack.
        """
        try:
            said = configuration["output"][DEPLOYMENT]["value"]
            identity = Identity(said["project"], said["region"], workspace, said["state"])
        except (KeyError, TypeError) as cause:
            raise SynthesizedAppError(
                f"'{stack}' is no ComplianceStack: it has no output '{DEPLOYMENT}', by which it could be told what is "
                "planned and destroyed. Deploy other stacks with cdktf or Terraform."
            ) from cause
        return cls(stack, identity)

    def hold(self, plan: Plan) -> None:
        """Hold a plan against the deployment that was asked for, and against the policies that nothing weakens.

        Raises
        ------
        RefusedPlanError
            When it is another one, or violates one.
        """
        if problems := [*self._strays(plan), *_violations(plan)]:
            lines = "\n".join(f"- {problem}" for problem in problems)
            raise RefusedPlanError(f"Nothing was changed. The plan of {self.stack} may not be applied:\n{lines}")

    def hold_destruction(self, plan: Plan) -> None:
        """Hold a plan that destroys against the same, and against protection.

        Raises
        ------
        RefusedPlanError
            When it may not be applied, or the workspace is protected: AWS would refuse to delete the table after all
            else is gone.
        """
        self.hold(plan)
        if foreign := [*self._foreign(plan)]:
            raise RefusedPlanError(
                f"Nothing was changed. The state of {self.stack} has what is not named as this deployment's are, "
                f"so it may be somebody else's: {', '.join(foreign)}. Take it out with `terraform state rm`."
            )
        tables = sorted(
            str(table.before.get("name")) for table in plan.of_type(TABLE) if table.before.get(_PROTECTION) is not False
        )
        if tables:
            raise RefusedPlanError(
                f"The workspace '{self.identity.workspace}' is protected, and with it the table {', '.join(tables)}: "
                "take it out of Workspaces(protected=...), deploy once, and destroy it then."
            )

    def _strays(self, plan: Plan) -> Iterator[str]:
        asked = self.identity
        for what in ("workspace", "project", "region"):
            if getattr(plan.identity, what) != getattr(asked, what):
                yield f"It is of the {what} '{getattr(plan.identity, what)}', not '{getattr(asked, what)}'."
        if plan.was and plan.was.workspace != asked.workspace:
            yield f"The state is that of the workspace '{plan.was.workspace}', not of '{asked.workspace}'."

    def _foreign(self, plan: Plan) -> Iterator[str]:
        for change in plan.changes:
            attribute, before = NAMES.get(change.type, ("", ""))
            name = change.before.get(attribute)
            if attribute and change.before and not str(name).startswith(before + self.identity.prefix):
                yield f"{change.address} ({name})"


_PROTECTION = "deletion_protection_enabled"


def _violations(plan: Plan) -> Iterator[str]:
    for policy, hit in fixed_violations(plan):
        yield f"{policy.id}: {hit.address}: {hit.message}"
