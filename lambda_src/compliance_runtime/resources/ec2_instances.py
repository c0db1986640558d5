"""The state of a recorded EC2 instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.json_object import is_word

if TYPE_CHECKING:
    from compliance_runtime.json_object import JsonObject

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html
_ENDED = ("shutting-down", "terminated")


def ended_state(instance: JsonObject) -> str | None:
    """Read the state of an instance that is terminated, or about to be.

    Returns
    -------
    str | None
        The state as it was recorded; None for any other.

    Raises
    ------
    ComplianceError
        The object's own error, when no state was recorded.
    """
    state = instance.member("state").text("name")
    return state if is_word(state, *_ENDED) else None
