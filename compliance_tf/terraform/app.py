"""Runs of a project's app, which synthesizes its stacks, without the cdktf CLI or its Node packages."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compliance_tf.errors import CommandError, InterruptedCommandError, SynthesizedAppError
from compliance_tf.model.extras import Extra
from compliance_tf.model.fleet_regions import VARIABLE, to_variable
from compliance_tf.model.regions import REGION
from compliance_tf.terraform.synthesized import MANIFEST, stack_folders

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from compliance_tf.model.fleet_regions import FleetRegion
    from compliance_tf.terraform.programs import Programs

SETTINGS: Final = "cdktf.json"
"""The settings file of cdktf, which names the app."""

_APP: Final = "main.py"

_RAISED: Final = re.compile(
    r"^compliance_(?:tf|runtime)\.[\w.]*errors\.\w+: (?P<message>.*)\Z", re.MULTILINE | re.DOTALL
)
_OVERRIDE: Final = re.compile(r"\n\s*Either fix the issues above, or set .*\Z", re.DOTALL)
_NOT_INSTALLED: Final = re.compile(r"^ModuleNotFoundError: No module named '(?P<package>\w+)", re.MULTILINE)


def synthesize(programs: Programs, project: Path, output: Path, regions: Collection[FleetRegion] = ()) -> None:
    """Run the app of a project.

    Parameters
    ----------
    project
        Its folder. The app is the one of its cdktf.json, and main.py without one.
    output
        The folder to synthesize into, which must not exist.
    regions
        The regions of a fleet: the app is synthesized for each of them, into a folder of the output.

    Raises
    ------
    SynthesizedAppError
        When there is no app, it fails, or it has no stack; the message is the app's.
    InterruptedCommandError
        When a signal ended the app.
    """
    command, context = _app(project)
    variables = {"CDKTF_OUTDIR": str(output.absolute()), "PATH": _path(programs.environment)}
    if context:
        variables["CDKTF_CONTEXT_JSON"] = json.dumps(context)
    if regions:
        variables[VARIABLE] = to_variable(regions)
    output.parent.mkdir(parents=True, exist_ok=True)
    try:
        # cdktf runs it in a shell as well.
        programs.run(["/bin/sh", "-c", command], folder=project, waiting_for=f"`{command}`", variables=variables)
    except InterruptedCommandError:
        raise
    except CommandError as cause:
        raise SynthesizedAppError(_reason(str(cause))) from cause
    manifests = [output / one.folder / MANIFEST for one in regions] or [output / MANIFEST]
    if not all(path.is_file() and stack_folders(path.parent) for path in manifests):
        raise SynthesizedAppError(
            f"`{command}` exited with 0 but synthesized no stack: let it end with synthesize(build), and let build "
            "add one."
        )


def require_app(project: Path) -> None:
    """Require that a folder has an app, before anything is written into it.

    Raises
    ------
    SynthesizedAppError
        When there is none.
    """
    _app(project)


def written_region(project: Path) -> str | None:
    """Return the region that a project's main.py writes out for its stack, without running it.

    Returns
    -------
    str or None
        None when there is no main.py, or it says the region in another way than ``region="eu-west-1"``.
    """
    try:
        calls = [node for node in ast.walk(ast.parse((project / _APP).read_bytes())) if isinstance(node, ast.Call)]
    except (OSError, SyntaxError, ValueError):
        return None
    stacks = [call for call in calls if ast.unparse(call.func).rpartition(".")[2] == "ComplianceStack"]
    values = [
        one.value.value
        for call in stacks
        for one in call.keywords
        if one.arg == "region" and isinstance(one.value, ast.Constant)
    ]
    return next((value for value in values if isinstance(value, str) and re.fullmatch(REGION, value)), None)


def _app(project: Path) -> tuple[str, object]:
    path = project / SETTINGS
    if path.is_file():
        try:
            settings = json.loads(path.read_text(encoding="utf-8"))
            return str(settings["app"]), settings.get("context")
        except (ValueError, KeyError, TypeError, AttributeError) as cause:
            raise SynthesizedAppError(
                f'{path} does not say what to run: give it a member "app", such as "python main.py" '
                f"({type(cause).__name__}: {cause})."
            ) from cause
    if (project / _APP).is_file():
        return shlex.join([sys.executable, _APP]), None
    raise SynthesizedAppError(
        f"There is neither {SETTINGS} nor {_APP} in {project.absolute()}: run this in a project's folder."
    )


def _path(environment: Mapping[str, str]) -> str:
    """Put this interpreter first on the PATH: the app's `python` is that of the virtual environment, active or not."""
    folders = [str(Path(sys.executable).parent), environment.get("PATH", os.defpath)]
    return os.pathsep.join(folders)


def _reason(message: str) -> str:
    """Shorten what a failed app has written.

    An error of this library that is raised while main.py is imported ends a traceback: it alone says what to do.

    Returns
    -------
    str
        The sentence that says what to do where one is found; else all of the message.
    """
    if error := _RAISED.search(message):
        return error["message"]
    if (missing := _NOT_INSTALLED.search(message)) and missing["package"] in Extra.SYNTH.packages:
        return f"{Extra.SYNTH.user} needs {missing['package']}, which is not installed: {Extra.SYNTH.advice}."
    # The command adds the label of the app's own message again, and CDKTF advises to synthesize in spite of errors.
    return re.sub(r"^(main\.py:\d+: )?error: ", r"\1", _OVERRIDE.sub("", message))
