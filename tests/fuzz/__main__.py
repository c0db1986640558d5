"""Fuzzes one target, guided by coverage: ``python -m tests.fuzz TARGET [options of libFuzzer, as -runs=1000]``.

A fault is printed with its traceback, and its input is written to a file in the folder; ``-seed=`` repeats a run.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path


def main() -> None:
    """Fuzz until it is told to end."""
    import atheris

    with atheris.instrument_imports(include=["compliance_runtime", "compliance_tf"]):
        from tests.fuzz.targets import TARGETS

    target = TARGETS[sys.argv[1]]
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(target.corpus):
            Path(folder, str(number)).write_bytes(data)
        # The fuzzer itself puts what it finds into the first folder.
        atheris.Setup([sys.argv[0], folder, "-max_len=100000", *sys.argv[2:]], target.run)
        atheris.Fuzz()


main()
