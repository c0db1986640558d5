"""docs/benchmarks.md: a section for each bench, with when, where and by what it was measured."""

from __future__ import annotations

import io
import os
import platform
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console

from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.table import Table

PATH = REPOSITORY / "docs" / "benchmarks.md"

_INTRODUCTION = """# Benchmarks

Written by `make bench`; `python -m tests.bench NAME …` measures one section anew. Each says when and on what machine it
was measured, so the figures of two sections may not be comparable. Seconds are processor seconds where a heading says
so: other programs on the machine change these least.
"""


@dataclass
class Page:
    """The page.

    Parameters
    ----------
    titles
        The titles of its sections, in their order.
    sections
        The text of each section that was measured.
    """

    titles: Sequence[str]
    sections: dict[str, str]

    @classmethod
    def read(cls, titles: Sequence[str]) -> Page:
        """Read the page as it is; sections of benches that exist no more are left out."""
        text = PATH.read_text(encoding="utf-8") if PATH.is_file() else ""
        parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)[1:]
        found = dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))
        return cls(titles, {title: found[title] for title in titles if title in found})

    def replace(self, title: str, what: str, tables: Iterable[Table]) -> None:
        """Put new measurements into a section."""
        lines = [what.strip(), "", f"Measured {_circumstances()}.", ""]
        for table in tables:
            lines += [_markdown(table), ""]
        self.sections[title] = "\n".join(lines).strip()

    def write(self) -> None:
        """Write the page."""
        parts = [_INTRODUCTION, *(f"## {one}\n\n{self.sections[one]}\n" for one in self.titles if one in self.sections)]
        PATH.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")


def _markdown(table: Table) -> str:
    title, caption = table.title, table.caption
    table.title = table.caption = None
    table.box = box.MARKDOWN
    for column in table.columns:
        column.no_wrap = True
    stream = io.StringIO()
    Console(file=stream, width=1_000, no_color=True).print(table)
    table.title, table.caption = title, caption
    written = "\n".join(line.rstrip() for line in stream.getvalue().splitlines() if line.strip())
    return "\n\n".join(str(part) for part in (f"**{title}**" if title else "", written, caption or "") if part)


def _circumstances() -> str:
    packages = ("cdktf", "cdktf-cdktf-provider-aws", "boto3")
    return (
        f"on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {_processor()}, {os.cpu_count()} cores, "
        f"{platform.system()} {platform.machine()}, load {os.getloadavg()[0]:.1f}; Python {platform.python_version()}, "
        f"{_terraform()}, {', '.join(f'{name} {version(name)}' for name in packages)}"
    )


def _processor() -> str:
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    except OSError:
        found = None
    return found[1] if found else platform.processor() or "an unknown processor"


def _terraform() -> str:
    try:
        shown = subprocess.run(["terraform", "version"], capture_output=True, text=True, check=True).stdout
    except OSError:
        return "no Terraform"
    return shown.splitlines()[0]
