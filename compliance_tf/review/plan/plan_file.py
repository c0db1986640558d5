"""A reader of plans: saved files, or Terraform's JSON of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from compliance_tf.errors import CommandError, ReviewError
from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.terraform.machine import ENGINE_VARIABLE, engine_name, read

if TYPE_CHECKING:
    from compliance_tf.review.plan.plan import Plan
    from compliance_tf.terraform.machine import Machine

STANDARD_INPUT: Final = "-"

_SAVED_PLAN: Final = b"PK\x03\x04"  # a zip archive


def read_plan(source: str, machine: Machine) -> Plan:
    """Read a plan.

    Parameters
    ----------
    source
        A file that ``terraform plan -out`` saved, in the folder where Terraform runs, or the JSON of
        ``terraform show -json``; ``-`` reads the JSON from standard input.

    Returns
    -------
    Plan
        The plan without its secrets.

    Raises
    ------
    ReviewError
        When it cannot be read, or is not a plan of a ComplianceStack.
    """
    return plan_of_json(plan_content(source, machine), plan_name(source))


def plan_name(source: str) -> str:
    """Return the name of a plan in messages: its file."""
    return "standard input" if source == STANDARD_INPUT else source


def plan_content(source: str, machine: Machine) -> bytes:
    """Read the JSON of any plan; the source is that of :func:`read_plan`.

    Returns
    -------
    bytes
        The output of ``terraform show -json``, secrets included; of a file in JSON its own bytes.

    Raises
    ------
    ReviewError
        When it cannot be read, or Terraform cannot show it.
    """
    if source == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    path = Path(source)
    try:
        content = path.read_bytes()
    except OSError as cause:
        raise ReviewError(f"{source} cannot be read: {cause.strerror}.") from cause
    encrypted = _is_encrypted(content)
    return _shown(path, machine, encrypted=encrypted) if encrypted or content.startswith(_SAVED_PLAN) else content


class _Encrypted(msgspec.Struct):
    """Members that identify an encrypted plan of OpenTofu, which is JSON then: its "State and Plan Encryption"."""

    encryption_version: str | None = None


def _is_encrypted(content: bytes) -> bool:
    try:
        return msgspec.json.decode(content, type=_Encrypted).encryption_version is not None
    except (msgspec.DecodeError, RecursionError):
        return False


def _shown(path: Path, machine: Machine, *, encrypted: bool) -> bytes:
    folder, environment = path.absolute().parent, machine.environment()
    engine = engine_name(environment)
    advice = f"Where it has not been initialized, run `{engine} init` in {folder}"
    if encrypted:
        advice = (
            f"OpenTofu encrypted it: name OpenTofu in {ENGINE_VARIABLE}, and set TF_ENCRYPTION as when it was planned"
        )
    try:
        shown = read(["show", "-json", str(path.absolute())], environment=environment, folder=folder)
    except CommandError as cause:
        raise ReviewError(
            f"Terraform cannot show {path}. {advice}, or give what `{engine} show -json` prints. {cause}"
        ) from cause
    return shown.encode()
