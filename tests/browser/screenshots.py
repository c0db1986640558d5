"""``make screenshots``: the pictures of the docs, of an account that is made up."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.browser import REPOSITORY, running_browser
from tests.browser.report.open_page import shown, write_sample
from tests.browser.review_page import write_picture

if TYPE_CHECKING:
    from playwright.sync_api import FloatRect

FOLDER = REPOSITORY / "docs" / "images"
MARGIN = 16
"""Pixels below what is shown."""


def main() -> None:
    """Write them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_browser() as browser:
        file = write_sample(Path(folder))
        for colours in ("light", "dark"):
            report = shown(browser, file, colours=colours)
            heat_map = report.page.locator("section", has=report.page.locator(".heat")).bounding_box()
            assert heat_map is not None
            # Down to the heat map: what follows are tables.
            height = heat_map["y"] + heat_map["height"] + MARGIN
            clip: FloatRect = {"x": 0, "y": 0, "width": 1360, "height": height}
            report.page.screenshot(path=FOLDER / f"report-{colours}.png", full_page=True, clip=clip)
        write_picture(browser, FOLDER / "review.png")


if __name__ == "__main__":
    main()
