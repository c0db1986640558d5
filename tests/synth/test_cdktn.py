"""Our stack inside an app of CDK Terrain, the continuation of CDKTF, becomes the same Terraform JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

APP = """
import sys
from importlib import import_module
from compliance_tf import CheckRule, ComplianceStack, ManagedRule
from compliance_runtime.checks import bucket_tls_only

app = import_module(sys.argv[1]).App(outdir=sys.argv[2])
stack = ComplianceStack(app, "compliance", project="acme", region="eu-west-1")
ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")
CheckRule(stack, "tls", check=bucket_tls_only.CHECK)
app.synth()
"""


def synthesized(library: str, folder: Path) -> tuple[dict[str, Any], set[str]]:
    """Synthesize the app with a library, and give the JSON and the names of all files."""
    subprocess.run([sys.executable, "-c", APP, library, str(folder)], check=True, capture_output=True)
    configuration = json.loads((folder / "stacks" / "compliance" / "cdk.tf.json").read_text())
    return configuration, {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_only_the_version_of_the_library_differs(tmp_path: Path) -> None:
    """Two syntheses, each in an interpreter of its own."""
    ours, our_files = synthesized("cdktf", tmp_path / "cdktf")
    theirs, their_files = synthesized("cdktn", tmp_path / "cdktn")
    versions = [configuration["//"]["metadata"].pop("version") for configuration in (ours, theirs)]
    assert versions[0].startswith("0.21.")
    assert versions[1].startswith("0.24.")
    assert ours == theirs
    assert our_files == their_files
