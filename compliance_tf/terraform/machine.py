"""Discovery of Terraform or OpenTofu and of the AWS provider, and the environment to run them in."""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from compliance_tf.errors import CommandError
from compliance_tf.model.setting_values import is_provider_version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AWS_PROVIDER = "registry.terraform.io/hashicorp/aws"
AWS_PROVIDERS = (AWS_PROVIDER, "registry.opentofu.org/hashicorp/aws")
"""The AWS provider's names in Terraform and OpenTofu, each of which completes ``aws`` with its own registry."""

AWS_PROVIDER_VERSION = "5.100.0"
"""The version that cdktf-cdktf-provider-aws 20.1 writes into the configuration."""

ENGINE_VARIABLE = "TERRAFORM_BINARY_NAME"
"""The environment variable that names another program than ``terraform``, such as ``tofu``; cdktf reads it, too."""

_ENGINE = "terraform"

_OPTIONS = "TF_CLI_ARGS"
"""The environment variable, and the beginning of those for one command each, with options that Terraform adds."""

_OPTIONS_OF_PLANS = f"{_OPTIONS}_plan"
"""The one that may have ``-lock=false``: a plan writes no state, and a role that may only read cannot lock it."""

_HARMLESS_OPTIONS = (
    *("-no-color", "-compact-warnings", "-concise", "-input", "-lock-timeout", "-parallelism"),
    *("-backend-config", "-plugin-dir", "-reconfigure", "-upgrade"),
)
_HARMLESS_OPTION = re.compile(rf"-?({'|'.join(_HARMLESS_OPTIONS)})(=.*)?", re.DOTALL)

MIRROR_VARIABLE = "COMPLIANCE_TF_PROVIDER_MIRROR"
"""The environment variable that names a filesystem mirror of providers."""

LOG_VARIABLE = "TF_LOG_PATH"
"""The environment variable that names the file of Terraform's log."""

_FILES = {
    *("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
    *("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CA_BUNDLE"),
}
"""The environment variables that name files. Terraform runs in another folder than the person who set them, and where
it does not find a file it goes on without, such as with other credentials."""

_LOG_LEVEL = re.compile(rf"(?!{LOG_VARIABLE})TF_LOG(_.+)?")
"""The environment variables that turn the log on: for all, or for a part such as TF_LOG_PROVIDER."""

GARBAGE_COLLECTION = {"GOGC": "off", "GOMEMLIMIT": "512MiB"}
"""The Go runtime's variables for Terraform and its providers: no garbage is collected below the limit of each program.

Every start reads the schemas of 1,500 resource types, which stay in use: collecting takes a third of the processor time
and finds little. https://go.dev/doc/gc-guide
"""


@dataclass(frozen=True)
class Machine:
    """The places of Terraform and its files on a machine.

    Parameters
    ----------
    variables
        The environment variables.
    optional_software
        The folder below which optional software is installed.
    working_folder
        The folder below which, in ``.cache``, the generated CLI configuration is written.
    """

    variables: Mapping[str, str]
    optional_software: Path = Path("/opt")
    working_folder: Path = Path()

    @classmethod
    def this(cls) -> Machine:
        """Describe this machine."""
        return cls(dict(os.environ))

    def cli_configuration(self) -> Path | None:
        """Find the user's own Terraform CLI configuration: a file that TF_CLI_CONFIG_FILE names and that exists."""
        path = Path(self.variables.get("TF_CLI_CONFIG_FILE", ""))
        return path if path.is_file() else None

    def log(self) -> Path | None:
        """Find the file of Terraform's log, where the environment asks for one: by default in ``.cache``."""
        if not any(value and _LOG_LEVEL.fullmatch(name) for name, value in self.variables.items()):
            return None
        # Terraform runs in another folder than the person who named a file.
        return (self.working_folder / (self.variables.get(LOG_VARIABLE) or ".cache/terraform.log")).absolute()

    def provider_mirrors(self) -> dict[str, Path]:
        """Find filesystem mirrors with the AWS provider for this platform.

        Returns
        -------
        dict
            The folder by each name of the provider; one that is missing comes from its registry.

        Raises
        ------
        CommandError
            When the mirror that the environment names has none.
        """
        named = self.variables.get(MIRROR_VARIABLE)
        candidates = [Path(named)] if named else [*self._implied_mirrors(), *self._optional_mirrors()]
        found = {
            provider: folder
            for provider in AWS_PROVIDERS
            for folder in reversed(candidates)
            if _holds_provider(folder, provider)
        }
        if named and not found:
            raise CommandError(
                f"{MIRROR_VARIABLE}={named} has no {' or '.join(AWS_PROVIDERS)} from {AWS_PROVIDER_VERSION} on for "
                f"{_platform()}: name the folder that has registry.terraform.io or registry.opentofu.org, or unset "
                "it to use the registry."
            )
        return found

    def _implied_mirrors(self) -> list[Path]:
        """List the folders that Terraform itself searches: its documentation, "Implied Local Mirror Directories"."""
        home = Path(self.variables.get("HOME", "/"))
        data_home = Path(self.variables.get("XDG_DATA_HOME") or home / ".local" / "share")
        data_folders = (self.variables.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":")
        return [
            self.working_folder / "terraform.d" / "plugins",
            home / ".terraform.d" / "plugins",
            *(folder / "terraform" / "plugins" for folder in [data_home, *map(Path, data_folders)]),
        ]

    def _optional_mirrors(self) -> list[Path]:
        found = (self.optional_software.glob(f"*/{provider}") for provider in AWS_PROVIDERS)
        return sorted({path.parents[2] for paths in found for path in paths})

    def environment(self) -> dict[str, str]:
        """Build the environment variables for Terraform.

        This environment's own commands come first, telemetry is off, no workspace and no data directory is taken from
        outside, the AWS provider comes from a mirror where the machine has one, garbage is collected late unless the
        environment has one of Go's variables for that, and a log goes to a file, not among the errors.

        Returns
        -------
        dict[str, str]
            All of the machine's own variables with these changes.

        Raises
        ------
        CommandError
            When options of Terraform in the environment would change what a command does.
        """
        variables = dict(self.variables)
        _require_harmless_options(variables)
        # A command sets them for each of its runs: with the first, `terraform init` asks for a workspace that does not
        # exist yet, and with the second, stacks and workspaces would share a backend.
        for name in ("TF_WORKSPACE", "TF_DATA_DIR"):
            variables.pop(name, None)
        variables["PATH"] = os.pathsep.join([str(Path(sys.prefix, "bin")), variables.get("PATH", os.defpath)])
        variables["CHECKPOINT_DISABLE"] = "1"
        variables["TF_IN_AUTOMATION"] = "1"
        if variables.keys().isdisjoint(GARBAGE_COLLECTION):
            variables.update(GARBAGE_COLLECTION)
        if log := self.log():
            log.parent.mkdir(parents=True, exist_ok=True)  # Terraform falls back to its errors without it
            variables[LOG_VARIABLE] = str(log)
        variables["TF_CLI_CONFIG_FILE"] = str(self.cli_configuration() or self._write_cli_configuration())
        for name in _FILES & variables.keys():
            variables[name] = str(Path(variables[name]).expanduser().absolute())
        return variables

    def _write_cli_configuration(self) -> Path:
        lines = ["disable_checkpoint = true"]
        if mirrors := self.provider_mirrors():
            lines.append("provider_installation {")
            for provider, folder in mirrors.items():
                written = str(folder.absolute()).replace("\\", "/")
                lines += ["  filesystem_mirror {", f'    path    = "{written}"', f'    include = ["{provider}"]', "  }"]
            lines += ["  direct {", f"    exclude = {json.dumps([*mirrors])}", "  }", "}"]
        path = self.working_folder / ".cache" / "terraform.rc"
        path.parent.mkdir(parents=True, exist_ok=True)
        # Other commands may read or write it at the same time.
        unfinished = path.with_name(f"{path.name}.{os.getpid()}")
        unfinished.write_text("\n".join(lines) + "\n")
        unfinished.replace(path)
        return path


def _require_harmless_options(variables: Mapping[str, str]) -> None:
    """Refuse options that have another thing planned, applied or read than the command says."""
    for name, value in variables.items():
        if name != _OPTIONS and not name.startswith(f"{_OPTIONS}_"):
            continue
        try:
            options = shlex.split(value)
        except ValueError:
            options = [value]
        if name == _OPTIONS_OF_PLANS:
            options = [one for one in options if one.lstrip("-") != "lock=false"]
        if strange := [one for one in options if not _HARMLESS_OPTION.fullmatch(one)]:
            raise CommandError(
                f"{name} has {strange[0]}, which would change what commands do: take it out. It may have "
                f"{', '.join(_HARMLESS_OPTIONS)}, each value after an equals sign."
            )


def read(arguments: Sequence[str], *, environment: Mapping[str, str], folder: Path) -> str:
    """Run Terraform without showing what it writes.

    Returns
    -------
    str
        Its standard output.

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
        what = f"`{engine_name(environment)} {' '.join(arguments)}` failed:"
        raise CommandError(f"{what}\n{completed.stdout}{completed.stderr}".rstrip())
    return completed.stdout


def engine(environment: Mapping[str, str]) -> str:
    """Find the program that plans and applies: ``terraform``, or the one that the environment names.

    Returns
    -------
    str
        Its path.

    Raises
    ------
    CommandError
        When it is not on the PATH; the message says what to install.
    """
    program = environment.get(ENGINE_VARIABLE) or _ENGINE
    path = shutil.which(program, path=environment["PATH"])
    if path is None:
        raise CommandError(
            f"{program} was not found on the PATH: install Terraform 1.10 or newer "
            f"(https://developer.hashicorp.com/terraform/install), or set {ENGINE_VARIABLE} to the program that you "
            "have, such as tofu."
        )
    return path


def engine_name(environment: Mapping[str, str] | None = None) -> str:
    """Name the program that plans and applies, as a person would type it.

    Parameters
    ----------
    environment
        The environment variables; those of this program unless given. Messages that advise a command of Terraform
        name it by this, so that people who run OpenTofu read ``tofu``.

    Returns
    -------
    str
        Its name without its folder: ``terraform`` unless the environment names another one.
    """
    return Path((os.environ if environment is None else environment).get(ENGINE_VARIABLE) or _ENGINE).name


def _holds_provider(folder: Path, provider: str) -> bool:
    """Return whether a mirror has an allowed version, unpacked or packed, for this platform."""
    packed = f"terraform-provider-aws_*_{_platform()}.zip"
    versions = [path.parent.name for path in (folder / provider).glob(f"*/{_platform()}") if path.is_dir()]
    versions += [path.name.split("_")[1] for path in (folder / provider).glob(packed)]
    return any(is_provider_version(version) for version in versions)


def _platform() -> str:
    """Name this platform as Terraform does."""
    machine = platform.machine().lower()
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
    return f"{platform.system().lower()}_{architecture}"
