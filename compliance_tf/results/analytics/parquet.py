"""Writes results as Parquet, in a folder for each day, account and region, here or in a bucket that exists."""

from __future__ import annotations

import re
import secrets
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from compliance_tf.errors import ExportError
from compliance_tf.model.extras import Extra
from compliance_tf.results.analytics.columns import COLUMNS, PARTITIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from compliance_tf.results.row import Row

FILES: Final = "*.parquet"
"""The files of a day, account and region: one of each deployment, so that a later export of the day takes its place."""

_BATCH: Final = 20_000
"""Rows that are held of each account and region, and written as one group: some 15 MB."""

_OPEN: Final = 64
"""Files that are written at a time: a program may have some thousand open, and a fleet may have more cells."""

_BUCKET: Final = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>.*?))?/?")


Place: TypeAlias = tuple[str, str, str]
"""An account, a region, and the source of the results there: project and workspace, or an aggregator."""


def write_parquet(
    rows: Iterable[Row],
    taken_at: datetime,
    target: str,
    *,
    source: Callable[[Row], str],
    read_to_end: Callable[[], Mapping[Place, bool]] = dict,
    kms_key: str | None = None,
) -> int:
    """Write results as Parquet.

    Parameters
    ----------
    rows
        The results in any order: no more of them are held than a group for each account and region.
    taken_at
        When they were read, with an offset: the day of the folders.
    target
        A folder, which is made if it does not exist, or ``s3://bucket/prefix`` of a bucket that exists.
    source
        Names the source of a row, each of which has files of its own.
    read_to_end
        Tells of places, when there are no more rows, whether all of theirs were read: where they were, there is a
        file, also without rows, and where they were not, an earlier one stays.
    kms_key
        The ARN of the KMS key that a bucket asks for in each request; its own default unless given.

    Returns
    -------
    int
        The number of files that were written.

    Raises
    ------
    ExportError
        When the target cannot be written. Every file that is there is whole, of this export or an earlier one.
    MissingExtraError
        When pyarrow is not installed.
    """
    Extra.ANALYTICS.require()
    day = taken_at.astimezone(UTC).date().isoformat()
    bucket = _BUCKET.fullmatch(target)
    if target.startswith("s3:") and not bucket:
        raise ExportError(f"{target} is not a place in a bucket: give s3://bucket/prefix.")
    if kms_key and bucket is None:
        raise ExportError("--kms-key is for objects in a bucket: give s3://bucket/prefix.")
    try:
        if bucket is None:
            return _write(rows, day, Path(target), source, read_to_end)
        upload = _Upload(bucket["bucket"], bucket["prefix"] or "", kms_key)
        upload.require_bucket()
        with tempfile.TemporaryDirectory() as folder:
            files = _write(rows, day, Path(folder), source, read_to_end)
            upload.send(Path(folder))
            return files
    except OSError as cause:
        raise ExportError(f"{target} cannot be written: {cause.strerror or cause}.") from cause


def _write(
    rows: Iterable[Row],
    day: str,
    folder: Path,
    source: Callable[[Row], str],
    read_to_end: Callable[[], Mapping[Place, bool]],
) -> int:
    with _files(folder) as files:
        for row in rows:
            resource = row.result.resource
            files.of(_path(day, (resource.account, resource.region, source(row)))).add(row)
        for place, is_whole in read_to_end().items():
            if is_whole:
                files.of(_path(day, place))
            else:
                files.leave_out(_path(day, place))
    return len(files.written)


def _path(day: str, place: Place) -> str:
    *values, source = day, *place
    folders = [f"{name}={_name(value)}" for name, value in zip(PARTITIONS, values, strict=True)]
    return "/".join([*folders, FILES.replace("*", _name(source))])


@dataclass
class _File:
    """A file that is written, in parts that no reader takes for one, until it is whole."""

    path: Path
    rows: list[Row] = field(default_factory=list)
    parts: list[Path] = field(default_factory=list)
    writer: Any = None

    def add(self, row: Row) -> None:
        self.rows.append(row)
        if len(self.rows) == _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write the rows that are held, and none of an empty file."""
        if self.rows or not self.parts:
            self._write(_table(self.rows))
            self.rows.clear()

    def close(self) -> None:
        """Let go of what is open: what comes later is another part."""
        self.flush()
        if self.writer is not None:
            self.writer.close()
            self.writer = None

    def finish(self) -> None:
        """Write all parts as one, and give that its name."""
        self.close()
        parquet = import_module("pyarrow.parquet")
        first, *others = self.parts
        if others:
            for part in list(self.parts):
                with parquet.ParquetFile(part) as read:
                    for number in range(read.num_row_groups):
                        self._write(read.read_row_group(number))
            self.close()
            first = self.parts[-1]
        first.replace(self.path)

    def discard(self) -> None:
        """Remove all parts."""
        if self.writer is not None:
            self.writer.close()
        for part in self.parts:
            part.unlink(missing_ok=True)

    def _write(self, table: Any) -> None:  # noqa: ANN401 (pyarrow has no types)
        if self.writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            part = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.unfinished")
            self.writer = import_module("pyarrow.parquet").ParquetWriter(part, _schema(), compression="zstd")
            self.parts.append(part)
        self.writer.write_table(table)


@dataclass
class _Files:
    folder: Path
    written: dict[str, _File] = field(default_factory=dict)
    open: dict[str, _File] = field(default_factory=dict)

    def of(self, path: str) -> _File:
        if path not in self.open:
            # Cells come one after the other: what another one left is written, so that rows of few are held.
            for one in self.open.values():
                one.flush()
            if len(self.open) == _OPEN:
                self.open.pop(next(iter(self.open))).close()
            self.open[path] = self.written.setdefault(path, _File(self.folder / path))
        return self.open[path]

    def leave_out(self, path: str) -> None:
        """Have no such file."""
        self.open.pop(path, None)
        if file := self.written.pop(path, None):
            file.discard()


@contextmanager
def _files(folder: Path) -> Iterator[_Files]:
    """Return the files of a folder; they take their names when all rows are read."""
    files = _Files(folder)
    try:
        yield files
        for file in files.written.values():
            file.finish()
    finally:
        for file in files.written.values():
            file.discard()


def _table(rows: list[Row]) -> Any:  # noqa: ANN401 (pyarrow has no types)
    pa = import_module("pyarrow")
    schema = _schema()
    arrays = [
        pa.array([column.of(row) for row in rows], type_) for column, type_ in zip(COLUMNS, schema.types, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _schema() -> Any:  # noqa: ANN401 (pyarrow has no types)
    pa = import_module("pyarrow")
    types = {
        "string": pa.string(),
        "timestamp": pa.timestamp("ms", tz="UTC"),
        "date": pa.date32(),
        "array<string>": pa.list_(pa.string()),
    }
    return pa.schema([(column.name, types[column.kind]) for column in COLUMNS])


def _name(value: str) -> str:
    """Keep a name from leading elsewhere: accounts, regions and deployments are letters, digits and these."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", value) or "_"


@dataclass(frozen=True)
class _Upload:
    """Sends files to a bucket: S3 shows an object when it has all of it, in the place of the earlier one."""

    bucket: str
    prefix: str
    kms_key: str | None

    @cached_property
    def client(self) -> Any:  # noqa: ANN401 (boto3's clients have no common type)
        import boto3

        return boto3.client("s3")

    def require_bucket(self) -> None:
        """Fail before all results are read where there is no such bucket; who may only write is not told so."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client.head_bucket(Bucket=self.bucket)
        except ClientError as cause:
            if cause.response["Error"]["Code"] in {"404", "NoSuchBucket"}:
                raise ExportError(f"There is no bucket {self.bucket}: make it first, or give another one.") from cause
        except BotoCoreError as cause:
            raise ExportError(f"s3://{self.bucket} does not answer: {cause}.") from cause

    def send(self, folder: Path) -> None:
        from boto3.exceptions import S3UploadFailedError
        from botocore.exceptions import BotoCoreError, ClientError

        headers = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.kms_key} if self.kms_key else None
        for path in sorted(folder.rglob(FILES)):
            key = "/".join(filter(None, [self.prefix, path.relative_to(folder).as_posix()]))
            try:
                self.client.upload_file(str(path), self.bucket, key, ExtraArgs=headers)
            except (BotoCoreError, ClientError, S3UploadFailedError) as cause:
                raise ExportError(
                    f"s3://{self.bucket}/{key} cannot be written: {cause}. It takes s3:PutObject and, of a bucket "
                    "with a KMS key, kms:GenerateDataKey and kms:Decrypt; --kms-key where the bucket asks for the key."
                ) from cause
