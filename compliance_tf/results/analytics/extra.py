"""The packages of the extra ``analytics``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from compliance_tf.errors import ExportError


def extra_module(name: str) -> Any:  # noqa: ANN401 (one without types)
    """Import a module of the extra.

    Raises
    ------
    ExportError
        When it is not installed; the message says how to.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as cause:
        raise ExportError(
            f"It takes {name.partition('.')[0]}, which is not installed: run pip install 'compliance-tf[analytics]'."
        ) from cause
