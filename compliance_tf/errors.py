"""What can be wrong with what a user asked for. Each message names the place, the value and what is allowed."""

from __future__ import annotations


class ComplianceError(Exception):
    """The base of all errors that this library raises on purpose."""


class SettingError(ComplianceError):
    """A setting has a value that cannot work."""
