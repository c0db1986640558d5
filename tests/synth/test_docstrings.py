"""The examples of docstrings run as they stand there, and every public name has one."""

from __future__ import annotations

import doctest
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import cdktf
import pytest

import compliance_tf
from compliance_tf.constructs import synthesis
from maintenance.pages import constructs
from tests.repository import REFERENCE, REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

WITHOUT_EXAMPLE = {"ComplianceError", "SettingError", "Severity"}
"""Public names that one catches or names, and does not call."""

PACK = "name: acme\nrules:\n  - managed: IAM_ROOT_ACCESS_KEY_CHECK\n    severity: critical\n"
WAIVERS = (
    "waivers:\n  - {rule: trail, resource_id: logs, reason: Legacy., owner: team-data, ticket: SEC-214, "
    "granted: 2026-11-02, expires: 2027-03-31}\n"
)


MODULES = [
    ".".join(file.relative_to(REPOSITORY).with_suffix("").parts)
    for file in sorted((REPOSITORY / "compliance_tf").rglob("*.py"))
    if ">>> " in file.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "acme.yaml").write_text(PACK)
    (tmp_path / "waivers.yaml").write_text(WAIVERS)
    # Node has another working directory, so that the usual folder of the output is elsewhere.
    new_app = partial(cdktf.App, outdir=str(tmp_path / "out"))
    monkeypatch.setattr(synthesis, "App", new_app)
    names = {public: getattr(compliance_tf, public) for public in compliance_tf.__all__}
    for example in doctest.DocTestFinder(exclude_empty=True).find(import_module(name), globs={}):
        if example.examples:
            app = new_app()
            stack = compliance_tf.ComplianceStack(app, "stack", project="example", region="eu-west-1")
            example.globs = {**vars(import_module(name)), **names, "App": new_app, "app": app, "stack": stack}
            result = doctest.DocTestRunner(verbose=False).run(example)
            assert result.failed == 0, f"the example of {example.name}"
            app.synth()


def test_the_reference_of_the_constructs_is_what_the_docstrings_say() -> None:
    assert (REFERENCE / "constructs.md").read_text(encoding="utf-8") == constructs.reference(), "run make docs"
    assert set(constructs.DOCUMENTED) == set(compliance_tf.__all__) - WITHOUT_EXAMPLE


@pytest.mark.parametrize("name", sorted(set(compliance_tf.__all__) - WITHOUT_EXAMPLE))
def test_a_public_name_has_an_example(name: str) -> None:
    assert ">>> " in (getattr(compliance_tf, name).__doc__ or "")
