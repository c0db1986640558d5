"""The Python runtime of Lambda functions: like AWS's, it has boto3 and nothing else.

MiniStack runs functions with the server's own interpreter, which could import everything that is installed beside it.
A function whose zip lacks a file has to fail here as it would on AWS.
"""

from __future__ import annotations

import shlex
import sys
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six")
"""boto3 and its dependencies, which AWS's Python runtimes contain."""


def make_function_runtime(directory: Path) -> Path:
    """Write an interpreter that sees the standard library, :data:`PACKAGES` and the function's own files.

    Returns
    -------
    Path
        An executable file in ``directory``.
    """
    packages = directory / "packages"
    packages.mkdir(parents=True)
    for name in PACKAGES:
        found = find_spec(name)
        if found and found.origin:
            origin = Path(found.origin)
            source = origin.parent if origin.name == "__init__.py" else origin
            (packages / source.name).symlink_to(source)
    interpreter = directory / "python"
    interpreter.write_text(
        "#!/bin/sh\n"
        f"PYTHONPATH={shlex.quote(str(packages))} PYTHONDONTWRITEBYTECODE=1 "
        f'exec {shlex.quote(sys.executable)} -S "$@"\n'
    )
    interpreter.chmod(0o755)
    return interpreter
