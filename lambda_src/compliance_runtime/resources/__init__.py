"""Readers of the configuration items of single types, which several checks share."""
