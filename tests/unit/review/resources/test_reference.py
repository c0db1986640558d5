"""The page of planned resources is made of what came of a real plan."""

from __future__ import annotations

from maintenance.pages.planned import reference
from tests.repository import REPOSITORY


def test_the_page_in_the_reference_is_the_page() -> None:
    written = (REPOSITORY / "docs" / "reference" / "planned-resources.md").read_text(encoding="utf-8")
    assert written == reference(), "run `make docs`"
