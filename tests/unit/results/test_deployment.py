"""Whose results are meant, where no app is synthesized."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from compliance_tf.errors import ResultsError
from compliance_tf.results.deployment import results_place

if TYPE_CHECKING:
    from pathlib import Path


def test_project_and_region_are_enough_without_an_app(tmp_path: Path) -> None:
    assert results_place("dev", project="acme", region="eu-west-1", folder=tmp_path).table == "acme-dev-results"
    with pytest.raises(ResultsError, match="give --project and --region, or run this in a project's folder"):
        results_place("dev", project="acme", folder=tmp_path)


@pytest.mark.parametrize(
    ("option", "value"),
    [("workspace", "Dev"), ("workspace", "a-b"), ("project", "a-b"), ("region", "europe"), ("table", "arn:aws:x")],
)
def test_what_cannot_be_a_name_is_refused_before_aws_is_asked(option: str, value: str) -> None:
    said = {"workspace": "dev", "project": "acme", "region": "eu-west-1", option: value}
    with pytest.raises(ResultsError, match=re.escape(f"--{option} {value!r} cannot be one")):
        results_place(said.pop("workspace"), **said)
