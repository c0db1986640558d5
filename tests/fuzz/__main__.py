"""Fuzzes one target, guided by coverage: ``python -m tests.fuzz TARGET [options of libFuzzer, as -runs=1000]``.

A fault is printed with its traceback, and its input is written to a file in the folder; ``-seed=`` repeats a run.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tests.fuzz.mutation import mutation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.targets import Target


def main() -> None:
    """Fuzz until it is ended."""
    import atheris

    with atheris.instrument_imports(include=["compliance_runtime", "compliance_tf"]):
        from tests.fuzz.targets import TARGETS

    target = TARGETS[sys.argv[1]]
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(target.corpus):
            Path(folder, str(number)).write_bytes(data)
        # The fuzzer itself puts what it finds into the first folder.
        atheris.Setup(
            [sys.argv[0], folder, "-max_len=100000", *sys.argv[2:]], target.run, custom_mutator=_mutator(target)
        )
        atheris.Fuzz()


def _mutator(target: Target) -> Callable[[bytes, int, int], bytes]:
    """Change inputs as what they are, and half of them as the fuzzer does, which knows what leads further."""
    import atheris

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        random = Random(seed)  # noqa: S311 (the fuzzer repeats it)
        if random.random() < 0.5:
            return bytes(atheris.Mutate(data, max_size))
        changed = mutation(data, target.corpus, random)
        return changed if len(changed) <= max_size else data

    return mutate


main()
