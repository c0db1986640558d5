"""Short forms of rule ids."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_tf.catalog.managed_rules import managed_rules
from compliance_tf.model.naming import PURPOSE
from compliance_tf.model.short_names import MIN_LENGTH, shorten

ALL_IDS = sorted(identifier.lower().replace("_", "-") for identifier in managed_rules().rules)
ids = st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,9}", fullmatch=True)
lengths = st.integers(MIN_LENGTH, 62)


@pytest.mark.parametrize("length", [MIN_LENGTH, 15, 24, 32, 48])
def test_no_two_rules_of_aws_have_one_short_form(length: int) -> None:
    assert len({shorten(rule_id, length) for rule_id in ALL_IDS}) == len(ALL_IDS)


@given(ids, lengths)
def test_a_short_form_fits_and_can_end_a_name(rule_id: str, length: int) -> None:
    short = shorten(rule_id, length)
    assert len(short) <= length
    assert re.fullmatch(PURPOSE, short)
    assert (short == rule_id) == (len(rule_id) <= length)


def test_ids_that_share_their_shortened_words_differ_all_the_same() -> None:
    one, other = (f"elasticsearch-node-to-node-{word}-check" for word in ("encryption", "encrypting"))
    assert shorten(one, 32)[:-4] == shorten(other, 32)[:-4]
    assert shorten(one, 32) != shorten(other, 32)


def test_all_words_stay_readable() -> None:
    assert shorten("elasticsearch-node-to-node-encryption-check", 32) == "elas-node-to-node-encr-chec-69fb"
