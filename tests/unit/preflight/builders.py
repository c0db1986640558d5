"""Stacks, rules and regions that a preflight asks about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import boto3
from botocore.stub import Stubber

from compliance_tf.preflight.account import Region
from compliance_tf.preflight.planned import Coverage, Function, PlannedStack
from compliance_tf.preflight.planned_rules import PlannedRule

REGION = "eu-west-1"
ACCOUNT = "111122223333"


def rule(name: str = "acme-dev-buckets", **more: Any) -> PlannedRule:
    """A rule of AWS that looks at changed buckets."""
    usual = PlannedRule(
        name=name,
        resource_types=("AWS::S3::Bucket",),
        single=False,
        change_triggered=True,
        every_hours=None,
        runs_function=False,
    )
    return replace(usual, **more)


def stack(**more: Any) -> PlannedStack:
    """A stack with nothing in it."""
    empty = PlannedStack(
        id="compliance",
        region=REGION,
        workspace="dev",
        project="acme",
        refusals=(),
        recorder="default",
        coverage=(),
        rules=(),
        functions=(),
        event_rules=(),
        roles=(),
        tables=(),
        log_groups=(),
        reevaluation=None,
    )
    return replace(empty, **more)


def function(name: str = "acme-dev-evaluate", code_bytes: int = 1024 * 1024) -> Function:
    return Function(name, code_bytes, memory_megabytes=256)


def described_role(name: str, path: str = "/") -> dict[str, Any]:
    """A role as IAM describes it."""
    arn = f"arn:aws:iam::{ACCOUNT}:role{path}{name}"
    return {"Path": path, "RoleName": name, "RoleId": "A" * 16, "CreateDate": 0, "Arn": arn}


COVERAGE = Coverage("${local.recorder}", "The recorder does not record AWS::S3::Bucket.")


_CLIENTS = ("config", "dynamodb", "events", "functions", "iam", "logs", "quotas")


class _Unstubbed:
    """A client that no test gave an answer, and that therefore must not be asked."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, operation: str) -> Any:
        raise AssertionError(f"{self._name}.{operation} was asked, and nobody stubbed it")


def stubbed(**services: str) -> tuple[Region, dict[str, Stubber]]:
    """A region whose clients answer what a test says, and nothing else.

    Parameters
    ----------
    services
        botocore's name of a service, by the attribute of the region that is its client.
    """
    region = Region(REGION)
    vars(region).update({attribute: _Unstubbed(attribute) for attribute in _CLIENTS})
    stubbers = {}
    for attribute, service in services.items():
        client: Any = boto3.client(  # type: ignore[call-overload]  # the service is a variable
            service, region_name=REGION, **{f"aws_{part}": "test" for part in ("access_key_id", "secret_access_key")}
        )
        vars(region)[attribute] = client
        stubbers[attribute] = Stubber(client)
        stubbers[attribute].activate()
    return region, stubbers
