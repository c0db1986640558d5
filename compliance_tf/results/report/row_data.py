"""The rows in the page: compressed, with repeated texts written once."""

from __future__ import annotations

import base64
import json
import zlib
from typing import IO, TYPE_CHECKING, Generic, TypeAlias, TypeVar

from compliance_tf.output.sanitize import utf8_text, visible
from compliance_tf.results.report.console import timeline_base
from compliance_tf.results.row import Status
from compliance_tf.results.rule_text import description, remediation, rule_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_runtime.waivers.waiver import WaiverNote
    from compliance_tf.results.row import Row

STATUSES = (Status.NON_COMPLIANT, Status.WAIVED, Status.COMPLIANT)
"""The sort order of the statuses."""

_BLOCK = 1000
"""Rows that the page parses at once: enough for speed, few enough for memory."""

_GZIP = 31
"""zlib's window bits for a gzip stream, which is what browsers decompress. It has no time in it."""

Json: TypeAlias = str | int | list["Json"] | dict[str, "Json"] | None

T = TypeVar("T")


class Texts(Generic[T]):
    """An enumeration of values in the order of their occurrence."""

    def __init__(self, known: Iterable[T] = ()) -> None:
        self._numbers = {thing: number for number, thing in enumerate(known)}

    def number(self, thing: T) -> int:
        """Return the number of a value."""
        return self._numbers.setdefault(thing, len(self._numbers))

    def __iter__(self) -> Iterator[T]:
        """Iterate over the values in the order of their numbers."""
        return iter(self._numbers)


class RowWriter:
    """A writer of rows into a file, as base64 of gzip of lines, each a JSON list of rows.

    A row is ``[type, region, account, resource id, rule, status, reason, since, last seen, waiver, name, ARN]``: texts
    that repeat are indices into ``facts``, times are seconds since 1970, and missing values are null.

    Parameters
    ----------
    file
        The output; ASCII is written.
    rules
        The known rules before the first row.
    """

    def __init__(self, file: IO[bytes], rules: Iterable[RuleEntry]) -> None:
        self.rules: Texts[RuleEntry] = Texts(rules)
        # Of a name, for the hash of an entry is that of all its members.
        self._rule_numbers: dict[str, int] = {}
        self.types: Texts[str] = Texts()
        self._regions: Texts[str] = Texts()
        self._accounts: Texts[tuple[str, str | None]] = Texts()
        self._waivers: Texts[WaiverNote] = Texts()
        self._compressor = zlib.compressobj(wbits=_GZIP)
        self._encoder = _Base64Writer(file)
        self._block: list[Json] = []
        self.rows = 0

    def write(self, row: Row) -> None:
        """Add a row, which must not be closed."""
        result, resource = row.result, row.result.resource
        rule = self._rule_numbers.get(row.rule.name)
        if rule is None:
            rule = self._rule_numbers[row.rule.name] = self.rules.number(row.rule)
        self._block.append(
            [
                self.types.number(resource.type),
                self._regions.number(resource.region),
                self._accounts.number((resource.account, row.names.account)),
                visible(resource.id),
                rule,
                STATUSES.index(row.status),
                None if result.annotation is None else visible(result.annotation),
                int((result.since or result.time).timestamp()),
                int(row.last_seen.timestamp()),
                None if result.waiver is None else self._waivers.number(result.waiver),
                None if row.resource_name is None else visible(row.resource_name),
                None if row.names.arn is None else visible(row.names.arn),
            ]
        )
        self.rows += 1
        if len(self._block) == _BLOCK:
            self._flush()

    def close(self) -> None:
        """Write the remaining rows; the file stays open."""
        self._flush()
        self._encoder.write(self._compressor.flush())
        self._encoder.close()

    def facts(self, short_names: Mapping[str, str], controls: Mapping[str, Sequence[str]]) -> dict[str, Json]:
        """Return the lookup tables for the numbers in the rows."""
        return {
            "rows": self.rows,
            "statuses": [status.value for status in STATUSES],
            "types": list(self.types),
            "regions": [{"name": visible(one), "timeline": timeline_base(visible(one))} for one in self._regions],
            "accounts": [
                {"number": visible(number), "name": name and visible(name)} for number, name in self._accounts
            ],
            "rules": [
                {
                    "name": rule.name,
                    "short": short_names.get(rule.name, rule.name),
                    "severity": rule.severity.value,
                    "packs": list(rule.packs),
                    "controls": list(controls.get(rule.name, ())),
                    "identifier": rule.identifier,
                    "description": visible(description(rule)),
                    "remediation": remediation(rule),
                    "page": rule_url(rule),
                }
                for rule in self.rules
            ],
            "waivers": [
                {
                    "ticket": visible(note.ticket),
                    "owner": visible(note.owner),
                    "reason": visible(note.reason),
                    "resource": visible(note.resource),
                    "expires": note.expires.isoformat(),
                }
                for note in self._waivers
            ],
        }

    def _flush(self) -> None:
        if self._block:
            line = utf8_text(json.dumps(self._block, ensure_ascii=False, separators=(",", ":"))) + "\n"
            self._encoder.write(self._compressor.compress(line.encode()))
            self._block.clear()


class _Base64Writer:
    """A base64 encoder of streams, which encodes three bytes at a time."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._rest = b""

    def write(self, data: bytes) -> None:
        data = self._rest + data
        whole = len(data) - len(data) % 3
        self._file.write(base64.b64encode(data[:whole]))
        self._rest = data[whole:]

    def close(self) -> None:
        self._file.write(base64.b64encode(self._rest))
        self._rest = b""
