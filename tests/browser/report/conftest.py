"""The browser for these tests, and the report of the sample in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.browser import browser
from tests.browser.report.open_page import Opened, shown, write_sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

__all__ = ["browser"]


@pytest.fixture(scope="module")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the sample."""
    return write_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture
def opened(browser: Browser, sample_file: Path) -> Iterator[Opened]:
    """The sample, which must behave in whatever is done with it."""
    report = shown(browser, sample_file)
    yield report
    assert report.witness.errors == []
    assert report.witness.requests == []
    report.page.context.close()
