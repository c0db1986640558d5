"""Terraform outputs that describe a deployment, so that a plan shows their values before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_tf.model.naming import WORKSPACE
from compliance_tf.model.output_names import DEPLOYMENT, RULES, WAIVERS, WAIVERS_EXPIRING_SOON
from compliance_tf.waivers.expiry import expiring_soon, in_workspace

if TYPE_CHECKING:
    from compliance_runtime.deployment import DeployedRule, Deployment
    from compliance_tf.constructs.state import State
    from compliance_tf.model.naming import Naming


def outputs(naming: Naming, account: str, state: State, deployment: Deployment) -> dict[str, object]:
    """Build the outputs of a stack, by their name."""
    texts: dict[str, object] = {
        DEPLOYMENT: {
            # By it a plan with the credentials of another account is recognized.
            "account": account,
            "project": naming.project,
            "region": naming.region,
            "results_table": naming.table("results"),
            "rule_name_prefix": naming.prefix,
            "state": state.location(naming),
            "workspace": WORKSPACE,
        },
        RULES: {rule_id: _text(rule) for rule_id, rule in sorted(deployment.rules_by_id.items())},
    }
    if deployment.waivers:
        texts[WAIVERS] = in_workspace(deployment.waivers)
        texts[WAIVERS_EXPIRING_SOON] = expiring_soon(deployment.waivers)
    return texts


def _text(rule: DeployedRule) -> str:
    return " ".join([rule.severity.value, *sorted(rule.packs)])
