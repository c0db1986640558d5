"""Commands of the documents, run as they stand there.

A block ``sh`` is run; a block ``text`` that follows holds lines of what it prints, with ``…`` for what differs. A
command whose output has not come yet is run again: results follow a deployment within seconds.
"""

from __future__ import annotations

import re
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_BLOCKS: Final = re.compile(r"^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
_TIMEOUT_SECONDS: Final = 120.0


@dataclass(frozen=True)
class Step:
    """Commands of a page, and lines that they print, in order."""

    commands: str
    printed: tuple[str, ...]

    def is_shown_by(self, output: str) -> bool:
        lines = [".*".join(re.escape(part.strip()) for part in line.split("…")) for line in self.printed]
        return re.search(r"\n(?:.*\n)*?".join(lines), output) is not None


def steps(page: Path) -> Iterator[Step]:
    for commands, printed in _BLOCKS.findall(page.read_text(encoding="utf-8")):
        yield Step(commands, tuple(printed.splitlines()))


def run_page(page: Path, folder: Path, variables: Mapping[str, str]) -> None:
    """Run all steps of a page as one session: folders and variables stay as the commands leave them."""
    session = folder / "session.sh"
    session.write_text(f"cd {folder}\n")
    for step in steps(page):
        script = f'set -e\n. {session}\n{step.commands}\n{{ export -p; echo cd "$PWD"; }} >{session}\n'
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while True:
            done = subprocess.run(
                ["bash", "-c", script],
                env=dict(variables),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{step.commands}:\n{done.stdout}"
            if step.is_shown_by(done.stdout):
                break
            assert time.monotonic() < deadline, f"{step.commands} does not print {step.printed}:\n{done.stdout}"
            time.sleep(1)
