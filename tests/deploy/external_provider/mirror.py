"""Puts the stand-in where Terraform finds providers."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

from compliance_tf.terraform.machine import Machine
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

PROVIDER = "registry.terraform.io/hashicorp/external"
VERSION = "2.3.5"


def install(folder: Path) -> Path:
    """Write a mirror that holds the stand-in into a folder, and a CLI configuration that names it.

    Returns
    -------
    Path
        The CLI configuration, for TF_CLI_CONFIG_FILE. The AWS provider comes from where this machine has it.
    """
    mirror = folder / "mirror"
    program = mirror / PROVIDER / VERSION / _platform() / f"terraform-provider-external_v{VERSION}"
    program.parent.mkdir(parents=True)
    python, repository = shlex.quote(sys.executable), shlex.quote(str(REPOSITORY))
    program.write_text(f"#!/bin/sh\nPYTHONPATH={repository} exec {python} -m tests.deploy.external_provider.server\n")
    program.chmod(0o755)
    aws_mirrors = {provider: path.absolute() for provider, path in Machine.this().provider_mirrors().items()}
    mirrors = {PROVIDER: mirror, **aws_mirrors}
    configuration = folder / "terraform.rc"
    configuration.write_text(_cli_configuration(mirrors))
    return configuration


def _platform() -> str:
    answer = subprocess.run(
        ["terraform", "version", "-json"],
        env={**os.environ, "CHECKPOINT_DISABLE": "1"},
        capture_output=True,
        check=True,
    )
    platform: str = json.loads(answer.stdout)["platform"]
    return platform


def _cli_configuration(mirrors: dict[str, Path]) -> str:
    blocks = [
        f'  filesystem_mirror {{\n    path    = "{path}"\n    include = ["{provider}"]\n  }}\n'
        for provider, path in mirrors.items()
    ]
    excluded = json.dumps(list(mirrors))
    return f"provider_installation {{\n{''.join(blocks)}  direct {{\n    exclude = {excluded}\n  }}\n}}\n"
