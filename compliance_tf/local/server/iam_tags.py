"""Limits of the tags of roles and policies, which MiniStack lacks: see :mod:`compliance_tf.model.tags`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.model.tags import MAX_TAG_KEY, MAX_TAG_VALUE, MAX_TAGS

if TYPE_CHECKING:
    from collections.abc import Callable

_OPERATIONS: Final = ("CreateRole", "TagRole", "CreatePolicy", "TagPolicy")
_LIMITS: Final = {"Key": MAX_TAG_KEY, "Value": MAX_TAG_VALUE}


def limit_iam_tags() -> None:
    """Have MiniStack refuse tags that are too long or too many (IAM API Reference, CommonErrors and TagRole)."""
    iam: Any = import_module("ministack.services.iam")

    def limited(handler: Callable[[object], object]) -> Callable[[object], object]:
        def handle(parameters: object) -> object:
            tags = iam._extract_tags(parameters)  # noqa: SLF001 (no public API)
            for number, tag in enumerate(tags, start=1):
                for part, limit in _LIMITS.items():
                    if len(tag[part]) > limit:
                        message = (
                            f"1 validation error detected: Value at 'tags.{number}.member.{part.lower()}' failed to "
                            f"satisfy constraint: Member must have length less than or equal to {limit}"
                        )
                        return iam._error(400, "ValidationError", message, ns="iam")  # noqa: SLF001
            if len(tags) > MAX_TAGS:
                message = f"The number of tags has reached the maximum limit of {MAX_TAGS}."
                return iam._error(409, "LimitExceeded", message, ns="iam")  # noqa: SLF001
            return handler(parameters)

        return handle

    handlers = iam._IAM_HANDLERS  # noqa: SLF001
    handlers.update({name: limited(handlers[name]) for name in _OPERATIONS})
