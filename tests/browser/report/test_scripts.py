"""The scripts of the page, without a browser."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from compliance_tf.results.report import write_report
from tests.browser.browser import NODE_MODULES

TEMPLATE = Path(sys.modules[write_report.__module__].__file__ or "").parent / "template"


def test_scripts_of_the_page_have_the_types_that_they_say() -> None:
    """The compiler of TypeScript takes two seconds and more to start."""
    scripts = sorted(TEMPLATE.glob("*.js"))
    assert scripts
    options = [
        "--noEmit",
        "--allowJs",
        "--checkJs",
        "--strict",
        # Its own libraries are not what is checked, and take half of the time.
        "--skipDefaultLibCheck",
        "--target",
        "es2022",
        "--lib",
        "es2022,dom,dom.iterable",
    ]
    # Types of Node, which other packages bring, are not for a page.
    command: list[str | Path] = [NODE_MODULES / ".bin" / "tsc", *options, "--typeRoots", TEMPLATE, *scripts]
    node = Path(sys.executable).parent
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": str(node)}, check=False)
    assert (done.stdout, done.returncode) == ("", 0)
