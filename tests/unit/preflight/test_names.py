"""Names that are taken, and by whom."""

from __future__ import annotations

from typing import Any

import pytest

from compliance_tf.preflight.findings import Finding, Verdict
from compliance_tf.preflight.names import NamePreflight
from tests.unit.preflight.builders import ACCOUNT, REGION, described_role, function, rule, stack, stubbed

OWN = {"project": "acme", "workspace": "dev"}
OTHERS = {"project": "acme", "workspace": "prod"}


def pairs(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def of_config_rules(tags: dict[str, str]) -> Finding:
    region, stubbers = stubbed(config="config")
    arn = f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/config-rule-1"
    vars(region)["config_rules"] = {"acme-dev-buckets": arn}
    answer = {"Tags": pairs(tags)} if tags else {}  # AWS Config leaves the member out
    stubbers["config"].add_response("list_tags_for_resource", answer, {"ResourceArn": arn})
    return next(NamePreflight(stack(rules=(rule(), rule("acme-dev-new"))), region).findings())


def test_a_rule_with_this_workspaces_tags_is_its_own() -> None:
    finding = of_config_rules(OWN)
    assert finding.verdict is Verdict.OK
    assert finding.figure == "1 free, 1 this workspace's own."


@pytest.mark.parametrize(
    ("tags", "owner"),
    [
        (OTHERS, "project acme, workspace prod"),
        ({"project": "other", "workspace": "dev"}, "project other, workspace dev"),
        ({}, "without a project's tag"),
    ],
)
def test_a_rule_of_the_same_name_that_is_somebody_elses_is_a_failure(tags: dict[str, str], owner: str) -> None:
    finding = of_config_rules(tags)
    assert finding.verdict is Verdict.FAIL
    assert finding.figure == f"1 of 2 taken by others: acme-dev-buckets ({owner})."


def kind(subject: str, service: dict[str, str], calls: list[tuple[str, dict[str, Any]]], **planned: Any) -> Finding:
    region, stubbers = stubbed(**service)
    for operation, answer in calls:
        if "error" in answer:
            stubbers[next(iter(service))].add_client_error(operation, answer["error"])
        else:
            stubbers[next(iter(service))].add_response(operation, answer)
    found = {finding.subject: finding for finding in NamePreflight(stack(**planned), region).findings()}
    return found[subject]


FUNCTION = ("Names of functions", {"functions": "lambda"})
ROLE = ("Names of roles", {"iam": "iam"})
TABLE = ("Names of tables", {"dynamodb": "dynamodb"})
LOG_GROUP = ("Names of log groups", {"logs": "logs"})


def role(tags: dict[str, str]) -> dict[str, Any]:
    return {"Role": {**described_role("acme-dev-x"), "Tags": pairs(tags)}}


TABLE_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/acme-dev-x"
GROUP = {"logGroupName": "/aws/lambda/acme-dev-x", "logGroupArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:x"}


@pytest.mark.parametrize("tags", [OWN, OTHERS])
def test_every_kind_is_distinguished_by_its_tags(tags: dict[str, str]) -> None:
    verdict = Verdict.OK if tags == OWN else Verdict.FAIL
    found = [
        kind(*FUNCTION, [("get_function", {"Tags": tags})], functions=(function(),)),
        kind(*ROLE, [("get_role", role(tags))], roles=("acme-dev-x",)),
        kind(
            *TABLE,
            [
                ("describe_table", {"Table": {"TableArn": TABLE_ARN}}),
                ("list_tags_of_resource", {"Tags": pairs(tags)}),
            ],
            tables=("acme-dev-x",),
        ),
        kind(
            *LOG_GROUP,
            [("describe_log_groups", {"logGroups": [GROUP]}), ("list_tags_for_resource", {"tags": tags})],
            log_groups=("/aws/lambda/acme-dev-x",),
        ),
    ]
    assert [finding.verdict for finding in found] == [verdict] * len(found)


def test_what_does_not_exist_is_free() -> None:
    longer = {**GROUP, "logGroupName": "/aws/lambda/acme-dev-x-and-more"}
    found = [
        kind(*FUNCTION, [("get_function", {"error": "ResourceNotFoundException"})], functions=(function(),)),
        kind(*ROLE, [("get_role", {"error": "NoSuchEntity"})], roles=("acme-dev-x",)),
        kind(*TABLE, [("describe_table", {"error": "ResourceNotFoundException"})], tables=("acme-dev-x",)),
        kind(*LOG_GROUP, [("describe_log_groups", {"logGroups": [longer]})], log_groups=("/aws/lambda/acme-dev-x",)),
    ]
    assert [(finding.verdict, finding.figure) for finding in found] == [(Verdict.OK, "1 free.")] * len(found)


def test_what_stands_behind_an_empty_first_page_is_taken_all_the_same() -> None:
    foreign = pairs({"project": "other"})
    more = {"nextToken": "2"}
    found = [
        kind(
            *TABLE,
            [
                ("describe_table", {"Table": {"TableArn": TABLE_ARN}}),
                ("list_tags_of_resource", {"Tags": [], "NextToken": "2"}),
                ("list_tags_of_resource", {"Tags": foreign}),
            ],
            tables=("acme-dev-x",),
        ),
        kind(
            *LOG_GROUP,
            [
                ("describe_log_groups", {"logGroups": []} | more),
                ("describe_log_groups", {"logGroups": [GROUP]}),
                ("list_tags_for_resource", {"tags": {"project": "other"}}),
            ],
            log_groups=("/aws/lambda/acme-dev-x",),
        ),
    ]
    assert [finding.verdict for finding in found] == [Verdict.FAIL, Verdict.FAIL]


def test_a_name_that_may_not_be_looked_up_is_unknown_and_not_free() -> None:
    finding = kind(*FUNCTION, [("get_function", {"error": "AccessDeniedException"})], functions=(function(),))
    assert finding.verdict is Verdict.UNKNOWN
    assert "GetFunction was answered with AccessDeniedException" in finding.figure
