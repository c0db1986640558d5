"""Writes results as Parquet, in a folder for each day, account and region, here or in a bucket that exists."""

from __future__ import annotations

import re
import secrets
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.errors import ExportError
from compliance_tf.model.extras import Extra
from compliance_tf.results.analytics.columns import COLUMNS, PARTITIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from compliance_tf.results.row import Row

FILES: Final = "results-*.parquet"
"""The files of a day, account and region: one, unless their results came apart. A later export of the day takes their
place."""

_BATCH: Final = 20_000
"""Rows that are held of each account and region, and written as one group: some 15 MB."""

_OPEN: Final = 64
"""Files that are written at a time: a program may have some thousand open, and a fleet may have more cells."""

_BUCKET: Final = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>.*?))?/?")


def write_parquet(rows: Iterable[Row], taken_at: datetime, target: str) -> int:
    """Write results, and tell how many files there are.

    Parameters
    ----------
    rows
        The results in any order: no more of them are held than a group for each account and region.
    taken_at
        When they were read, with an offset: the day of the folders.
    target
        A folder, which is made if it does not exist, or ``s3://bucket/prefix`` of a bucket that exists.

    Raises
    ------
    ExportError
        When the target cannot be written.
    MissingExtraError
        When pyarrow is not installed.
    """
    Extra.ANALYTICS.require()
    day = taken_at.astimezone(UTC).date().isoformat()
    bucket = _BUCKET.fullmatch(target)
    if target.startswith("s3:") and not bucket:
        raise ExportError(f"{target} is no place in a bucket: give s3://bucket/prefix.")
    try:
        if bucket is None:
            return _write(rows, day, Path(target))
        with tempfile.TemporaryDirectory() as folder:
            files = _write(rows, day, Path(folder))
            _upload(Path(folder), bucket["bucket"], bucket["prefix"] or "")
            return files
    except OSError as cause:
        raise ExportError(f"{target} cannot be written: {cause.strerror or cause}.") from cause


def _write(rows: Iterable[Row], day: str, folder: Path) -> int:
    with _parts(folder) as parts:
        for row in rows:
            resource = row.result.resource
            place = zip(PARTITIONS, (day, resource.account, resource.region), strict=True)
            parts.of("/".join(f"{name}={_name(value)}" for name, value in place)).add(row)
    return len(parts.written)


@dataclass
class _Part:
    """A file that is written, under a name that no reader takes for one until it is whole."""

    path: Path
    rows: list[Row] = field(default_factory=list)
    writer: Any = None

    def __post_init__(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.unfinished = self.path.with_name(f".{self.path.name}.{secrets.token_hex(4)}.unfinished")

    def add(self, row: Row) -> None:
        self.rows.append(row)
        if len(self.rows) == _BATCH:
            self.flush()

    def close(self) -> None:
        self.flush()
        self.writer.close()

    def flush(self) -> None:
        pa, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
        if not self.rows:
            return
        schema = _schema()
        if self.writer is None:
            self.writer = parquet.ParquetWriter(self.unfinished, schema, compression="zstd")
        arrays = [
            pa.array([column.of(row) for row in self.rows], type_)
            for column, type_ in zip(COLUMNS, schema.types, strict=True)
        ]
        self.writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
        self.rows.clear()


@dataclass
class _Parts:
    folder: Path
    open: dict[str, _Part] = field(default_factory=dict)
    written: list[_Part] = field(default_factory=list)

    def of(self, place: str) -> _Part:
        if place not in self.open:
            # Cells come one after the other: what another one left is written, so that rows of few are held.
            for one in self.open.values():
                one.flush()
            if len(self.open) == _OPEN:
                self.open.pop(next(iter(self.open))).close()
            number = sum(one.path.parent == self.folder / place for one in self.written)
            self.open[place] = _Part(self.folder / place / FILES.replace("*", str(number)))
            self.written.append(self.open[place])
        return self.open[place]


@contextmanager
def _parts(folder: Path) -> Iterator[_Parts]:
    """Return the files of a folder; they take their names when all are whole."""
    parts = _Parts(folder)
    try:
        yield parts
        for part in parts.open.values():
            part.close()
        for part in parts.written:
            part.unfinished.replace(part.path)
        whole = {part.path for part in parts.written}
        for path in {earlier for part in parts.written for earlier in part.path.parent.glob(FILES)} - whole:
            path.unlink()
    finally:
        for part in parts.written:
            part.unfinished.unlink(missing_ok=True)


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
    """Keep the name of a folder from leading elsewhere: accounts and regions are letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9-]", "_", value) or "_"


def _upload(folder: Path, bucket: str, prefix: str) -> None:
    import boto3
    from boto3.exceptions import S3UploadFailedError
    from botocore.exceptions import BotoCoreError, ClientError

    client = boto3.client("s3")
    for path in sorted(folder.rglob(FILES)):
        key = "/".join(filter(None, [prefix, path.relative_to(folder).as_posix()]))
        try:
            client.upload_file(str(path), bucket, key)
        except (BotoCoreError, ClientError, S3UploadFailedError) as cause:
            raise ExportError(f"s3://{bucket}/{key} cannot be written: {cause}. It takes s3:PutObject.") from cause
