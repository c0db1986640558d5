"""Evaluation of Terraform expressions in a workspace, by Terraform itself.

A synthesized configuration is the same for all workspaces, and what differs is an expression. Terraform evaluates those
that need nothing but the workspace without a provider, a backend or a state: in a folder of its own.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from compliance_tf.errors import PreflightError
from compliance_tf.model.terraform_values import escape
from compliance_tf.terraform.machine import engine

if TYPE_CHECKING:
    from collections.abc import Mapping

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""Any JSON value."""

_TEMPLATE = re.compile(r"(?<!\$)\$\{|(?<!%)%\{")
_REFERENCE = re.compile(r"(?<![\w.\"-])(aws_\w+|data|each|count|self|local|var|module|path)\.\w")
_SECONDS = 60


class Evaluator:
    """An evaluator of expressions in one workspace.

    Parameters
    ----------
    workspace
        The workspace, which need not exist.
    environment
        The environment variables of Terraform.
    """

    def __init__(self, workspace: str, environment: Mapping[str, str]) -> None:
        self._workspace = workspace
        self._environment = {**environment, "TF_WORKSPACE": workspace}

    def evaluate(self, value: Json, **local_values: Json) -> Json:
        """Evaluate all templates in a value.

        A text that refers to a resource, or to anything else that is known only in a plan, stays as it is.

        Parameters
        ----------
        value
            A part of a Terraform JSON configuration.
        local_values
            Values of ``local.<name>`` in the templates. They are not templates themselves.

        Returns
        -------
        Json
            The value with its templates evaluated, in its own structure.

        Raises
        ------
        PreflightError
            When Terraform cannot evaluate it.
        """
        configuration = {
            "locals": {
                **{name: _literal(given) for name, given in local_values.items()},
                "asked": _masked(value, known={f"local.{name}" for name in local_values}),
            }
        }
        with tempfile.TemporaryDirectory(prefix="compliance-tf-preflight-") as folder:
            Path(folder, "main.tf.json").write_text(json.dumps(configuration), encoding="utf-8")
            completed = subprocess.run(  # noqa: S603 (Terraform, as the PATH has it)
                [engine(self._environment), "console"],
                env=self._environment,
                cwd=folder,
                # The console escapes its output; base 64 passes through unchanged.
                input="base64encode(jsonencode(local.asked))\n",
                capture_output=True,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
        if completed.returncode != 0:
            raise PreflightError(
                f"Terraform cannot evaluate the configuration in the workspace '{self._workspace}':\n"
                f"{completed.stdout}{completed.stderr}".rstrip()
            )
        answer: Json = json.loads(base64.b64decode(completed.stdout.strip().strip('"')))
        return answer


def _masked(value: Json, known: set[str]) -> Json:
    """Mask texts that only a plan can evaluate."""
    if isinstance(value, dict):
        return {key: _masked(member, known) for key, member in value.items() if key != "//"}
    if isinstance(value, list):
        return [_masked(member, known) for member in value]
    if isinstance(value, str) and _TEMPLATE.search(value) and _is_beyond(value, known):
        return escape(value)
    return value


def _is_beyond(text: str, known: set[str]) -> bool:
    for name in known:
        text = text.replace(name, "")
    return bool(_REFERENCE.search(text))


def _literal(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _literal(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_literal(member) for member in value]
    return escape(value) if isinstance(value, str) else value
