"""Values by workspace become expressions in the one configuration of all workspaces."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.checks import log_group_retention, security_group_ingress
from compliance_tf import CheckRule, ComplianceError, ManagedRule, Schedule, Workspaces, by_workspace
from compliance_tf.model.workspace_values import as_by_workspace, expression, to_terraform, together
from tests.synth.conftest import Synthesize, only, resources

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_tf import ComplianceStack

names = st.from_regex(r"[a-z][a-z0-9_]{0,5}", fullmatch=True)


@given(st.dictionaries(names, st.integers()), st.integers(), names)
def test_a_workspace_has_its_own_value_or_the_default(values: dict[str, int], default: int, workspace: str) -> None:
    setting = by_workspace(default=default, **{name: value for name, value in values.items() if name != "default"})

    assert setting.in_workspace(workspace) == (values.get(workspace, default) if workspace != "default" else default)


@given(st.dictionaries(st.sampled_from("abc"), st.dictionaries(names, st.integers()).map(
    lambda values: by_workspace(default=0, **{name: value for name, value in values.items() if name != "default"})
)), names)  # fmt: skip
def test_settings_put_together_are_the_same_in_every_workspace(settings: dict[str, object], workspace: str) -> None:
    whole = together(settings)  # type: ignore[arg-type]  # drawn

    assert whole.in_workspace(workspace) == {name: one.in_workspace(workspace) for name, one in settings.items()}  # type: ignore[attr-defined]


def test_what_does_not_differ_is_written_as_it_is() -> None:
    assert to_terraform(as_by_workspace(30)) == 30
    assert to_terraform(by_workspace(prod=30, default=30)) == 30
    assert (
        to_terraform(by_workspace(prod=365, dev=30, default=30)) == '${lookup({"prod": 365}, terraform.workspace, 30)}'
    )


def test_texts_are_not_read_as_templates() -> None:
    assert expression(by_workspace(prod="${x}", default='a"b')) == (
        'lookup({"prod": "$${x}"}, terraform.workspace, "a\\"b")'
    )


def test_parameters_frequency_retention_and_schedules_differ_by_workspace(synthesize: Synthesize) -> None:
    def build(stack: ComplianceStack) -> None:
        ManagedRule(
            stack,
            "keys",
            identifier="ACCESS_KEYS_ROTATED",
            parameters={"maxAccessKeyAge": by_workspace(prod=30, default=90)},
            frequency=by_workspace(prod="One_Hour", default="TwentyFour_Hours"),
        )
        CheckRule(
            stack,
            "log-groups",
            check=log_group_retention.CHECK,
            parameters=by_workspace(
                prod=log_group_retention.Parameters(min_days=365), default=log_group_retention.Parameters()
            ),
            frequency=by_workspace(prod="Six_Hours", default="TwentyFour_Hours"),
        )

    configuration = synthesize(
        build,
        history_days=by_workspace(prod=730, default=30),
        log_retention_days=by_workspace(prod=365, default=7),
        reevaluate=by_workspace(prod=Schedule.days(7), default=None),
    )

    keys, log_groups = sorted(
        resources(configuration, "aws_config_config_rule"), key=lambda rule: str(rule["source"]["owner"])
    )
    assert keys["input_parameters"].replace("\\", "") == (
        '${lookup({"prod": "{"maxAccessKeyAge":"30"}"}, terraform.workspace, "{"maxAccessKeyAge":"90"}")}'
    )
    assert keys["maximum_execution_frequency"].startswith('${lookup({"prod": "One_Hour"}')
    assert log_groups["input_parameters"] == (
        '${lookup({"prod": "{\\"minDays\\":\\"365\\"}"}, terraform.workspace, "")}'
    )
    (detail,) = log_groups["source"]["source_detail"]
    assert detail["maximum_execution_frequency"].startswith('${lookup({"prod": "Six_Hours"}')
    days = {group["retention_in_days"] for group in resources(configuration, "aws_cloudwatch_log_group")}
    assert days == {'${lookup({"prod": 365}, terraform.workspace, 7)}'}
    for function in resources(configuration, "aws_lambda_function"):
        assert function["environment"]["variables"]["HISTORY_DAYS"].startswith('${lookup({"prod": "730"}')
    (schedule,) = [
        rule for rule in resources(configuration, "aws_cloudwatch_event_rule") if "reevaluate" in rule["name"]
    ]
    assert schedule["state"] == '${lookup({"prod": "ENABLED"}, terraform.workspace, "DISABLED")}'


def test_a_rule_of_some_workspaces_is_counted_and_its_types_are_needed_there_alone(
    synthesize: Synthesize, read_package: Callable[..., str]
) -> None:
    def build(stack: ComplianceStack) -> None:
        CheckRule(
            stack,
            "ingress",
            check=security_group_ingress.CHECK,
            enabled=by_workspace(prod=True, staging=True, default=False),
        )

    configuration = synthesize(build)

    assert only(configuration, "aws_config_config_rule")["count"] == (
        '${lookup({"prod": true, "staging": true}, terraform.workspace, false) ? 1 : 0}'
    )
    needed = re.search(r"for type in (lookup\(.*?\)) : type", json.dumps(configuration["data"]).replace('\\"', '"'))
    assert needed is not None
    assert needed[1] == (
        'lookup({"prod": ["AWS::EC2::SecurityGroup"], "staging": ["AWS::EC2::SecurityGroup"]}, terraform.workspace, [])'
    )
    rule = json.loads(read_package())["rules"]["ingress"]
    assert (rule["enabled"], rule["exceptIn"]) == (False, ["prod", "staging"])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda _: by_workspace(Prod=1, default=2), r"by_workspace\(Prod=\.\.\.\): a workspace is a lower-case letter"),
        (
            lambda stack: ManagedRule(
                stack, "r", identifier="CLOUD_TRAIL_ENABLED", enabled=by_workspace(prdo=True, default=False)
            ),
            r"Rule 'r': the stack cannot be deployed to the workspace 'prdo'\. Did you mean prod\? Allowed: dev, prod",
        ),
        (
            lambda stack: ManagedRule(
                stack,
                "r",
                identifier="ACCESS_KEYS_ROTATED",
                parameters={"maxAccessKeyAge": by_workspace(prod="soon", default=90)},
            ),
            r"(?s)maxAccessKeyAge.*'soon'",
        ),
        (
            lambda stack: ManagedRule(
                stack,
                "r",
                identifier="S3_BUCKET_VERSIONING_ENABLED",
                frequency=by_workspace(prod="One_Hour", default="Six_Hours"),
            ),
            r"(?s)S3_BUCKET_VERSIONING_ENABLED.*frequency",
        ),
        (
            lambda stack: ManagedRule(
                stack,
                "r",
                identifier="ACCESS_KEYS_ROTATED",
                parameters={"maxAccessKeyAge": by_workspace(prod="${local.age}", default=90)},
            ),
            "parameters that differ by workspace cannot hold Terraform expressions",
        ),
    ],
)
def test_a_wrong_value_of_any_workspace_is_refused(
    synthesize: Synthesize, build: Callable[[ComplianceStack], object], message: str
) -> None:
    with pytest.raises(ComplianceError, match=message):
        synthesize(build, workspaces=Workspaces(allowed=("dev", "prod")))


def test_wrong_periods_of_one_workspace_are_refused(synthesize: Synthesize) -> None:
    with pytest.raises(ComplianceError, match="log_retention_days=8"):
        synthesize(log_retention_days=by_workspace(prod=8, default=7))
    with pytest.raises(ComplianceError, match="history_days=0"):
        synthesize(history_days=by_workspace(prod=0, default=7))
