"""``make bench``: prints measurements, and writes them into docs/benchmarks.md; nothing here passes or fails by time.

``python -m tests.bench NAME …`` runs some of them, and replaces their sections alone.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from rich.console import Console

from tests.bench.page import Page

BENCHES = {
    "runtime": "The functions",
    "maximal": "Checks at AWS's maximal sizes",
    "results": "Reading results",
    "reconciliation": "Reconciliation",
    "review": "Review",
    "planned": "Judging plans",
    "synthesis": "Synthesis",
    "terraform": "Terraform: the synthesized JSON and hand-written HCL",
    "analytics": "Analytics",
}


def main() -> None:
    """Run those that are named, or all."""
    names = sys.argv[1:] or [*BENCHES]
    if unknown := [name for name in names if name not in BENCHES]:
        sys.exit(f"There is no bench {', '.join(unknown)}: give some of {', '.join(BENCHES)}, or nothing for all.")
    # Where the variable is set, each run would compile what pip has compiled in an installation.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    console = Console()
    for name in names:
        bench = import_module(f"tests.bench.{name}")
        tables = []
        for table in bench.measure():
            console.print(table)
            tables.append(table)
        page = Page.read([*BENCHES.values()])
        page.replace(BENCHES[name], bench.__doc__ or "", tables)
        page.write()


if __name__ == "__main__":
    main()
