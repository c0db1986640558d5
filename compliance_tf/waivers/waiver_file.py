"""A reader of waivers in YAML files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from compliance_tf.errors import WaiverFileError
from compliance_tf.model.yaml_file import read_yaml
from compliance_tf.waivers.waiver import Waiver

_WAIVER: Final = {
    "$ref": "#/$defs/Waiver",
    "allOf": [
        {"oneOf": [{"required": [name]} for name in ("rule", "pack")]},
        {"oneOf": [{"required": [name]} for name in ("resource_id", "arn", "tag_key")]},
    ],
    "dependentRequired": {"tag_value": ["tag_key"]},
}


class WaiverFile(Struct, forbid_unknown_fields=True):
    """Violations that an owner accepts for a time."""

    waivers: list[Annotated[dict[str, Any], Meta(extra_json_schema=_WAIVER)]]


def waivers_from_file(path: str | Path) -> tuple[Waiver, ...]:
    """Read waivers from YAML, as ``docs/reference/waivers.schema.json`` describes it.

    Parameters
    ----------
    path
        The file. Its members have the names of :class:`~compliance_tf.waivers.waiver.Waiver`'s parameters.

    Returns
    -------
    tuple[Waiver, ...]
        The waivers in the order of the file.

    Raises
    ------
    WaiverFileError
        When it cannot be read, or a waiver in it is invalid; the message names the file, the line and the place.

    Examples
    --------
    >>> [waiver.ticket for waiver in waivers_from_file("waivers.yaml")]
    ['SEC-214']
    """
    document = read_yaml(Path(path), WaiverFileError)
    document.convert(WaiverFile)
    return tuple(entry.convert(Waiver) for entry in document.entries("waivers"))
