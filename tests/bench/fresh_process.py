"""Fresh processes of the deployed function, and of what it is compared with."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule, Deployment, Environment
from compliance_tf.checks.folder import CheckFolder
from compliance_tf.constructs import lambda_package

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PREFIX = "bench-dev-"
ENVIRONMENT = Environment(PREFIX, "bench-dev-results", 1)
EVALUATE = "compliance_runtime.handlers.evaluate"

_HERE = Path(__file__).parent
_CHECKS = CheckFolder(_HERE / "bench_checks")


@dataclass(frozen=True)
class Invocation:
    """What one invocation took.

    Parameters
    ----------
    seconds
        How long it took.
    cpu_seconds
        How long it worked.
    peak_mib
        The most memory that its process had used when it ended, in MiB.
    returned
        What the handler returned.
    """

    seconds: float
    cpu_seconds: float
    peak_mib: float
    returned: Any


@dataclass(frozen=True)
class FreshProcess:
    """Runs Python as AWS Lambda does: the zip unpacked, without bytecode, which AWS Lambda cannot keep either.

    Parameters
    ----------
    zip_root
        The folder of the unpacked zip.
    variables
        The environment variables with which boto3 calls the local endpoint.
    environment
        What the function reads of its deployment.
    """

    zip_root: Path
    variables: Mapping[str, str]
    environment: Environment = ENVIRONMENT

    def invoke(self, handler: str, events: Sequence[Any]) -> list[Invocation]:
        """Invoke a handler with one event after the other; its log lines go nowhere."""
        with tempfile.TemporaryDirectory() as folder:
            given, taken = Path(folder) / "events.json", Path(folder) / "measurements.json"
            given.write_text(json.dumps(events))
            self._run(str(_HERE / "invoke.py"), handler, str(given), str(taken))
            return [Invocation(**one) for one in json.loads(taken.read_bytes())]

    def seconds(self, program: str) -> float:
        """Measure a program from the start of the interpreter to its end."""
        started = time.perf_counter()
        self._run("-c", program)
        return time.perf_counter() - started

    def _run(self, *arguments: str) -> None:
        environment = {
            "PATH": "",
            "PYTHONPATH": f"{self.zip_root}:{_HERE / 'handlers'}",
            "PYTHONSAFEPATH": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            **self.variables,
            **self.environment.to_variables(),
        }
        subprocess.run([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, check=True)


@contextmanager
def deployed(rules: Mapping[str, str], variables: Mapping[str, str]) -> Iterator[FreshProcess]:
    """Unpack the zip as it would be deployed.

    Parameters
    ----------
    rules
        The checks in ``bench_checks``, by the id of the rule that each evaluates.
    variables
        As in ``FreshProcess``.
    """
    deployment = Deployment({rule: DeployedRule(_CHECKS.module(check), Severity.LOW) for rule, check in rules.items()})
    package = lambda_package.build(deployment, _CHECKS)
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(BytesIO(package)) as archive:
        archive.extractall(folder)
        yield FreshProcess(Path(folder), variables)


def of_rule(event: dict[str, Any]) -> dict[str, Any]:
    """Set the event's result token, by which the endpoint knows its rule."""
    return event | {"resultToken": event["configRuleName"]}
