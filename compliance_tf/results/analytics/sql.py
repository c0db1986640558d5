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
"""The name in queries of the rows of each account and region's last day."""


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
        connection.execute(
            f"CREATE VIEW {VIEW} AS SELECT * FROM "  # noqa: S608 (its own words, and a path in quotes)
            f"read_parquet('{files}', hive_partitioning = true, hive_types = {{{types}}})"
        )
        connection.execute(
            f"CREATE VIEW {LATEST} AS SELECT * FROM {VIEW} SEMI JOIN "  # noqa: S608
            f"(SELECT account, region, max(day) AS day FROM {VIEW} GROUP BY ALL) USING (account, region, day)"
        )
        try:
            # A question reaches the folder, and nothing else of this machine or of the network.
            connection.execute(f"SET allowed_directories = ['{str(folder.absolute()).replace(chr(39), chr(39) * 2)}']")
            connection.execute("SET enable_external_access = false")
            asked = connection.execute(question)
            return tuple(column[0] for column in asked.description or ()), asked.fetchall()
        except duckdb.Error as cause:
            raise ExportError(f"DuckDB refuses the question: {cause}") from cause
