from __future__ import annotations

import csv
import io
import json

from tests.runtime.exports.command import DEPLOYMENT, run


def test_the_list_has_every_framework() -> None:
    names = [line.split()[0] for line in run("frameworks").stdout.splitlines()[1:]]

    assert names == [one["name"] for one in json.loads(run("frameworks", "--format", "json").stdout)]
    assert {"cis-1.4-level-2", "hipaa", "nist-csf", "pci-dss-4.0"} <= set(names)


def test_a_framework_shows_its_controls_with_their_rules_and_says_where_they_come_from() -> None:
    shown = run("frameworks", "show", "nist-csf")
    (line,) = [line for line in shown.stdout.splitlines() if line.startswith("PR.DS-2")]

    assert "S3_BUCKET_SSL_REQUESTS_ONLY" in line
    assert "Data-in-transit is protected" in line
    assert "awsdocs/aws-config-developer-guide" in shown.stderr


def test_the_report_says_how_each_control_stands_and_why() -> None:
    report = run("frameworks", "report", "cis-1.4-level-2", *DEPLOYMENT)
    lines = {line.split()[0]: line for line in report.stdout.splitlines()}

    assert "fail" in lines["2.1.2"]
    assert "fails: tls (1)" in lines["2.1.2"]
    assert "no results: flow-logs" in lines["3.9"]
    assert "not deployed: IAM_ROOT_ACCESS_KEY_CHECK" in lines["1.4"]
    assert report.stderr == "33 controls: 1 fail, 32 not evaluated.\n"


def test_the_report_as_json_has_the_counts_of_each_rule() -> None:
    report = json.loads(run("frameworks", "report", "cis-1.4-level-2", *DEPLOYMENT, "--format", "json").stdout)
    (control,) = [one for one in report["controls"] if one["id"] == "2.1.2"]

    assert (control["status"], control["nonCompliant"], control["waived"], control["compliant"]) == ("fail", 1, 1, 2)
    assert report["summary"]["fail"] == 1


def test_the_report_as_csv_has_a_line_for_each_control() -> None:
    text = run("frameworks", "report", "cis-1.4-level-2", *DEPLOYMENT, "--format", "csv").stdout

    assert len(list(csv.DictReader(io.StringIO(text)))) == 33


def test_a_strict_report_fails_a_pipeline_only_when_a_control_fails() -> None:
    run("frameworks", "report", "cis-1.4-level-2", *DEPLOYMENT, "--strict", code=2)
    run("frameworks", "report", "cis-1.4-level-1", *DEPLOYMENT, "--strict", code=0)
