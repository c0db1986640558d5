"""What somebody wrote into an id, a reason or a waiver does nothing to whoever reads results, in any form of them."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re
import sys
import unicodedata
from datetime import date
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import msgspec
import pytest

from compliance_runtime.recording.table_schema import SHARDS, Resource, outbox_key
from compliance_runtime.waivers.waiver import WaiverNote
from compliance_tf.output.sanitize import visible
from compliance_tf.results.exports.export import ExportFormat
from compliance_tf.results.place import ResultsPlace
from compliance_tf.results.report import About, write_report
from compliance_tf.results.resource_view import ResourceView
from compliance_tf.results.row import Row, Status, status
from compliance_tf.results.row_formats import write_csv, write_json
from compliance_tf.results.row_list import print_rows
from compliance_tf.results.watch import Violations, Watch
from tests.hostile_texts import COMMANDS, CONTROLS, FORMULAS, what_acts
from tests.runtime.results.builders import ACCOUNT, BUCKET, NOW, REGION, result, rule
from tests.unit.results.exports.builders import exported

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLACE = ResultsPlace("acme", "dev", REGION, "acme-dev-results")
TEXTS = [text for text in (*CONTROLS.values(), *FORMULAS, *COMMANDS) for _ in (Status.WAIVED, Status.NON_COMPLIANT)]
STYLE = re.compile(r"\x1b\[[0-9;]*m")
"""A colour of rich's own: whatever else begins with an escape has come through."""


def row(text: str, *, waived: bool) -> Row:
    note = WaiverNote(text, text, text, text, date(2027, 3, 31)) if waived else None
    one = result("tls", Resource(ACCOUNT, REGION, BUCKET, text), reason=text, waiver=note)
    return Row(one, rule("tls"), status(one, NOW), NOW)


ROWS = [row(text, waived=number % 2 == 0) for number, text in enumerate(TEXTS)]


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def shown(print_it: Callable[[], object], monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> str:
    stream = Screen() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("TERM", "xterm-256color")
    print_it()
    return stream.getvalue()


def watched() -> None:
    def sleep(_: float) -> None:
        if not pauses:
            raise KeyboardInterrupt
        pauses.pop()

    pauses = [None]
    readings = iter([[], ROWS])
    Watch(lambda: next(readings), PLACE, 5, sleep).run()


def one_resource() -> None:
    for one in ROWS:
        ResourceView(PLACE, one.result.resource, [one], [one.result]).print(NOW, 20)


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
@pytest.mark.parametrize("print_it", [lambda: print_rows(ROWS, NOW), watched, one_resource])
def test_nothing_that_acts_reaches_the_terminal_and_no_line_is_forged(
    print_it: Callable[[], object], monkeypatch: pytest.MonkeyPatch, *, terminal: bool
) -> None:
    text = STYLE.sub("", shown(print_it, monkeypatch, terminal=terminal and print_it is not watched))

    text.encode()
    assert what_acts(text) == []
    assert r"\u001b[2J" in text.replace("\n", "")


def test_the_screen_of_watch_shows_what_is_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    from compliance_tf.output.terminal import Terminal

    violations = Violations()
    events = violations.update(ROWS, NOW)
    screen = Watch(lambda: ROWS, PLACE, 5)._screen(violations, events)
    text = STYLE.sub("", shown(lambda: Terminal().print(screen), monkeypatch, terminal=True))

    assert what_acts(text) == []


@pytest.mark.parametrize("format_", ExportFormat)
def test_every_export_is_written_and_holds_no_control(format_: ExportFormat) -> None:
    text = exported(format_, ROWS)

    text.encode()
    assert what_acts(text) == []


@pytest.mark.parametrize("format_", [ExportFormat.JSON_LINES, ExportFormat.OCSF, ExportFormat.ASFF])
def test_each_line_of_json_is_read_by_a_strict_parser(format_: ExportFormat) -> None:
    for line in exported(format_, ROWS).splitlines():
        msgspec.json.decode(line)


def test_an_id_in_json_is_the_id_to_the_letter_but_for_half_a_pair() -> None:
    lines = [json.loads(line) for line in exported(ExportFormat.JSON_LINES, ROWS).splitlines()]

    for text, line in zip(TEXTS, lines, strict=True):
        assert line["resource"]["id"] == text.replace("\ud800", "\ufffd").replace("\udc00", "\ufffd")


def test_a_log_and_a_report_of_a_pipeline_are_read_back() -> None:
    assert len(msgspec.json.decode(exported(ExportFormat.SARIF, ROWS))["runs"][0]["results"]) == len(ROWS)
    suites = ElementTree.fromstring(exported(ExportFormat.JUNIT, ROWS))  # noqa: S314 (our own)
    assert [case.attrib["name"] for case in suites.iter("testcase")] == [
        visible(one.result.resource.id) for one in ROWS
    ]


def test_no_line_of_csv_is_computed_or_broken() -> None:
    stream = io.StringIO(newline="")
    write_csv(ROWS, stream)
    for text in (stream.getvalue(), exported(ExportFormat.CSV, ROWS)):
        lines = list(csv.reader(io.StringIO(text, newline="")))
        assert len(lines) == len(text.splitlines()) == len(ROWS) + 1
        assert not [cell for line in lines for cell in line if cell.strip().lstrip('"')[:1] in {*"=+-@"}]


def test_the_list_as_json_is_read_by_a_strict_parser() -> None:
    stream = io.StringIO()
    write_json(ROWS, stream)
    assert len(msgspec.json.decode(stream.getvalue())) == len(ROWS)


def test_the_report_is_written_and_its_data_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    write_report(file, About("acme", "dev", NOW), ROWS, rules=[rule("tls")], days=[])

    page = file.read_text(encoding="utf-8")
    assert {one for one in page if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}} <= {"\n", "\t"}
    (data,) = re.findall(r'<script type="text/plain" id="data">(.*?)</script>', page, re.DOTALL)
    rows = [one for line in gzip.decompress(base64.b64decode(data)).splitlines() for one in msgspec.json.decode(line)]
    assert [one[3] for one in rows] == [visible(one.result.resource.id) for one in ROWS]


@pytest.mark.parametrize("text", TEXTS)
def test_any_id_has_a_place_in_the_table(text: str) -> None:
    resource = Resource(ACCOUNT, REGION, BUCKET, text)
    assert 0 <= resource.shard < SHARDS
    assert outbox_key(resource)
