"""The comparison of a large account with AWS Config: time, calls and memory, in runs of 15 minutes as on AWS.

DynamoDB is local AWS, and AWS Config an endpoint that answers at once, so time is that of this machine. On AWS each
call takes its time too: the prices by memory say which.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections import defaultdict
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from compliance_runtime.check import Compliance
from compliance_runtime.deployment import DeployedRule, Deployment, Environment
from compliance_tf.constructs import lambda_package
from compliance_tf.local import LocalAws
from compliance_tf.results.place import ResultsPlace
from tests.bench.config_endpoint import ConfigEndpoint
from tests.bench.fresh_process import FreshProcess, Invocation
from tests.bench.invoke import FUNCTION_ARN
from tests.bench.results_data import ACCOUNT, PREFIX, REGION, LargeAccount, now
from tests.runtime.results.table import WrittenTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.recording.results import Result

SIZES = (10_000, 100_000)
PLACE = ResultsPlace("acme", "prod", REGION, "acme-prod-results")
HANDLER = "counted_record.handle"

LOST = 1_000
"""Of so many events one is lost."""

BATCH = 100
"""Evaluations of one PutEvaluations."""

MEMORY = (256, 512, 1024, 1769)
WHOLE_PROCESSOR_MB = 1769
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""

CALL_SECONDS = {"GetComplianceDetailsByConfigRule": 0.1, "Query": 0.02}
"""What a call may take on AWS, of pages of 100 results and of 1 MB: assumed, not measured."""

OTHER_CALL_SECONDS = 0.01
USD_OF_A_GIBIBYTE_SECOND = 0.0000133334
"""arm64 in us-east-1; see https://aws.amazon.com/lambda/pricing/."""


@dataclass(frozen=True)
class Runs:
    """What a comparison took, run by run."""

    idle_mib: float
    runs: tuple[Invocation, ...]

    @property
    def calls(self) -> dict[str, int]:
        """How often each operation was called."""
        calls: defaultdict[str, int] = defaultdict(int)
        for run in self.runs:
            for operation, count in run.returned["calls"].items():
                calls[operation] += count
        return calls

    @property
    def counts(self) -> dict[str, int]:
        """What came of it."""
        return {
            name: sum(run.returned["counts"][name] for run in self.runs) for name in ("checked", "written", "closed")
        }


def measure() -> Iterator[Table]:
    """Yield a table of the comparisons, and one of prices."""
    console = Console(stderr=True)
    shown = Table(
        *("results", "written", "closed", "runs", "seconds", "CPU seconds", "AWS Config", "Query", "other calls"),
        *("idle MiB", "peak MiB"),
        title="Comparing the table with AWS Config",
        caption="First when some events were lost, then when none was.",
    )
    last: Runs | None = None
    for size in SIZES:
        with LocalAws.start() as aws, ConfigEndpoint(REGION) as endpoint, tempfile.TemporaryDirectory() as folder:
            with console.status(f"Writing {size:,} results"):
                account = LargeAccount(size, now())
                WrittenTable.create(aws.client("dynamodb", ACCOUNT, REGION), PLACE).put(_known(account))
                _judge(endpoint, account)
            process = _deployed(Path(folder), account, aws, endpoint)
            for _ in ("some lost", "none lost"):
                with console.status(f"Comparing {size:,} results"):
                    last = _compare(process)
                shown.add_row(*_cells(last))
    yield shown
    if last:
        yield _prices(last)


def _known(account: LargeAccount) -> Iterator[Result]:
    """What the table has: the events of some results were lost, and those of others that are stale."""
    for number, result in enumerate(account.present()):
        if number % LOST == 1:
            continue
        flipped = Compliance.COMPLIANT if result.compliance is Compliance.NON_COMPLIANT else Compliance.NON_COMPLIANT
        yield replace(result, compliance=flipped, waiver=None) if number % LOST == 2 else replace(result, waiver=None)


def _judge(endpoint: ConfigEndpoint, account: LargeAccount) -> None:
    """Have AWS Config say what it says; of one rule, some resources are deleted."""
    connection = endpoint.connection()
    pending: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)

    def put(rule: str) -> None:
        body = json.dumps({"ResultToken": rule, "Evaluations": pending.pop(rule)})
        connection.request("POST", "/", body, {"X-Amz-Target": "StarlingDoveService.PutEvaluations"})
        connection.getresponse().read()

    stale = account.rules[0].name
    for number, result in enumerate(account.present()):
        if number % LOST < BATCH and result.rule_name == stale:
            continue
        batch = pending[result.rule_name]
        batch.append(
            {
                "ComplianceResourceType": result.resource.type,
                "ComplianceResourceId": result.resource.id,
                "ComplianceType": result.compliance.value,
                "Annotation": result.annotation,
                "OrderingTimestamp": result.time.timestamp(),
            }
        )
        if len(batch) == BATCH:
            put(result.rule_name)
    for rule in list(pending):
        put(rule)
    connection.close()


def _deployed(folder: Path, account: LargeAccount, aws: LocalAws, endpoint: ConfigEndpoint) -> FreshProcess:
    rules = {
        rule.name.removeprefix(PREFIX): DeployedRule(None, rule.severity, packs=rule.packs, identifier=rule.identifier)
        for rule in account.rules
    }
    with zipfile.ZipFile(BytesIO(lambda_package.build(Deployment(rules)))) as archive:
        archive.extractall(folder)
    local = aws.environment(ACCOUNT, REGION)
    variables = {**local, **endpoint.variables, "AWS_ENDPOINT_URL_DYNAMODB": local["AWS_ENDPOINT_URL"]}
    del variables["AWS_ENDPOINT_URL"]
    variables[FUNCTION_ARN] = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:acme-prod-record"
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        variables[name] = local[name]
    return FreshProcess(folder, variables, Environment(PREFIX, PLACE.table, 1))


def _compare(process: FreshProcess) -> Runs:
    # A small comparison before shows what a function needs that does nothing.
    idle, first = process.invoke(HANDLER, [{"action": "notify"}, {"action": "reconcile"}])
    runs = [first]
    while runs[-1].returned["counts"]["left"]:
        runs += process.invoke(HANDLER, [{"action": "continue"}])
    return Runs(idle.peak_mib, tuple(runs))


def _cells(runs: Runs) -> tuple[str, ...]:
    calls = dict(runs.calls)
    listed, queries = calls.pop("GetComplianceDetailsByConfigRule"), calls.pop("Query")
    return (
        *(f"{number:,}" for number in runs.counts.values()),
        str(len(runs.runs)),
        f"{sum(run.seconds for run in runs.runs):,.0f}",
        f"{sum(run.cpu_seconds for run in runs.runs):,.0f}",
        *(f"{number:,}" for number in (listed, queries, sum(calls.values()))),
        f"{runs.idle_mib:.0f}",
        f"{max(run.peak_mib for run in runs.runs):.0f}",
    )


def _prices(runs: Runs) -> Table:
    """Show what that may take and cost on AWS, by the function's memory."""
    waiting = sum(CALL_SECONDS.get(name, OTHER_CALL_SECONDS) * count for name, count in runs.calls.items())
    working = sum(run.cpu_seconds for run in runs.runs)
    shown = Table(
        *("memory", "seconds", "USD"),
        title=f"The last of them on AWS, reckoned: {waiting:,.0f} s of waiting, and work by the share of a processor",
    )
    for memory in MEMORY:
        seconds = waiting + working * WHOLE_PROCESSOR_MB / memory
        shown.add_row(f"{memory} MB", f"{seconds:,.0f}", f"{seconds * memory / 1024 * USD_OF_A_GIBIBYTE_SECOND:.4f}")
    return shown
