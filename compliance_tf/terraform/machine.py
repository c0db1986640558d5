"""Finds Terraform, or OpenTofu in its place, and the AWS provider, and gives them the environment that they need."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from compliance_tf.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AWS_PROVIDER = "registry.terraform.io/hashicorp/aws"
AWS_PROVIDER_VERSION = "5.100.0"
"""The version that cdktf-cdktf-provider-aws 20.1 writes into the configuration."""

ENGINE_VARIABLE = "TERRAFORM_BINARY_NAME"
"""The environment variable that names another program than ``terraform``, such as ``tofu``; cdktf reads it, too."""

MIRROR_VARIABLE = "COMPLIANCE_TF_PROVIDER_MIRROR"
"""The environment variable that names a filesystem mirror of providers."""


@dataclass(frozen=True)
class Machine:
    """Where this machine keeps what Terraform needs.

    Parameters
    ----------
    variables
        The environment variables.
    optional_software
        The folder below which optional software is installed.
    working_folder
        Where the generated CLI configuration goes, below ``.cache``.
    """

    variables: Mapping[str, str]
    optional_software: Path = Path("/opt")
    working_folder: Path = Path()

    @classmethod
    def this(cls) -> Machine:
        """Describe the machine that this program runs on."""
        return cls(dict(os.environ))

    def cli_configuration(self) -> Path | None:
        """Find the user's own Terraform CLI configuration: a file that TF_CLI_CONFIG_FILE names and that exists."""
        path = Path(self.variables.get("TF_CLI_CONFIG_FILE", ""))
        return path if path.is_file() else None

    def provider_mirror(self) -> Path | None:
        """Find a filesystem mirror with the AWS provider for this platform; None means the registry."""
        named = self.variables.get(MIRROR_VARIABLE)
        if named and not _holds_aws_provider(Path(named)):
            raise CommandError(
                f"{MIRROR_VARIABLE}={named} holds no {AWS_PROVIDER} {AWS_PROVIDER_VERSION} for {_platform()}: name the "
                "folder that contains registry.terraform.io, or unset it to use the registry."
            )
        candidates = [Path(named)] if named else [*self._implied_mirrors(), *self._optional_mirrors()]
        return next((folder for folder in candidates if _holds_aws_provider(folder)), None)

    def _implied_mirrors(self) -> list[Path]:
        """List the folders that Terraform itself looks into: its documentation, "Implied Local Mirror Directories"."""
        home = Path(self.variables.get("HOME", "/"))
        data_home = Path(self.variables.get("XDG_DATA_HOME") or home / ".local" / "share")
        data_folders = (self.variables.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
        return [
            self.working_folder / "terraform.d" / "plugins",
            home / ".terraform.d" / "plugins",
            *(folder / "terraform" / "plugins" for folder in [data_home, *map(Path, data_folders)]),
        ]

    def _optional_mirrors(self) -> list[Path]:
        return sorted(path.parents[2] for path in self.optional_software.glob(f"*/{AWS_PROVIDER}"))

    def environment(self) -> dict[str, str]:
        """Build the variables to run Terraform with.

        This environment's own commands come first, nothing phones home, no workspace and no data directory is taken
        from outside, and the AWS provider comes from a mirror where the machine has one.
        """
        variables = dict(self.variables)
        # A command sets them for each of its runs: with the first, `terraform init` asks for a workspace that is not
        # there yet, and with the second, stacks and workspaces would share a backend.
        for name in ("TF_WORKSPACE", "TF_DATA_DIR"):
            variables.pop(name, None)
        variables["PATH"] = os.pathsep.join([str(Path(sys.prefix, "bin")), variables.get("PATH", os.defpath)])
        variables["CHECKPOINT_DISABLE"] = "1"
        variables["TF_IN_AUTOMATION"] = "1"
        if self.cli_configuration() is None:
            variables["TF_CLI_CONFIG_FILE"] = str(self._write_cli_configuration().absolute())
        return variables

    def _write_cli_configuration(self) -> Path:
        lines = ["disable_checkpoint = true"]
        if mirror := self.provider_mirror():
            folder = str(mirror.absolute()).replace("\\", "/")
            lines += [
                "provider_installation {",
                "  filesystem_mirror {",
                f'    path    = "{folder}"',
                f'    include = ["{AWS_PROVIDER}"]',
                "  }",
                "  direct {",
                f'    exclude = ["{AWS_PROVIDER}"]',
                "  }",
                "}",
            ]
        path = self.working_folder / ".cache" / "terraform.rc"
        path.parent.mkdir(parents=True, exist_ok=True)
        # Other commands may be reading it, or write it as well.
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        unfinished.write_text("\n".join(lines) + "\n")
        unfinished.replace(path)
        return path


def read(arguments: Sequence[str], *, environment: Mapping[str, str], folder: Path) -> str:
    """Run Terraform and give what it printed.

    Raises
    ------
    CommandError
        When it is not installed, or fails.
    """
    completed = subprocess.run(  # noqa: S603
        [engine(environment), *arguments],
        env=dict(environment),
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    if completed.returncode != 0:
        raise CommandError(f"`terraform {' '.join(arguments)}` failed:\n{completed.stdout}{completed.stderr}".rstrip())
    return completed.stdout


def engine(environment: Mapping[str, str]) -> str:
    """Find the program that plans and applies: ``terraform``, or what the environment names instead.

    Returns
    -------
    str
        Its path.

    Raises
    ------
    CommandError
        When it is not there; the message says what to install.
    """
    program = environment.get(ENGINE_VARIABLE) or "terraform"
    path = shutil.which(program, path=environment["PATH"])
    if path is None:
        raise CommandError(
            f"{program} was not found on the PATH: install Terraform 1.10 or newer "
            f"(https://developer.hashicorp.com/terraform/install), or name what you have in {ENGINE_VARIABLE}."
        )
    return path


def _holds_aws_provider(folder: Path) -> bool:
    provider = folder / AWS_PROVIDER
    unpacked = provider / AWS_PROVIDER_VERSION / _platform()
    packed = provider / f"terraform-provider-aws_{AWS_PROVIDER_VERSION}_{_platform()}.zip"
    return unpacked.is_dir() or packed.is_file()


def _platform() -> str:
    """Name this platform as Terraform does."""
    machine = platform.machine().lower()
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
    return f"{platform.system().lower()}_{architecture}"
