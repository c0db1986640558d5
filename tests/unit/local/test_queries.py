"""The part of AWS Config's query language that this project uses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.config.queries import Queries
from tests.unit.local.builders import call, item

if TYPE_CHECKING:
    from datetime import datetime

    from compliance_tf.local.config.configuration_item import ConfigurationItem
    from compliance_tf.local.config.history import History


class Present:
    """A history that is only asked what is there."""

    def __init__(self, *items: ConfigurationItem) -> None:
        self.items = items

    def present(self, by: datetime) -> list[ConfigurationItem]:
        return [one for one in self.items if one.captured <= by]


QUERIES = Queries(cast("History", Present(item("logs", team="data"), item("web", team="web", env="dev"))), lag=0)


def select(expression: str, **more: Any) -> list[dict[str, Any]]:
    return [json.loads(row) for row in QUERIES.select(call("Select", Expression=expression, **more))["Results"]]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("resourceId = 'logs'", ["logs"]),
        ("resourceId = 'Logs'", []),
        ("resourceType = 'AWS::S3::Bucket' AND resourceId IN ('web', 'other','logs')", ["logs", "web"]),
        ("tags.tag = 'team=web'", ["web"]),
        ("tags.key = 'team'", ["logs", "web"]),
        ("tags.key = 'env' and tags.value = 'dev'", ["web"]),
        ("arn = 'arn:aws:s3:::web'", ["web"]),
        ("configuration.owner.id = 'o-1'", ["logs", "web"]),
        ("configuration.absent = 'o-1'", []),
    ],
)
def test_conditions(where: str, found: list[str]) -> None:
    assert [row["resourceId"] for row in select(f"SELECT resourceId WHERE {where}")] == found


def test_a_row_has_the_properties_that_were_asked_for() -> None:
    [row] = select("select resourceId, tags, configuration.owner.id where resourceId = 'logs'")
    tags = [{"key": "team", "value": "data", "tag": "team=data"}]
    assert row == {"resourceId": "logs", "tags": tags, "configuration": {"owner": {"id": "o-1"}}}


def test_a_long_answer_comes_in_pages() -> None:
    first = QUERIES.select(call("Select", Expression="SELECT resourceId", Limit=1))
    assert len(first["Results"]) == 1
    assert select("SELECT resourceId", Limit=1, NextToken=first["NextToken"]) == [{"resourceId": "web"}]


@pytest.mark.parametrize(
    "expression",
    [
        "SELECT",
        "resourceId",
        "SELECT resourceId WHERE resourceId LIKE 'a%'",
        "SELECT resourceId WHERE resourceId = 'a' OR resourceId = 'b'",
        "SELECT resourceId WHERE resourceId = 'it's'",
        "SELECT resourceId WHERE resourceId IN ()",
    ],
)
def test_what_is_not_understood_is_refused(expression: str) -> None:
    with pytest.raises(ApiError, match="does not understand") as refused:
        select(expression)
    assert refused.value.code == "InvalidExpressionException"
