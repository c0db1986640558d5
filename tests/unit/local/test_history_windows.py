from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.config.history_windows import Windows
from tests.unit.local.builders import NOON, item

if TYPE_CHECKING:
    from compliance_tf.local.config.configuration_item import ConfigurationItem

DAY = 24 * 60 * 60.0


def pages(items: list[ConfigurationItem], *, forward: bool = False, limit: int = 10) -> list[list[ConfigurationItem]]:
    """All pages of a history at noon, with the window that AWS has."""
    windows = Windows(items, 7 * DAY, forward=forward, latest=NOON.timestamp() + 1)
    found: list[list[ConfigurationItem]] = []
    token = None
    while True:
        page, token = windows.page(token, limit)
        found.append(list(page))
        if token is None:
            return found


def test_what_changed_within_a_week_stands_on_the_first_page() -> None:
    assert pages([item(days_ago=6)]) == [[item(days_ago=6)]]


def test_what_did_not_change_for_weeks_comes_after_empty_pages() -> None:
    assert pages([item(days_ago=23)]) == [[], [], [], [item(days_ago=23)]]


def test_a_page_is_no_longer_than_asked_for_and_none_is_left_out() -> None:
    items = [item(days_ago=days) for days in (30, 9, 3, 2, 1)]
    found = pages(items, limit=2)
    assert [len(page) for page in found] == [2, 1, 1, 0, 0, 1]
    assert [one for page in found for one in page] == items[::-1]


def test_forward_the_oldest_come_first() -> None:
    items = [item(days_ago=days) for days in (30, 9, 1)]
    assert pages(items, forward=True) == [items[:1], [], [], items[1:2], items[2:]]


def test_a_token_of_another_form_is_refused() -> None:
    with pytest.raises(ApiError, match="nextToken"):
        Windows([item()], DAY, forward=False, latest=NOON.timestamp()).page("x", 1)
