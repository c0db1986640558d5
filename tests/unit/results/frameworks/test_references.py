from __future__ import annotations

import pytest

from compliance_runtime.check import Severity
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_tf.catalog.managed_rules import managed_rules
from compliance_tf.results.frameworks.references import controls_of, first_of_each


def rule(identifier: str | None) -> RuleEntry:
    return RuleEntry("acme-dev-x", Severity.HIGH, (), identifier)


def controls(identifier: str | None) -> list[str]:
    return [str(reference) for reference in controls_of(rule(identifier))]


def test_a_managed_rule_leads_to_its_controls_in_every_framework() -> None:
    found = controls("S3_BUCKET_SSL_REQUESTS_ONLY")

    assert {"cis-1.4-level-2/2.1.2", "nist-csf/PR.DS-2", "hipaa/164.312(e)(1)"} <= set(found)


def test_a_check_leads_to_the_controls_of_the_managed_rule_that_it_stands_for() -> None:
    assert controls("bucket-tls-only") == controls("S3_BUCKET_SSL_REQUESTS_ONLY")


def test_a_check_that_no_managed_rule_is_like_leads_to_its_own() -> None:
    assert "cis-1.4-level-2/3.5" in controls("config-recorder")


@pytest.mark.parametrize("identifier", [None, "their-own-check", "REQUIRED_TAGS"])
def test_what_no_framework_knows_leads_nowhere(identifier: str | None) -> None:
    assert controls(identifier) == []


def test_no_reference_is_longer_than_security_hub_takes() -> None:
    every = [reference for identifier in managed_rules().rules for reference in controls(identifier)]

    assert max(map(len, every)) <= 64


def test_the_first_of_each_framework_come_before_the_second_of_any() -> None:
    every = controls_of(rule("MULTI_REGION_CLOUD_TRAIL_ENABLED"))
    names = {reference.framework for reference in every}

    assert {reference.framework for reference in first_of_each(every, len(names))} == names


def test_the_first_of_each_keep_their_order_and_are_all_where_there_is_room() -> None:
    every = controls_of(rule("S3_BUCKET_SSL_REQUESTS_ONLY"))

    assert first_of_each(every, 1000) == every
    assert first_of_each(every, 5) == tuple(one for one in every if one in first_of_each(every, 5))
    assert len(first_of_each(every, 5)) == 5
