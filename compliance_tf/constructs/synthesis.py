"""Synthesis of an app, with errors as one message that has the place in the user's own file."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from cdktf import App

from compliance_tf.checks.declaration import import_problem
from compliance_tf.errors import ComplianceError
from compliance_tf.model.fleet_regions import VARIABLE, from_variable
from compliance_tf.output.sanitize import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# CDKTF's words for failed validations and annotations.
_REFUSALS = ("Validation failed with the following errors:", 'Encountered Annotations with level "ERROR":')


def synthesize(build: Callable[[App], None]) -> None:
    """Build an app and synthesize it; exit with one message when something is wrong with it.

    For a fleet it is built once for each of its regions, into a folder of the output each: see
    :class:`~compliance_tf.model.fleet_regions.FleetRegion`.

    Parameters
    ----------
    build
        A function that adds stacks to the app.

    Raises
    ------
    SystemExit
        When the app is wrong, with status 1 and the message: a setting, the guard's refusal, or a file that is no
        Python.
    RuntimeError
        When Node fails for another reason than such a refusal.

    Examples
    --------
    >>> def build(app: App) -> None:
    ...     stack = ComplianceStack(app, "compliance", project="acme", region="eu-west-1")
    ...     Packs(stack, "packs", packs=["cis-1.4-level-1"])
    >>> synthesize(build)
    """
    try:
        for app in _apps():
            build(app)
            app.synth()
    except SyntaxError as error:
        # An import inside of build: a check's file, most likely.
        sys.exit(f"error: {import_problem(Path(error.filename or 'main.py'), error)}")
    except ComplianceError as error:
        sys.exit(f"{_place(error, build)}error: {message(str(error))}")
    except RuntimeError as error:
        if refusal := _refusal(str(error)):
            sys.exit(f"error: {message(refusal)}")
        raise


def _apps() -> Iterator[App]:
    regions = from_variable(os.environ.get(VARIABLE, ""))
    if not regions:
        yield App()
    for region in regions:
        output = Path(os.environ["CDKTF_OUTDIR"], region.folder)
        output.mkdir(parents=True)
        yield App(outdir=str(output), context=region.to_context())


def _place(error: Exception, build: Callable[[App], None]) -> str:
    """Find the line of the user's own file that led to the error."""
    file = build.__code__.co_filename
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f"{Path(file).name}:{lines[-1]}: " if lines else ""


def _refusal(message: str) -> str | None:
    for opening in _REFUSALS:
        _, found, reasons = message.partition(opening)
        if found:
            return reasons.strip()
    return None
