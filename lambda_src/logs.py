"""Log lines as JSON on standard output, from where AWS Lambda takes them to CloudWatch Logs."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Log:
    """Writes one line an entry, each with the id of the invocation that it belongs to."""

    request_id: str

    def info(self, message: str, **fields: object) -> None:
        """Log something that happened as it should."""
        self._write("INFO", message, fields)

    def warning(self, message: str, **fields: object) -> None:
        """Log something that somebody may have to look at."""
        self._write("WARN", message, fields)

    def error(self, message: str, **fields: object) -> None:
        """Log something that failed."""
        self._write("ERROR", message, fields)

    @contextmanager
    def failures(self, message: str) -> Iterator[None]:
        """Log any exception of the block, and let it pass: AWS Lambda invokes again what failed."""
        try:
            yield
        except Exception as cause:
            self.error(message, error=type(cause).__name__, reason=str(cause))
            raise

    def _write(self, level: str, message: str, fields: dict[str, object]) -> None:
        entry = {
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": level,
            "requestId": self.request_id,
            "message": message,
            **fields,
        }
        sys.stdout.write(json.dumps(entry, default=str) + "\n")
