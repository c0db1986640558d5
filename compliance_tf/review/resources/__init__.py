"""Evaluation of planned resources of any stack by the checks: planned resources become configuration items."""
