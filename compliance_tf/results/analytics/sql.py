"""Asks exported results in SQL, with DuckDB, which reads the Parquet files themselves."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.errors import ExportError
from compliance_tf.model.extras import Extra
from compliance_tf.results.analytics.columns import PARTITIONS
from compliance_tf.results.analytics.parquet import FILES

if TYPE_CHECKING:
    from pathlib import Path

VIEW: Final = "results"
"""The name in queries of the rows of all days."""

LATEST: Final = "latest"
"""The name in queries of the rows of each account, region and deployment's last day."""

_OF_ANY_DAY: Final = r"[^/]+/[^/]+/[^/]+$"
"""Account, region and source in a file's path: what comes before is the folder, and the day, as it sorts."""


def ask(question: str, folder: Path) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Ask a question.

    Parameters
    ----------
    question
        One statement of DuckDB's SQL.
    folder
        The folder that results were exported to.

    Returns
    -------
    tuple
        The names of the columns, and the rows.

    Raises
    ------
    ExportError
        When the folder has no exports, or the statement fails.
    MissingExtraError
        When DuckDB is not installed.
    """
    Extra.ANALYTICS.require()
    duckdb: Any = import_module("duckdb")
    if next(folder.glob(f"*/*/*/{FILES}"), None) is None:
        raise ExportError(f"{folder} has no results: `compliance-tf results export --format parquet -o {folder}`.")
    types = ", ".join(f"'{name}': {'DATE' if kind == 'date' else 'VARCHAR'}" for name, kind in PARTITIONS.items())
    files = str(folder / "*" / "*" / "*" / FILES).replace("'", "''")
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET enable_progress_bar = false")
        read = f"read_parquet('{files}', filename = true, hive_partitioning = true, hive_types = {{{types}}})"
        rows = f"SELECT * EXCLUDE (filename) FROM {read}"  # noqa: S608 (its own words, and a path in quotes)
        # By the files, not by their rows: of a last day without results there are none.
        connection.execute(f"CREATE VIEW {VIEW} AS {rows}")
        connection.execute(
            f"CREATE VIEW {LATEST} AS {rows} WHERE filename IN (SELECT max(file) FROM glob('{files}') "  # noqa: S608
            f"GROUP BY regexp_extract(file, '{_OF_ANY_DAY}'))"
        )
        try:
            # A question reaches the folder, and nothing else of this machine or of the network.
            connection.execute(f"SET allowed_directories = ['{str(folder.absolute()).replace(chr(39), chr(39) * 2)}']")
            connection.execute("SET enable_external_access = false")
            asked = connection.execute(question)
            return tuple(column[0] for column in asked.description or ()), asked.fetchall()
        except duckdb.Error as cause:
            raise ExportError(f"DuckDB refuses the question: {cause}") from cause
