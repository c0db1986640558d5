"""Results as Parquet files, for engines that somebody has, and questions to them with DuckDB."""
