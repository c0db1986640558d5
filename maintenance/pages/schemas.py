"""The JSON schemas of files and outputs: ``python -m maintenance.pages.schemas waivers`` prints that of waivers.

They are made of the types that read or write the form: members and bounds are the types', descriptions those of their
docstrings.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

import msgspec
from msgspec import inspect

from compliance_tf.fleet.settings import FleetSettings
from compliance_tf.packs.pack_file import KINDS, PackFile
from compliance_tf.review.rendering.json_form import ReviewsForm
from compliance_tf.review.resources.json_form import CheckPlanForm
from compliance_tf.review.settings import SettingsFile
from compliance_tf.waivers.waiver import Waiver
from compliance_tf.waivers.waiver_file import WaiverFile
from maintenance.pages.docstrings import Docstring

FORMS: Final[dict[str, tuple[type, ...]]] = {
    "check-plan": (CheckPlanForm,),
    "fleet": (FleetSettings,),
    "pack": (PackFile, *KINDS.values()),
    "review-settings": (SettingsFile,),
    "review": (ReviewsForm,),
    "waivers": (WaiverFile, Waiver),
}
"""By the schema's name the type of the whole, and those of the parts that are read one by one."""


def schema_text(name: str) -> str:
    """Write a schema as the file in ``docs/reference`` has it."""
    return json.dumps(schema(name), indent=2) + "\n"


def schema(name: str) -> dict[str, Any]:
    """Make a schema.

    Parameters
    ----------
    name
        One of those of ``FORMS``.

    Returns
    -------
    dict[str, Any]
        The JSON schema, its definitions sorted.
    """
    types = FORMS[name]
    _, parts = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    classes: dict[str, type] = {}
    for one in types:
        _collect(inspect.type_info(one), classes)
    described = {name: _described(classes[name], part) for name, part in sorted(parts.items())}
    whole = described.pop(types[0].__name__)
    title = whole.pop("description").removesuffix(".")
    used = {name: part for name, part in described.items() if f'/{name}"' in json.dumps([whole, described])}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **whole, "$defs": used}


def _collect(node: inspect.Type, classes: dict[str, type]) -> None:
    """Find the classes of a type by their names, as the schema calls them."""
    if isinstance(node, inspect.StructType | inspect.DataclassType | inspect.EnumType):
        if node.cls.__name__ in classes:
            return
        classes[node.cls.__name__] = node.cls
    parts = [getattr(node, name) for name in node.__struct_fields__ if name != "default"]
    for part in [inner for one in parts for inner in (one if isinstance(one, tuple) else (one,))]:
        if isinstance(part, inspect.Field):
            _collect(part.type, classes)
        elif isinstance(part, inspect.Type):
            _collect(part, classes)


def _described(cls: type, part: dict[str, Any]) -> dict[str, Any]:
    """Describe a part and its members with the class's docstring."""
    docstring = Docstring.of(cls)
    described = {**part, "description": docstring.summary}
    del described["title"]
    if "properties" not in part:
        return described
    # What forbids other members is read, and the rest is written, with all of its members.
    is_read = "additionalProperties" in part
    names = (
        {one.encode_name: one.name for one in msgspec.structs.fields(cls)} if issubclass(cls, msgspec.Struct) else {}
    )
    texts = docstring.entries("Parameters")
    members = {}
    for name, member in part["properties"].items():
        text = texts.get(names.get(name, name))
        members[name] = ({"description": text} if text else {}) | _member(member, is_read=is_read)
    required = part["required"] if is_read else list(members)
    return {**described, "required": required, "properties": members}


def _member(member: dict[str, Any], *, is_read: bool) -> dict[str, Any]:
    """Write a member that may be left out as one that is not null: a file's reader takes no null."""
    nothing: tuple[object, ...] = (None, "", (), [], {})
    plain = {name: value for name, value in member.items() if name != "default" or (is_read and value not in nothing)}
    if is_read and "default" in member:
        some = [one for one in plain.pop("anyOf", ()) if one != {"type": "null"}]
        plain.update(*some)
    if "enum" in plain:
        plain.pop("$ref", None)
    return plain


if __name__ == "__main__":
    sys.stdout.write(schema_text(sys.argv[1]))
