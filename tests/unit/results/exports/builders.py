"""Builders of rows to export, of any text, and of exports."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_runtime.recording.table_schema import Resource
from compliance_runtime.waivers.waiver import WaiverNote
from compliance_tf.results.exports.export import ExportFormat, Snapshot, write
from compliance_tf.results.place import ResultsPlace
from compliance_tf.results.row import NO_NAMES, Names, Row, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PLACE = ResultsPlace("acme", "dev", "eu-west-1", "acme-dev-results")
SNAPSHOT = Snapshot(PLACE, NOW)

POLICY_NAMES = Names("deployers", "arn:aws:iam::111122223333:policy/deployers", "production")

TLS_ONLY = RuleEntry("acme-dev-s3-tls", Severity.HIGH, ("cis-1.4-level-2",), "S3_BUCKET_SSL_REQUESTS_ONLY")

COMPLIANCES = {
    Status.COMPLIANT: Compliance.COMPLIANT,
    Status.NON_COMPLIANT: Compliance.NON_COMPLIANT,
    Status.WAIVED: Compliance.NON_COMPLIANT,
    Status.CLOSED: Compliance.NOT_APPLICABLE,
}


def waiver(reason: str = "Gone in spring.", **more: Any) -> WaiverNote:
    fields: dict[str, Any] = {
        "ticket": "SEC-214",
        "owner": "team-data",
        "resource": "id logs",
        "expires": date(2027, 3, 31),
    } | more
    return WaiverNote(reason=reason, **fields)


def row(
    status: Status = Status.NON_COMPLIANT,
    *,
    rule: RuleEntry = TLS_ONLY,
    resource_id: str = "logs",
    resource_type: str = "AWS::S3::Bucket",
    reason: str | None = "No statement denies requests without TLS.",
    note: WaiverNote | None = None,
    names: Names = NO_NAMES,
) -> Row:
    """A row of a bucket that reads so since three days, and was seen so an hour ago."""
    since = NOW - timedelta(days=3)
    if status is Status.WAIVED:
        note = note or waiver()
    resource = Resource("111122223333", "eu-west-1", resource_type, resource_id)
    result = Result(resource, rule.name, rule.severity, COMPLIANCES[status], reason, since, since, note)
    return Row(result, rule, status, NOW - timedelta(hours=1), names)


def exported(format_: ExportFormat, rows: Iterable[Row]) -> str:
    stream = io.StringIO(newline="")
    write(format_, rows, SNAPSHOT, stream)
    return stream.getvalue()


def _texts(most: int, least: int = 0) -> st.SearchStrategy[str]:
    """Text of any characters, and text that formats trip over."""
    awkward = (
        "]]>",
        "=1+1",
        "+x",
        "-1",
        "@SUM(A1)",
        "\t",
        "a\r\nb",
        "\x00\x1b[0m",
        "<&\"'>",
        "🙈",
        "a,b;c",
        " ",
        "%2F/..",
    )
    pieces = st.one_of(st.sampled_from(awkward), st.just("long " * 120), st.text(min_size=1, max_size=8))
    return st.lists(pieces, min_size=least, max_size=6).map(lambda parts: "".join(parts)[:most])


any_row = st.builds(
    row,
    status=st.sampled_from(Status),
    rule=st.builds(
        RuleEntry,
        name=st.from_regex(r"acme-dev-[a-z0-9-]{1,40}", fullmatch=True),
        severity=st.sampled_from(Severity),
        packs=st.sampled_from([(), ("hipaa",), ("hipaa", "nist-csf")]),
        identifier=st.sampled_from(
            [None, "bucket-tls-only", "their-own", "S3_BUCKET_SSL_REQUESTS_ONLY", "VPC_FLOW_LOGS_ENABLED"]
        ),
    ),
    resource_id=_texts(768, least=1),
    resource_type=st.sampled_from(["AWS::S3::Bucket", "AWS::::Account", "AWS::KMS::Key", "Other::New::Type"]),
    reason=st.none() | _texts(256),
    names=st.just(NO_NAMES)
    | st.builds(Names, st.none() | _texts(256), st.none() | _texts(600), st.none() | _texts(300)),
    note=st.none() | st.builds(waiver, reason=_texts(2000, least=1), ticket=_texts(100, least=1)),
)
