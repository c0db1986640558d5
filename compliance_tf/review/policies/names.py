"""Every name says whose it is, so that deployments in one account never meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.review.policies.policy import Hit, Policy, Verdict
from compliance_tf.review.values import Hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan import Plan
    from compliance_tf.review.policies.policy import Limits

_NAME: Final = {
    "aws_cloudwatch_event_rule": ("name", ""),
    "aws_cloudwatch_log_group": ("name", "/aws/lambda/"),
    "aws_config_config_rule": ("name", ""),
    "aws_dynamodb_table": ("name", ""),
    "aws_iam_policy": ("name", ""),
    "aws_iam_role": ("name", ""),
    "aws_lambda_function": ("function_name", ""),
}
"""For each type with a name of its own: the attribute, and what stands before the deployment's prefix."""


def _unscoped(plan: Plan, _: Limits) -> Iterator[Hit]:
    for change in plan.resources:
        if not change.managed or change.type not in _NAME or not change.after:
            continue
        attribute, before = _NAME[change.type]
        name = change.after.get(attribute)
        if not isinstance(name, str):
            yield Hit(change.address, f"Its name cannot be seen: {name or Hidden.UNKNOWN}.")
        elif not name.startswith(before + plan.identity.prefix):
            yield Hit(
                change.address, f"It is called '{name}', which does not begin with '{before}{plan.identity.prefix}'."
            )


UNSCOPED: Final = Policy(
    id="name-without-workspace",
    title="Every name begins with the project and the workspace",
    why="AWS overwrites a Config rule or an EventBridge rule of the same name without a word: a name that another "
    "workspace or project has as well destroys theirs.",
    verdict=Verdict.BLOCKED,
    find=_unscoped,
    is_fixed=True,
)
