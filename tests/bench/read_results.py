"""Asks one question of a results table in a process of its own, and writes what it took: run by ``results.py``.

DynamoDB counts half a read unit for each 4 KiB of a page; the stand-in counts half a unit for each page, whatever its
size. So the units are counted here, from the size of the items; where a page only counts them, from their usual size.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from compliance_runtime.check import Compliance
from compliance_runtime.recording.table_schema import Resource
from compliance_tf.results.deployment import open_results
from compliance_tf.results.exports.export import ExportFormat, Snapshot, write
from compliance_tf.results.selection import Selection
from compliance_tf.results.summary import summarize
from tests.bench.invoke import peak_mib
from tests.bench.report import report

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_tf.results.reader import ResultsReader

USUAL_BYTES = 508
"""Bytes of a present result of ``LargeAccount`` that complies, on average."""

_UNIT_BYTES = 4096


@dataclass
class Units:
    """Read units as AWS counts them, of eventually consistent Queries, and the calls by operation."""

    total: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)

    def count(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        """Take a page."""
        items = parsed.get("Items")
        size = sum(map(_bytes, items)) if items is not None else parsed["Count"] * USUAL_BYTES
        self.total += max(1, ceil(size / _UNIT_BYTES)) / 2
        self.calls[model.name] += 1


def _bytes(item: dict[str, Any]) -> int:
    return sum(len(name) + sum(map(len, value.values())) for name, value in item.items())


def _summary(reader: ResultsReader, _: str) -> int:
    return summarize(reader).overall.total


def _first_violations(reader: ResultsReader, _: str) -> int:
    rows = Selection().rows(reader, page_items=101)
    return sum(1 for _row, _number in zip(rows, range(100), strict=False))


def _rule(reader: ResultsReader, rule: str) -> int:
    return sum(1 for _ in reader.of_rules([rule], Compliance.NON_COMPLIANT))


def _resource(reader: ResultsReader, key: str) -> int:
    resource = Resource(*key.split("#")[1:])
    return len(reader.of_resource(resource)) + len(reader.history(resource))


def _export(reader: ResultsReader, _: str) -> int:
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        write(ExportFormat.JSON_LINES, reader.all(), Snapshot(reader.place, reader.at), nowhere)
    return reader.usage.items


QUESTIONS: dict[str, Callable[[ResultsReader, str], int]] = {
    "summary": _summary,
    "first 100 violations": _first_violations,
    "violations of a rule": _rule,
    "one resource": _resource,
    "report": report,
    "export as JSON lines": _export,
}


def main(question: str, subject: str) -> None:
    """Ask, and write JSON; then read the same pages again, one after the other, with nothing but boto3."""
    reader = open_results("prod", project="acme", region="eu-central-1")
    units = Units()
    requests: list[dict[str, Any]] = []
    events = reader._client.meta.events
    events.register("after-call.dynamodb", units.count)
    events.register("provide-client-params.dynamodb", lambda params, **_: requests.append(dict(params)))
    before, started, cpu = peak_mib(), time.perf_counter(), time.process_time()
    rows = QUESTIONS[question](reader, subject)
    taken = {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "rows": rows,
        "queries": reader.usage.requests,
        "units": units.total,
        "peak_mib": peak_mib(),
        "idle_mib": before,
        "calls": units.calls,
    }
    client = boto3.client("dynamodb", region_name="eu-central-1")
    started, cpu = time.perf_counter(), time.process_time()
    for request in requests:
        client.query(**request)
    taken |= {"bare_seconds": time.perf_counter() - started, "bare_cpu": time.process_time() - cpu}
    sys.stdout.write(json.dumps(taken))


if __name__ == "__main__":
    main(*sys.argv[1:])
