"""Reading a results table of 10,000 and of 100,000 results: time, read units, and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from compliance_tf.local import LocalAws
from compliance_tf.results.place import ResultsPlace
from tests.bench.read_results import QUESTIONS
from tests.bench.results_data import ACCOUNT, REGION, LargeAccount, now
from tests.repository import REPOSITORY
from tests.runtime.results.table import WrittenTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.recording.table_schema import Resource

SIZES = (10_000, 100_000)
PLACE = ResultsPlace("acme", "prod", REGION, "acme-prod-results")


@dataclass(frozen=True)
class Written:
    """What a table holds that questions are about."""

    results: int
    rule: str
    resource: Resource


def measure() -> Iterator[Table]:
    """Yield a table for each size."""
    console = Console(stderr=True)
    for size in SIZES:
        with LocalAws.start() as aws:
            with console.status(f"Writing {size:,} results"):
                written = _write(aws, size)
            table = Table(
                *("question", "rows", "seconds", "ratio", "CPU", "ratio", "Queries", "read units", "MiB", "for rows"),
                title=f"Reading {written.results:,} results; ratio: to boto3 reading the same pages and doing nothing",
            )
            for question in QUESTIONS:
                with console.status(f"{question} of {written.results:,}"):
                    table.add_row(question, *_cells(_ask(aws, question, written)))
            yield table


def _write(aws: LocalAws, size: int) -> Written:
    account = LargeAccount(size, now())
    table = WrittenTable.create(aws.client("dynamodb", ACCOUNT, REGION), PLACE)
    rules: Counter[str] = Counter()
    resources: Counter[Resource] = Counter()

    def present() -> Any:
        for result in account.present():
            rules[result.rule_name] += 1
            resources[result.resource] += 1
            yield result

    table.put(present(), rules=account.rules, days=account.days())
    return Written(rules.total(), rules.most_common(1)[0][0], resources.most_common(1)[0][0])


def _ask(aws: LocalAws, question: str, written: Written) -> dict[str, Any]:
    subject = written.resource.key if question == "one resource" else written.rule
    ran = subprocess.run(
        [sys.executable, "-m", "tests.bench.read_results", question, subject],
        cwd=REPOSITORY,
        env={**os.environ, **aws.environment(ACCOUNT, REGION)},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    taken: dict[str, Any] = json.loads(ran.stdout)
    if set(taken["calls"]) != {"Query"}:
        raise RuntimeError(f"{question} sends {taken['calls']}, and not just Queries.")
    return taken


def _cells(taken: dict[str, Any]) -> tuple[str, ...]:
    return (
        f"{taken['rows']:,}",
        f"{taken['seconds']:.2f}",
        f"{taken['seconds'] / taken['bare_seconds']:.2f}",
        f"{taken['cpu']:.2f}",
        f"{taken['cpu'] / taken['bare_cpu']:.2f}",
        f"{taken['queries']:,}",
        f"{taken['units']:,.1f}",
        f"{taken['peak_mib']:.0f}",
        f"{taken['peak_mib'] - taken['idle_mib']:.0f}",
    )
