"""Tags of Config rules and recorders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.paging import page_of

if TYPE_CHECKING:
    from compliance_tf.local.api.json_api import Call

MAX_TAGS = 50
"""Per resource (AWS Config API Reference: TagResource)."""


class Tags:
    """The tags of everything in an account and region that has an ARN of AWS Config."""

    def __init__(self) -> None:
        self._tags: dict[str, dict[str, str]] = {}

    def add_resource(self, arn: str, tags: list[dict[str, str]]) -> None:
        """Add a resource. Tags that it has already stay: creating again changes none."""
        self._tags.setdefault(arn, _by_key(tags))

    def remove_resource(self, arn: str) -> None:
        """Remove a resource."""
        self._tags.pop(arn, None)

    def of(self, arn: str) -> dict[str, str]:
        """Return the tags of an ARN; none where nothing has it."""
        return dict(self._tags.get(arn, {}))

    def tag(self, call: Call) -> dict[str, Any]:
        """TagResource."""
        tags = self._of(call) | _by_key(call.parameters["Tags"])
        if len(tags) > MAX_TAGS:
            raise ApiError("TooManyTagsException", f"A resource may have {MAX_TAGS} tags at most.")
        self._tags[call.parameters["ResourceArn"]] = tags
        return {}

    def untag(self, call: Call) -> dict[str, Any]:
        """UntagResource."""
        tags = self._of(call)
        for key in call.parameters["TagKeys"]:
            tags.pop(key, None)
        return {}

    def list(self, call: Call) -> dict[str, Any]:
        """ListTagsForResource."""
        tags = [{"Key": key, "Value": value} for key, value in sorted(self._of(call).items())]
        token, limit = call.parameters.get("NextToken"), call.parameters.get("Limit")
        found = page_of(tags, token, limit, usual=MAX_TAGS)
        return ({"Tags": list(found.members)} if tags else {}) | found.token_as("NextToken")

    def _of(self, call: Call) -> dict[str, str]:
        arn = call.parameters["ResourceArn"]
        if arn not in self._tags:
            raise ApiError("ResourceNotFoundException", f"The resource '{arn}' does not exist.")
        return self._tags[arn]


def _by_key(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in tags}
