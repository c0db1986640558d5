"""Judgements of planned resources as a JUnit report: a suite for each rule, a test case for each resource.

A violation is a failure; a waived one and an undecided judgement are skipped, with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.output.junit import attribute, content
from compliance_tf.review.resources.judgement import Outcome
from compliance_tf.review.resources.sarif import RECORDER_RULE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.review.resources.judgement import Judged, Judgement

_SKIPPED: Final = (Outcome.WAIVED, Outcome.UNDECIDED, Outcome.NOT_APPLICABLE)


def junit(plans: Sequence[Judged]) -> str:
    """Render a report of plans."""
    suites = [suite for judged in plans for suite in _suites(judged)]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>", *suites, "</testsuites>"]) + "\n"


def _suites(judged: Judged) -> list[str]:
    by_rule: dict[str, list[Judgement]] = {}
    for one in judged.judgements:
        by_rule.setdefault(one.rule.id, []).append(one)
    suites = [_suite(judged.name, rule, found) for rule, found in sorted(by_rule.items())]
    if judged.recorders:
        cases = "".join(
            f"{_head(one.address, judged.name)}><failure type={attribute('HIGH')} "
            f"message={attribute('It is what an account and region has once.')}/></testcase>\n"
            for one in judged.recorders
        )
        count = len(judged.recorders)
        suites.append(
            f'<testsuite name="{RECORDER_RULE}" tests="{count}" failures="{count}" errors="0" skipped="0">\n{cases}'
            "</testsuite>"
        )
    return suites


def _suite(plan: str, rule: str, found: list[Judgement]) -> str:
    failures = sum(one.outcome is Outcome.VIOLATION for one in found)
    skipped = sum(one.outcome in _SKIPPED for one in found)
    counts = f'tests="{len(found)}" failures="{failures}" errors="0" skipped="{skipped}"'
    cases = "".join(f"{_case(plan, one)}\n" for one in found)
    return f"<testsuite name={attribute(rule)} {counts}>\n{cases}</testsuite>"


def _case(plan: str, one: Judgement) -> str:
    file = f" file={attribute(one.block.file)}" if one.block else ""
    head = f"{_head(one.address, plan)}{file}"
    if one.outcome is Outcome.COMPLIANT:
        return f"{head}/>"
    if one.outcome is Outcome.VIOLATION:
        severity = attribute(one.rule.severity.value)
        said = f"<failure message={attribute(one.reason)} type={severity}>{content(one.reason)}</failure>"
    else:
        waived = f" Waived: {one.waiver.reason}" if one.waiver else ""
        said = f"<skipped message={attribute(f'{one.outcome.words}: {one.reason}{waived}')}/>"
    return f"{head}>{said}</testcase>"


def _head(address: str, plan: str) -> str:
    return f'<testcase name={attribute(address)} classname={attribute(plan)} time="0"'
