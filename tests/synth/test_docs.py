"""What the documentation has people write works as it stands there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from compliance_tf.testing import event_item
from maintenance.pages.checks import reference
from tests.repository import DOCS, REPOSITORY


def python_blocks(document: str) -> list[str]:
    """The Python code of a document, block by block."""
    text = (REPOSITORY / document).read_text()
    return re.findall(r"^ *```python\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE)


def test_the_app_of_the_readme_synthesizes(tmp_path: Path) -> None:
    (app,) = python_blocks("README.md")
    (tmp_path / "main.py").write_text(app)
    subprocess.run([sys.executable, "main.py"], cwd=tmp_path, check=True)
    assert (tmp_path / "cdktf.out" / "stacks" / "compliance" / "cdk.tf.json").exists()


def test_the_check_of_the_how_to_is_deployed_from_its_folder_and_judges_a_bucket(tmp_path: Path) -> None:
    declaration, use = python_blocks("docs/how-to/add-a-check.md")
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "bucket_names.py").write_text(declaration)
    app = (
        f"from cdktf import App\nfrom compliance_tf import CheckRule, ComplianceStack\napp = App()\n{use}app.synth()\n"
    )
    (tmp_path / "main.py").write_text(app)
    subprocess.run([sys.executable, "main.py"], cwd=tmp_path, check=True)

    (tmp_path / "item.json").write_text(json.dumps(event_item("AWS::S3::Bucket", "orders")))
    command = [Path(sys.executable).with_name("compliance-tf"), "check", "bucket-names", "--item", "item.json"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (run.returncode, "orders does not begin with acme-" in run.stdout) == (2, True), run.stdout + run.stderr


def test_the_reference_of_the_checks_is_what_they_declare() -> None:
    written = (REPOSITORY / "docs" / "reference" / "checks.md").read_text()
    assert written == reference(), "run make docs"


def test_the_environments_of_the_how_to_synthesize(tmp_path: Path) -> None:
    (settings,) = python_blocks("docs/how-to/environments.md")
    (tmp_path / "main.py").write_text(f"from cdktf import App\napp = App()\n{settings}app.synth()\n")
    subprocess.run([sys.executable, "main.py"], cwd=tmp_path, check=True)
    configuration = (tmp_path / "cdktf.out" / "stacks" / "compliance" / "cdk.tf.json").read_text()
    assert '? 1 : 0}"' in configuration


@pytest.mark.long
def test_the_site_of_the_docs_is_built_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", str(DOCS), str(tmp_path)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")
    assert (tmp_path / "tutorial.html").exists()
