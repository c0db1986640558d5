"""Terraform reads the forms alike that the guard reads alike."""

from __future__ import annotations

import json
import subprocess
from random import Random
from typing import TYPE_CHECKING, Any

from compliance_tf.model.violations import violations
from tests.terraform_forms import in_another_form

if TYPE_CHECKING:
    from pathlib import Path

RESOURCE = {
    "input": "x",
    "lifecycle": {"create_before_destroy": True},
    "provisioner": {"local-exec": {"command": "true"}},
}
CONFIGURATION = {
    "terraform": {"required_version": ">= 1.10", "backend": {"local": {"path": "a.tfstate"}}},
    "resource": {"terraform_data": {"one": RESOURCE, "two": RESOURCE}},
    "data": {"terraform_remote_state": {"other": {"backend": "local", "config": {"path": "b.tfstate"}}}},
    "locals": {"a": 1, "b": 2},
    "output": {"sum": {"value": "${local.a + local.b}"}},
}
FORMS = 8
MAIN = "main.tf.json"


def test_what_terraform_reads_from_any_form_is_the_same_and_the_guard_refuses_each(tmp_path: Path) -> None:
    (tmp_path / "b.tfstate").write_text('{"version": 4, "terraform_version": "1.10.0", "outputs": {}}')
    forms = [in_another_form(CONFIGURATION, Random(seed)) for seed in range(FORMS)]  # noqa: S311 (no secret)
    assert len({json.dumps(form) for form in forms}) == FORMS
    (tmp_path / MAIN).write_text(json.dumps(CONFIGURATION))
    run(tmp_path, "init", "-input=false")
    plain = read_by_terraform(CONFIGURATION, tmp_path)
    assert json.dumps(plain).count("local-exec") == 2
    for form in forms:
        assert read_by_terraform(form, tmp_path) == plain
        assert {str(one).partition(":")[0] for one in violations(form)} == {
            "data.terraform_remote_state.other",
            "terraform_data.one",
            "terraform_data.two",
        }


def read_by_terraform(configuration: object, folder: Path) -> Any:
    """Have Terraform plan a configuration, and give what its plan says of the configuration."""
    (folder / MAIN).write_text(json.dumps(configuration))
    run(folder, "plan", "-input=false", "-out=plan")
    return json.loads(run(folder, "show", "-json", "plan"))["configuration"]


def run(folder: Path, *arguments: str) -> str:
    completed = subprocess.run(
        ["terraform", *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed.stdout
