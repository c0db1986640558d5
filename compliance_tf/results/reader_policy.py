"""The IAM policy of readers of results: ``python -m compliance_tf.results.reader_policy``."""

from __future__ import annotations

import sys
from typing import Any

from compliance_tf.output.sanitize import json_text


def reader_policy(account: str = "111122223333", names: str = "*-*", region: str = "*") -> dict[str, Any]:
    """Build the IAM policy of those who read results.

    Parameters
    ----------
    account
        The account of the deployment.
    names
        The prefix of the deployment's names, ``<project>-<workspace>``; any unless given.
    region
        Its region; all unless given.

    Returns
    -------
    dict[str, Any]
        The policy document, to be written as JSON.
    """
    table = f"arn:*:dynamodb:{region}:{account}:table/{names}-results"
    record = f"arn:*:lambda:{region}:{account}:function:{names}-record"
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allow("ReadResults", "dynamodb:Query", table, f"{table}/index/*"),
            # For names, --tag, and ids that cannot be derived from an ARN; it has no resource-level permissions.
            _allow("FindResources", "config:SelectResourceConfig", "*"),
            # The account's name, in reports and exports; it may be given instead, or left out.
            _allow("ReadAccountAlias", "iam:ListAccountAliases", "*"),
            _allow("Reconcile", "lambda:InvokeFunction", record),
        ],
    }


def _allow(sid: str, action: str, *resources: str) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": list(resources)}


def policy_text() -> str:
    """Return the policy of ``docs/reference/results-policy.json``."""
    return json_text(reader_policy(), indent=2) + "\n"


if __name__ == "__main__":
    sys.stdout.write(policy_text())
