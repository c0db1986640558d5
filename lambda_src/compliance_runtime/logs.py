"""Log lines as JSON on standard output, which AWS Lambda sends to CloudWatch Logs.

Some lines are also metrics: they are in the embedded metric format, from which CloudWatch creates metrics in the
namespace ``compliance_tf``, by function: ``Failures``, ``Repaired``, the results that a reconciliation had to correct
because their event was lost, and ``EvaluationsWaiting``, the rules whose evaluation is requested and not started yet.
The rule is in the line and not a dimension of the metric, because every combination of dimensions is a metric that is
charged. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


NAMESPACE = "compliance_tf"
FAILURES = "Failures"
REPAIRED = "Repaired"
WAITING = "EvaluationsWaiting"


@dataclass(frozen=True)
class Log:
    """A logger that writes one line per entry.

    Parameters
    ----------
    request_id
        The id of the invocation.
    function_name
        The name of the function, which has the project and the workspace.
    """

    request_id: str
    function_name: str

    def info(self, message: str, **fields: object) -> None:
        """Log normal progress."""
        self._write("INFO", message, fields)

    def counted(self, message: str, metric: str, count: int, **fields: object) -> None:
        """Log normal progress, and add to a metric."""
        self._write("INFO", message, {**fields, **self._metric(metric, count)})

    def warning(self, message: str, **fields: object) -> None:
        """Log something that may need attention."""
        self._write("WARN", message, fields)

    def failure(self, message: str, cause: Exception, **fields: object) -> None:
        """Log a failure of an invocation, and count it."""
        failed = {"error": type(cause).__name__, "reason": str(cause)}
        self._write("ERROR", message, {**failed, **fields, **self._metric(FAILURES, 1)})

    @contextmanager
    def failures(self, message: str) -> Iterator[dict[str, object]]:
        """Log any exception of the block, and re-raise it: AWS Lambda retries failed invocations.

        Yields
        ------
        dict[str, object]
            The fields of the line, to which the block may add.
        """
        fields: dict[str, object] = {}
        try:
            yield fields
        except Exception as cause:
            self.failure(message, cause, **fields)
            raise

    def _metric(self, name: str, count: int) -> dict[str, object]:
        metric = {
            "Namespace": NAMESPACE,
            "Dimensions": [["FunctionName"]],
            "Metrics": [{"Name": name, "Unit": "Count"}],
        }
        return {
            "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]},
            "FunctionName": self.function_name,
            name: count,
        }

    def _write(self, level: str, message: str, fields: dict[str, object]) -> None:
        entry = {
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": level,
            "requestId": self.request_id,
            "message": message,
            **fields,
        }
        sys.stdout.write(json.dumps(entry, default=str) + "\n")
