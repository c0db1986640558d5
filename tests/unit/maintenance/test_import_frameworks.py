from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.catalog.frameworks.framework import Control, read_framework
from compliance_tf.errors import FactsError
from maintenance.import_frameworks import import_frameworks

if TYPE_CHECKING:
    from pathlib import Path

MAPPINGS = {
    "scanner": {
        "source": "the tests",
        "rules": {
            "trail_on": "CLOUD_TRAIL_ENABLED",
            "trail_everywhere": "CLOUD_TRAIL_ENABLED",
            "tags": "required-tags",
        },
    }
}


def controls(folder: Path, *frameworks: dict[str, Any]) -> tuple[Control, ...]:
    """The controls of the last framework after an import."""
    facts = folder / "facts.json"
    facts.write_text(json.dumps({"mappings": MAPPINGS, "frameworks": frameworks}), encoding="utf-8")
    name = import_frameworks(facts, folder)[-1]
    return read_framework((folder / f"{name}.json").read_text(encoding="utf-8")).controls


def framework(controls: object, *, name: str = "acme", by: str = "scanner") -> dict[str, Any]:
    return {
        "name": name,
        "title": "What Acme asks for",
        "source": "the tests",
        "as_of": "2026-11-26",
        "by": by,
        "controls": controls,
    }


def test_what_a_source_names_becomes_rules_and_checks_and_the_rest_is_counted(tmp_path: Path) -> None:
    named = {"1": ["trail_everywhere", "trail_on", "tags", "training", "contracts"], "2": ["tags"]}

    assert controls(tmp_path, framework(named)) == (
        Control("1", None, ("CLOUD_TRAIL_ENABLED",), ("required-tags",), 2),
        Control("2", None, (), ("required-tags",)),
    )


def test_a_control_that_no_rule_asks_anything_of_is_left_out(tmp_path: Path) -> None:
    assert [one.id for one in controls(tmp_path, framework({"1": ["training"], "2": ["tags"]}))] == ["2"]


def test_a_baseline_has_the_controls_of_another_framework_as_they_are_there(tmp_path: Path) -> None:
    whole = framework({"1": ["tags", "training"], "2": ["trail_on"]}, name="whole")
    baseline = framework(["2", "1", "3"], name="baseline", by="framework whole")

    assert controls(tmp_path, whole, baseline) == controls(tmp_path, whole)


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="acme: by 'auditors' is none of the mappings: scanner"):
        controls(tmp_path, framework({"1": ["tags"]}, by="auditors"))
