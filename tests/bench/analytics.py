"""Questions to the exported results of a large fleet, and how fast results become Parquet."""

from __future__ import annotations

import resource
import tempfile
import time
from importlib import import_module
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from compliance_runtime.check import Severity
from compliance_runtime.recording.table_schema import Resource
from compliance_tf.results.analytics.parquet import write_parquet
from compliance_tf.results.analytics.sql import ask
from compliance_tf.results.row import Row, Status
from tests.runtime.results.builders import BUCKET, NOW, result, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 20_000_000
CELLS = 1_000
WRITTEN = 200_000

QUESTIONS = {
    "all, by rule": "SELECT rule, status, count(*) FROM results GROUP BY ALL",
    "violations of one rule": "SELECT account, region, resource_id FROM results "
    "WHERE rule = 'rule-07' AND status = 'non-compliant' AND account = '000000000007'",
    "score of each account": "SELECT account, avg((status = 'compliant')::INT) FROM results GROUP BY ALL",
}

MADE = Template("""
COPY (
  SELECT CASE WHEN n % 10 < 9 THEN 'compliant' ELSE 'non-compliant' END AS status, 'HIGH' AS severity,
    'rule-' || lpad(((n // $cells) % 20)::VARCHAR, 2, '0') AS rule, 'acme-prod-' || rule AS rule_name,
    'S3_BUCKET_VERSIONING_ENABLED' AS identifier, ['cis', 'hipaa'] AS packs, 'AWS::S3::Bucket' AS resource_type,
    'bucket-' || hash(n)::VARCHAR AS resource_id, NULL::VARCHAR AS resource_name, NULL::VARCHAR AS resource_arn,
    NULL::VARCHAR AS account_name, 'Missing: owner.' AS reason,
    TIMESTAMPTZ '2026-11-01' + INTERVAL (n % 700) HOUR AS since, TIMESTAMPTZ '2026-11-26' AS recorded_at,
    TIMESTAMPTZ '2026-11-26' AS last_seen, NULL::VARCHAR AS waiver_ticket, NULL::VARCHAR AS waiver_owner,
    NULL::DATE AS waiver_expires, DATE '2026-11-26' AS day,
    lpad(((n % $cells) // 5)::VARCHAR, 12, '0') AS account, 'eu-west-' || (n % 5)::VARCHAR AS region
  FROM (SELECT unnest(generate_series($first, $last - 1)) AS n)
) TO '$folder' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (day, account, region),
  FILENAME_PATTERN 'results-$part{i}', OVERWRITE_OR_IGNORE)
""")


def measure() -> Iterator[Table]:
    """Yield how long questions to all results take, how large they are, and how fast they are written."""
    console = Console(stderr=True)
    table = Table("question", "seconds", title=f"{ROWS:,} results of {CELLS:,} cells, DuckDB with two threads")
    with tempfile.TemporaryDirectory() as temporary, console.status("Making results"):
        folder = Path(temporary, "exports")
        _make(folder)
        size = sum(path.stat().st_size for path in folder.rglob("*.parquet"))
        for name, question in QUESTIONS.items():
            started = time.perf_counter()
            ask(question, folder)
            table.add_row(name, f"{time.perf_counter() - started:.2f}")
        started = time.process_time()
        write_parquet(map(_row, range(WRITTEN)), NOW, str(Path(temporary, "written")), source=lambda _: "acme-dev")
        rate = WRITTEN / (time.process_time() - started)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table.caption = f"{size / 1e6:.0f} MB; written at {rate:,.0f} results a second; at most {memory:,.0f} MB of memory."
    yield table


def _make(folder: Path) -> None:
    duckdb: Any = import_module("duckdb")
    with duckdb.connect(":memory:", config={"threads": 2, "memory_limit": "3GB"}) as connection:
        step = ROWS // 4
        for part in range(4):
            first, last = part * step, (part + 1) * step
            connection.execute(MADE.substitute(cells=CELLS, first=first, last=last, folder=folder, part=part))


def _row(number: int) -> Row:
    found = result("tls", Resource("111122223333", "eu-west-1", BUCKET, f"bucket-{number}"), reason="Missing: owner.")
    return Row(found, rule("tls", Severity.HIGH, "cis", "hipaa"), Status.NON_COMPLIANT, NOW)
