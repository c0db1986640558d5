"""A real browser for tests and pictures: Chromium from the npm packages, driven by Playwright.

``browser`` is a fixture: import it into the conftest of the tests that need it. It lives as long as a module, because
Playwright's event loop must have ended before another module of the same process runs one of its own.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

NODE_MODULES = REPOSITORY / "node_modules"
PACKAGE = NODE_MODULES / "@sparticuz" / "chromium"

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Glyphs are drawn the same on every machine.
    "--font-render-hinting=none",
)

_UNPACK = """
import { inflate } from "@sparticuz/chromium";
for (const name of ["chromium.br", "swiftshader.tar.br", "fonts.tar.br", "al2023.tar.br"]) {
  await inflate(process.argv[1] + "/bin/" + name);
}
"""
"""Its ``executablePath`` would call a folder complete that an interrupted run left."""

_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/fonts-cache</cachedir></fontconfig>
"""
"""Only the package's own fonts, so that pictures are the same everywhere; its own file looks for them in ``/tmp``."""


@dataclass(frozen=True)
class Chromium:
    """Where the browser is, and the environment that it needs."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)


def chromium() -> Chromium:
    """Find the browser: the pinned one of the npm packages, which is for Linux on x86-64, or else an installed one."""
    if PACKAGE.is_dir() and sys.platform == "linux" and platform.machine() == "x86_64":
        folder = _unpacked()
        libraries = [str(folder / "al2023" / "lib"), *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]
        environment = {"LD_LIBRARY_PATH": os.pathsep.join(libraries), "FONTCONFIG_FILE": str(folder / "fonts.conf")}
        return Chromium(folder / "chromium", environment)
    found = next(filter(None, map(shutil.which, INSTALLED)), None)
    if found is None:
        raise FileNotFoundError(
            f"no browser: `make setup` installs {PACKAGE}, or install one of {', '.join(INSTALLED)}"
        )
    return Chromium(Path(found))


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run the browser for the block."""
    found = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.path, args=list(FLAGS), env={**os.environ, **found.environment}
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the module; a test takes contexts of its own from it."""
    with running_browser() as running:
        yield running


class Witness:
    """Notes what a page should not do: ask the network, write errors to the console, throw."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._on_request)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(f"thrown: {error}"))

    def _on_request(self, request: Request) -> None:
        # The page itself is a file, and its icon is written in it.
        if not request.url.startswith(("file:", "data:")):
            self.requests.append(request.url)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(f"{message.type}: {message.text}")


def accessibility_violations(page: Page) -> list[str]:
    """Ask axe what is wrong with the page as it is shown: the rules of WCAG 2.2 AA and axe's best practices."""
    axe = (NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    # As a debugger, not as a script of the page: its policy would refuse that.
    page.evaluate(axe + "\n;undefined")
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{violation['id']}: {violation['help']}: {node['target']} {node.get('failureSummary', '')}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def _unpacked() -> Path:
    version = (PACKAGE / "package.json").stat().st_mtime_ns
    folder = REPOSITORY / ".cache" / f"chromium-{version}"
    if not folder.is_dir():
        folder.parent.mkdir(exist_ok=True)
        partial = Path(tempfile.mkdtemp(dir=folder.parent))
        subprocess.run(
            [Path(sys.executable).parent / "node", "--input-type=module", "--eval", _UNPACK, PACKAGE],
            cwd=REPOSITORY,
            env={**os.environ, "TMPDIR": str(partial)},
            check=True,
        )
        (partial / "fonts.conf").write_text(_FONTS.format(folder=folder), encoding="utf-8")
        try:
            partial.rename(folder)
        except OSError:
            # Another process was faster.
            shutil.rmtree(partial)
    return folder
