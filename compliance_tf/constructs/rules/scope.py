"""The scope of a rule: the resources that it evaluates."""

from __future__ import annotations

from dataclasses import dataclass

from compliance_tf.model.checked_types import checked
from compliance_tf.model.setting_values import as_tuple


@checked
@dataclass(frozen=True)
class Scope:
    """The scope of a rule: resources of some types, a single one, or those with a tag.

    Build it with :meth:`types`, :meth:`resource` or :meth:`tag`.

    Examples
    --------
    >>> Scope.types("AWS::S3::Bucket", "AWS::EC2::Volume").resource_types
    ('AWS::S3::Bucket', 'AWS::EC2::Volume')
    >>> Scope.tag("environment", "prod").tag_value
    'prod'
    """

    resource_types: tuple[str, ...] = ()
    resource_id: str | None = None
    tag_key: str | None = None
    tag_value: str | None = None

    def __post_init__(self) -> None:
        as_tuple("Scope: resource_types", self.resource_types)

    @classmethod
    def types(cls, *resource_types: str) -> Scope:
        """Evaluate resources of these types, such as ``AWS::S3::Bucket``: 1 to 100."""
        return cls(resource_types=resource_types)

    @classmethod
    def resource(cls, resource_type: str, resource_id: str) -> Scope:
        """Evaluate a single resource."""
        return cls(resource_types=(resource_type,), resource_id=resource_id)

    @classmethod
    def tag(cls, key: str, value: str | None = None) -> Scope:
        """Evaluate resources with this tag, and with this value if one is given."""
        return cls(tag_key=key, tag_value=value)

    def to_terraform(self) -> dict[str, object]:
        """Return the block as the provider takes it."""
        block = {
            "compliance_resource_types": list(self.resource_types) or None,
            "compliance_resource_id": self.resource_id,
            "tag_key": self.tag_key,
            "tag_value": self.tag_value,
        }
        return {key: value for key, value in block.items() if value is not None}
