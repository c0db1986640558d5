from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule, Deployment, Environment, Recipient
from compliance_runtime.errors import DeploymentError
from compliance_runtime.waivers.waiver import ArnPattern, ResourceId, Tagged
from tests.unit.compliance_runtime.builders import deployed_waiver

if TYPE_CHECKING:
    from pathlib import Path

VARIABLES = {"RULE_NAME_PREFIX": "acme-dev-", "RESULTS_TABLE": "acme-dev-results", "HISTORY_DAYS": "365"}
TAGS = DeployedRule(
    "required-tags",
    Severity.LOW,
    ("ec2.amazonaws.com:CreateTags", "s3.amazonaws.com:PutBucketTagging"),
    ("acme", "hipaa"),
    identifier="required-tags",
)
MANAGED = DeployedRule(None, Severity.CRITICAL, identifier="ROOT_ACCOUNT_MFA_ENABLED")


def test_the_manifest_reads_back_as_the_deployment_that_it_was_written_from() -> None:
    deployment = Deployment({"tags": TAGS, "root-mfa": MANAGED})

    assert Deployment.from_json(deployment.to_json()) == deployment


def test_the_same_rules_give_the_same_bytes_in_any_order() -> None:
    backwards = replace(TAGS, api_calls=TAGS.api_calls[::-1], packs=TAGS.packs[::-1])

    assert Deployment({"a": TAGS, "b": MANAGED}).to_json() == Deployment({"b": MANAGED, "a": backwards}).to_json()


WAIVERS = (
    deployed_waiver("tags", ArnPattern("arn:aws:s3:::acme-*"), ticket="SEC-2", workspaces=("dev", "prod")),
    deployed_waiver("root-mfa", Tagged("team", "data"), ticket="SEC-3"),
    deployed_waiver("root-mfa", Tagged("team"), ticket="SEC-4"),
    deployed_waiver("root-mfa", Tagged("team", ""), ticket="SEC-5"),
    replace(deployed_waiver("tags", ResourceId("logs")), rules=("root-mfa", "tags"), pack="acme"),
)


def test_waivers_read_back_and_give_the_same_bytes_in_any_order() -> None:
    text = Deployment({}, WAIVERS).to_json()
    backwards = Deployment({}, tuple(replace(one, workspaces=one.workspaces[::-1]) for one in WAIVERS[::-1]))

    assert set(Deployment.from_json(text).waivers) == set(WAIVERS)
    assert backwards.to_json() == text


def test_waivers_are_found_by_the_whole_name_of_a_rule_in_their_workspaces_alone() -> None:
    deployment = Deployment({}, WAIVERS)

    tickets = {
        prefix: {name: [one.ticket for one in waivers] for name, waivers in deployment.waivers_by_rule(prefix).items()}
        for prefix in ("acme-dev-", "acme-staging-")
    }
    root = ["SEC-3", "SEC-4", "SEC-5", "SEC-1"]
    assert tickets == {
        "acme-dev-": {"acme-dev-tags": ["SEC-2", "SEC-1"], "acme-dev-root-mfa": root},
        "acme-staging-": {"acme-staging-tags": ["SEC-1"], "acme-staging-root-mfa": root},
    }


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
        ('{"rules":{"a":{"severity":"LOW","enabled":true,"identifier":5}}}', "rules.a.identifier must be a text"),
        ('{"rules":{},"waivers":{}}', "deployment.json.waivers must be a list"),
        ('{"rules":{},"waivers":[{"target":{}}]}', r"waivers\[0\].target.tagKey must be"),
        (
            '{"rules":{},"waivers":[{"target":{"id":"a"},"reason":"r","owner":"o","ticket":"t","granted":"May"}]}',
            r"waivers\[0\].granted is 'May'; it must be a date",
        ),
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


RECIPIENT = Recipient("arn:aws:sns:eu-west-1:111122223333:security", frozenset({Severity.HIGH, Severity.CRITICAL}))


def test_who_is_notified_reads_back_from_the_variables_that_it_gives() -> None:
    environment = replace(Environment.from_variables(VARIABLES), recipient=RECIPIENT)

    assert Environment.from_variables(environment.to_variables()) == environment


@pytest.mark.parametrize("nobody", [{}, {"NOTIFICATIONS": ""}, {"NOTIFICATIONS": "{}"}])
def test_nobody_is_notified_unless_somebody_is_named(nobody: dict[str, str]) -> None:
    assert Environment.from_variables(VARIABLES | nobody).recipient is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "NOTIFICATIONS is not valid JSON"),
        ("[]", "NOTIFICATIONS must be a JSON object"),
        ('{"severities":["HIGH"]}', "NOTIFICATIONS.target must be a text"),
        ('{"target":"arn","severities":["high"]}', "NOTIFICATIONS.severities is 'high'; allowed: LOW"),
    ],
)
def test_a_damaged_recipient_is_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(DeploymentError, match=message):
        Environment.from_variables(VARIABLES | {"NOTIFICATIONS": text})


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(DeploymentError, match=f"{name} is not set"):
        Environment.from_variables({other: value for other, value in VARIABLES.items() if other != name})


@pytest.mark.parametrize("days", ["0", "3651", "-1", "1.5", "a year", "9" * 5000])
def test_history_days_out_of_bounds_are_refused(days: str) -> None:
    with pytest.raises(DeploymentError, match="HISTORY_DAYS"):
        Environment.from_variables(VARIABLES | {"HISTORY_DAYS": days})
