from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lambda_src.check import Severity
from lambda_src.deployment import DeployedRule, Deployment, Environment
from lambda_src.errors import DeploymentError

if TYPE_CHECKING:
    from pathlib import Path

VARIABLES = {"RULE_NAME_PREFIX": "acme-dev-", "RESULTS_TABLE": "acme-dev-results", "HISTORY_DAYS": "365"}
TAGS = DeployedRule(
    "required-tags",
    Severity.LOW,
    ("ec2.amazonaws.com:CreateTags", "s3.amazonaws.com:PutBucketTagging"),
    ("acme", "hipaa"),
)
MANAGED = DeployedRule(None, Severity.CRITICAL)


def test_the_manifest_reads_back_as_the_deployment_that_it_was_written_from() -> None:
    deployment = Deployment({"tags": TAGS, "root-mfa": MANAGED})

    assert Deployment.from_json(deployment.to_json()) == deployment


def test_the_same_rules_give_the_same_bytes_in_any_order() -> None:
    backwards = DeployedRule(TAGS.check_module, TAGS.severity, TAGS.api_calls[::-1], TAGS.packs[::-1])

    assert Deployment({"a": TAGS, "b": MANAGED}).to_json() == Deployment({"b": MANAGED, "a": backwards}).to_json()


def test_rules_are_known_by_their_whole_name() -> None:
    rules = Deployment({"tags": TAGS}).rules_by_name("acme-dev-")

    assert rules == {"acme-dev-tags": TAGS}
    assert "acme-dev-eu-tags" not in rules


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "deployment.json is not valid JSON"),
        ("[]", "deployment.json must be a JSON object"),
        ("{}", "deployment.json.rules"),
        ('{"rules":{"a":[]}}', "deployment.json.rules.a must be"),
        ('{"rules":{"a":{"severity":"low"}}}', "'low'; allowed: LOW, MEDIUM, HIGH, CRITICAL"),
        ('{"rules":{"a":{"severity":"LOW","check":5}}}', "rules.a.check must be a text"),
        ('{"rules":{"a":{"severity":"LOW","apiCalls":"x"}}}', "rules.a.apiCalls must be a list"),
        ('{"rules":{"a":{"severity":"LOW","packs":"hipaa"}}}', "rules.a.packs must be a list"),
    ],
)
def test_a_damaged_manifest_is_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(DeploymentError, match=message):
        Deployment.from_json(text)


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeploymentError, match=r"deployment\.json cannot be read"):
        Deployment.from_file(tmp_path / "deployment.json")


def test_the_environment_reads_back_from_the_variables_that_it_gives() -> None:
    environment = Environment.from_variables(VARIABLES | {"PATH": "/bin"})

    assert environment == Environment("acme-dev-", "acme-dev-results", 365)
    assert environment.to_variables() == VARIABLES


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(DeploymentError, match=f"{name} is not set"):
        Environment.from_variables({other: value for other, value in VARIABLES.items() if other != name})


@pytest.mark.parametrize("days", ["0", "3651", "-1", "1.5", "a year", "9" * 5000])
def test_history_days_out_of_bounds_are_refused(days: str) -> None:
    with pytest.raises(DeploymentError, match="HISTORY_DAYS"):
        Environment.from_variables(VARIABLES | {"HISTORY_DAYS": days})
