"""Readers of the results table: violations, summaries, history, exports and reports."""
