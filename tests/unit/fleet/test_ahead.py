"""Iterators are read ahead, in their order and in bounded memory."""

from __future__ import annotations

import threading
import time
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from compliance_tf.fleet.ahead import in_turn

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_things_come_in_the_order_of_their_sources() -> None:
    def source(number: int) -> Iterator[tuple[int, int]]:
        time.sleep(0.02 if number == 0 else 0)
        yield from ((number, one) for one in range(450))

    things = list(in_turn([partial(source, number) for number in range(6)], at_once=3))
    assert things == [(number, one) for number in range(6) for one in range(450)]


def test_no_more_is_read_ahead_than_fits() -> None:
    read = 0

    def endless() -> Iterator[int]:
        nonlocal read
        while True:
            read += 1
            yield read

    things = in_turn([endless], at_once=2)
    assert list(islice(things, 10)) == list(range(1, 11))
    time.sleep(0.1)
    assert read < 2000
    things.close()  # type: ignore[attr-defined]
    time.sleep(0.4)
    assert not [one for one in threading.enumerate() if one.name == "ahead"]


def test_what_a_source_raises_is_raised_in_its_turn() -> None:
    def broken() -> Iterator[int]:
        yield 3
        raise ValueError("broken")

    things = in_turn([lambda: iter([1, 2]), broken], at_once=2)
    assert list(islice(things, 3)) == [1, 2, 3]
    with pytest.raises(ValueError, match="broken"):
        next(things)
