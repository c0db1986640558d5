"""A reader of waivers in YAML files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compliance_tf.errors import ComplianceError, WaiverFileError
from compliance_tf.model.yaml_file import read_yaml
from compliance_tf.waivers.waiver import Waiver

if TYPE_CHECKING:
    from compliance_tf.model.yaml_file import Entry

SUBJECTS: Final = ("rule", "pack")
"""Members that name the rules of a waiver: exactly one is given."""

RESOURCES: Final = ("resource_id", "arn", "tag_key")
"""Members that name its resources: exactly one is given."""

REQUIRED: Final = ("reason", "owner", "ticket", "granted", "expires")
OPTIONAL: Final = ("tag_value", "workspaces")


def waivers_from_file(path: str | Path) -> tuple[Waiver, ...]:
    """Read waivers from YAML, as ``docs/reference/waivers.schema.json`` describes it.

    Parameters
    ----------
    path
        The file. Its members have the names of :class:`~compliance_tf.waivers.waiver.Waiver`'s parameters.

    Raises
    ------
    WaiverFileError
        When it cannot be read, or a waiver in it is invalid; the message names the file, the line and the place.
    """
    document = read_yaml(Path(path), WaiverFileError)
    document.check_members(required=("waivers",))
    return tuple(_waiver(entry) for entry in document.entries("waivers"))


def _waiver(entry: Entry) -> Waiver:
    entry.check_members(required=REQUIRED, optional=(*SUBJECTS, *RESOURCES, *OPTIONAL))
    try:
        return Waiver(
            rule=_optional_text(entry, "rule"),
            pack=_optional_text(entry, "pack"),
            resource_id=_optional_text(entry, "resource_id"),
            arn=_optional_text(entry, "arn"),
            tag_key=_optional_text(entry, "tag_key"),
            tag_value=_optional_value(entry, "tag_value"),
            reason=entry.text("reason"),
            owner=entry.text("owner"),
            ticket=entry.text("ticket"),
            granted=_day(entry, "granted"),
            expires=_day(entry, "expires"),
            workspaces=entry.texts("workspaces"),
        )
    except WaiverFileError:
        raise
    except ComplianceError as cause:
        entry.refuse(str(cause))


def _optional_text(entry: Entry, name: str) -> str | None:
    return entry.text(name) if name in entry.values else None


def _optional_value(entry: Entry, name: str) -> str | None:
    """Read the value of a tag, which may be empty."""
    return "" if entry.values.get(name) == "" else _optional_text(entry, name)


def _day(entry: Entry, name: str) -> date:
    text = entry.text(name)
    try:
        return date.fromisoformat(text)
    except ValueError:
        entry.refuse(f"{text!r:.80} is not a date: write it as 2027-03-31.", name)
