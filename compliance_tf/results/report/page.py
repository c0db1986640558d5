"""The page: template, style and scripts, with the hashes by which the browser verifies them."""

from __future__ import annotations

import base64
import hashlib
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from compliance_tf.output.sanitize import visible
from compliance_tf.results.report.console import timeline_url
from compliance_tf.results.report.frameworks import framework_sections
from compliance_tf.results.report.trend import HEIGHT, WIDTH, TrendDay, score_chart, violations_chart
from compliance_tf.results.row import WORST_FIRST
from compliance_tf.results.rule_text import description, remediation, rule_url
from compliance_tf.results.wording import percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from jinja2 import Template

    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_tf.results.counts import Counts
    from compliance_tf.results.report.about import About
    from compliance_tf.results.report.frameworks import FrameworkSection
    from compliance_tf.results.report.row_data import Json
    from compliance_tf.results.report.summary import HeatMap, Summary

_FILES = Path(__file__).parent / "template"

_SCRIPTS = ("theme.js", "rows.js", "order.js", "filters.js", "detail.js", "csv.js", "table.js", "main.js")
"""The scripts in the order of the page, as one module."""

_HEAT_RULES, _HEAT_TYPES, _WORST = 20, 10, 15
"""Maximum entries that are shown; the table below has all."""

_HEAT_STEPS = (0.05, 0.15, 0.35, 0.65)
"""The shares of violations at which a cell is one level darker: most accounts differ at the lower end."""


@dataclass(frozen=True)
class Page:
    """The data of the page except the rows.

    Parameters
    ----------
    about
        The subject.
    summary
        The counts.
    rules
        The rules, in the order of their numbers in the rows.
    types
        The resource types, in the order of their numbers in the rows.
    short_names
        The displayed names of the rules.
    facts
        The lookup tables of the rows.
    days
        The trend, the first day first.
    compared_at
        The times of the rules' last comparisons with AWS Config, by full name.
    """

    about: About
    summary: Summary
    rules: tuple[RuleEntry, ...]
    types: tuple[str, ...]
    short_names: Mapping[str, str]
    facts: Mapping[str, Json]
    days: list[TrendDay] = field(default_factory=list)
    compared_at: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """The version of compliance_tf."""
        return version("compliance-tf")

    @cached_property
    def frameworks(self) -> tuple[FrameworkSection, ...]:
        """The frameworks that its rules map to."""
        return framework_sections(
            self.rules, self.summary.by_rule(), self.about.frameworks, is_complete=not self.about.missing
        )

    @property
    def heat_map(self) -> HeatMap:
        """The rules and types with the most open violations."""
        return self.summary.heat_map(_HEAT_RULES, _HEAT_TYPES)


def render(page: Page, rows: Iterable[str]) -> Iterator[str]:
    """Render the page, piece by piece.

    Parameters
    ----------
    page
        The data except the rows.
    rows
        The output of ``RowWriter``, in pieces.

    Returns
    -------
    Iterator[str]
        The HTML, which is made as it is taken.
    """
    style = _text("report.css")
    script = "\n".join(map(_text, _SCRIPTS))
    return _template().generate(
        page=page,
        summary=page.summary,
        heat_map=page.heat_map,
        worst=page.summary.worst_resources(_WORST),
        rule_numbers={rule.name: number for number, rule in enumerate(page.rules)},
        type_numbers={name: number for number, name in enumerate(page.types)},
        packs=page.summary.by_pack(),
        places=page.summary.by_place(),
        severities=WORST_FIRST,
        timeline_url=timeline_url,
        description=description,
        remediation=remediation,
        rule_url=rule_url,
        by_rule=page.summary.by_rule(),
        style=style,
        script=script,
        violations_chart=violations_chart(page.days) if page.days else None,
        score_chart=score_chart(page.days) if page.days else None,
        chart_size=(WIDTH, HEIGHT),
        style_hash=_content_hash(style),
        script_hash=_content_hash(script),
        rows=rows,
    )


@cache
def _template() -> Template:
    from compliance_tf.output.html_templates import html_templates

    filters: dict[str, Callable[..., object]] = {
        "number": "{:,}".format,
        "percent": percent,
        "heat": heat_level,
        "short_type": short_type,
    }
    return html_templates(_FILES, filters, finalize=_finalize).get_template("report.html")


def heat_level(counts: Counts) -> int:
    """Return the level of a heat map's cell: 0 without open violations, 5 where most are."""
    if counts.non_compliant == 0:
        return 0
    return 1 + bisect_right(_HEAT_STEPS, counts.non_compliant / counts.total)


def short_type(name: str) -> str:
    """Shorten a resource type by the common prefix."""
    return re.sub("^AWS:+", "", name)


def _finalize(value: object) -> object:
    """Escape invisible characters of what is written into the page, unless it is markup already."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _text(name: str) -> str:
    return (_FILES / name).read_text(encoding="utf-8")


def _content_hash(text: str) -> str:
    """Return the hash of an inline script or style: https://www.w3.org/TR/CSP3/#framework-directive-source-list."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
