"""The messages on the wire, as far as a provider with one data source needs them.

Their names are flattened, an enumeration is an integer, and a map is a list of its entries: on the wire that is the
same.

Source: docs/plugin-protocol/tfplugin5.8.proto in Terraform's repository.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.message_factory import GetMessages

_SCALARS = {
    "bool": FieldDescriptorProto.TYPE_BOOL,
    "bytes": FieldDescriptorProto.TYPE_BYTES,
    "int64": FieldDescriptorProto.TYPE_INT64,
    "string": FieldDescriptorProto.TYPE_STRING,
}


@dataclass(frozen=True)
class _Field:
    """A field: its number on the wire, its name, and a scalar type or the name of a message."""

    number: int
    name: str
    type: str
    repeated: bool = False

    def describe(self) -> FieldDescriptorProto:
        return FieldDescriptorProto(
            number=self.number,
            name=self.name,
            type=_SCALARS.get(self.type, FieldDescriptorProto.TYPE_MESSAGE),
            type_name=None if self.type in _SCALARS else self.type,
            label=FieldDescriptorProto.LABEL_REPEATED if self.repeated else FieldDescriptorProto.LABEL_OPTIONAL,
        )


_MESSAGES = {
    "Empty": [],
    "DynamicValue": [_Field(1, "msgpack", "bytes")],
    "Step": [_Field(1, "attribute_name", "string")],
    "AttributePath": [_Field(1, "steps", "Step", repeated=True)],
    "Diagnostic": [
        _Field(1, "severity", "int64"),
        _Field(2, "summary", "string"),
        _Field(3, "detail", "string"),
        _Field(4, "attribute", "AttributePath"),
    ],
    "Attribute": [
        _Field(1, "name", "string"),
        _Field(2, "type", "bytes"),
        _Field(4, "required", "bool"),
        _Field(5, "optional", "bool"),
        _Field(6, "computed", "bool"),
    ],
    "Block": [_Field(2, "attributes", "Attribute", repeated=True)],
    "Schema": [_Field(2, "block", "Block")],
    "NamedSchema": [_Field(1, "key", "string"), _Field(2, "value", "Schema")],
    "GetProviderSchemaResponse": [
        _Field(1, "provider", "Schema"),
        _Field(3, "data_source_schemas", "NamedSchema", repeated=True),
    ],
    "ReadDataSourceRequest": [_Field(2, "config", "DynamicValue")],
    "ReadDataSourceResponse": [
        _Field(1, "state", "DynamicValue"),
        _Field(2, "diagnostics", "Diagnostic", repeated=True),
    ],
}


def encode(message: str, **fields: Any) -> bytes:
    """Write a message; a message inside is a dictionary of its fields."""
    data: bytes = _classes()[message](**fields).SerializeToString()
    return data


def decode(message: str, data: bytes) -> Any:
    """Read a message."""
    return _classes()[message].FromString(data)


@cache
def _classes() -> dict[str, Any]:
    described = [
        DescriptorProto(name=name, field=[field.describe() for field in fields]) for name, fields in _MESSAGES.items()
    ]
    return GetMessages([FileDescriptorProto(name="messages.proto", syntax="proto3", message_type=described)])
