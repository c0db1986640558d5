"""What the documentation tells people to write works as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from lambda_src.check import Check, Compliance
from lambda_src.parameters import from_rule_parameters, to_rule_parameters
from tests.unit.lambda_src.builders import configuration_item

REPOSITORY = Path(__file__).parents[2]


def python_blocks(document: str) -> list[str]:
    """The Python code of a document, block by block."""
    text = (REPOSITORY / document).read_text()
    return re.findall(r"^ *```python\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE)


def test_the_app_of_the_readme_synthesizes(tmp_path: Path) -> None:
    (app,) = python_blocks("README.md")
    (tmp_path / "main.py").write_text("\n".join(line.removeprefix("   ") for line in app.splitlines()))
    subprocess.run([sys.executable, "main.py"], cwd=tmp_path, check=True)
    assert (tmp_path / "cdktf.out" / "stacks" / "compliance" / "cdk.tf.json").exists()


def test_the_check_of_the_how_to_judges_a_bucket() -> None:
    declaration, use = python_blocks("docs/how-to/add-a-check.md")
    module: dict[str, object] = {"__name__": "bucket_name"}
    exec(compile(declaration, "bucket_name.py", "exec", dont_inherit=True), module)  # noqa: S102
    check = module["CHECK"]
    assert isinstance(check, Check)
    assert "bucket_name.CHECK" in use
    parameters = check.parameters(prefix="acme-")
    assert from_rule_parameters(check.parameters, to_rule_parameters(parameters)) == parameters
    assert check.evaluate(configuration_item(resource_id="acme-logs"), parameters).compliance is Compliance.COMPLIANT
    assert check.evaluate(configuration_item(resource_id="logs"), parameters).compliance is Compliance.NON_COMPLIANT
