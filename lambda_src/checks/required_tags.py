"""Resources carry the tags that the organisation asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lambda_src.check import Check, Severity, Trigger, Verdict
from lambda_src.configuration_item import ConfigurationItem
from lambda_src.errors import ParameterError

# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
MAX_TAGS = 50
MAX_KEY = 128
MAX_VALUE = 256


@dataclass(frozen=True)
class Parameters:
    """Which tags are asked for: 1 to 50, keys of 1 to 128 and values of at most 256 characters.

    Raises
    ------
    ParameterError
        When AWS could never hold them.
    """

    tags: Mapping[str, tuple[str, ...]] = field(
        metadata={"doc": "Tag keys, case-sensitive, each with its allowed values; an empty list allows any."}
    )

    def __post_init__(self) -> None:
        """Refuse what AWS could never hold."""
        if not 1 <= len(self.tags) <= MAX_TAGS:
            raise ParameterError(f"Parameter tags has {len(self.tags)} tags; a resource has 1 to {MAX_TAGS}.")
        for key, values in self.tags.items():
            if not 1 <= len(key) <= MAX_KEY:
                raise ParameterError(f"Parameter tags has the key {key!r:.40}; keys have 1 to {MAX_KEY} characters.")
            if any(len(value) > MAX_VALUE for value in values):
                raise ParameterError(f"Parameter tags: a value of {key} has more than {MAX_VALUE} characters.")


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Call it compliant if every tag is there with an allowed value."""
    missing = sorted(key for key in parameters.tags if key not in item.tags)
    problems = [f"Missing: {', '.join(missing)}."] if missing else []
    for key, allowed in sorted(parameters.tags.items()):
        value = item.tags.get(key)
        if value is not None and allowed and value not in allowed:
            problems.append(f"{key} is {value!r}, allowed: {', '.join(allowed)}.")
    if problems:
        return Verdict.non_compliant(" ".join(problems))
    return Verdict.compliant("All required tags are there.")


CHECK = Check(
    id="required-tags",
    title="Required tags",
    description="Resources must carry the required tags, with an allowed value where values are listed.",
    severity=Severity.LOW,
    resource_types=(),
    trigger=Trigger.CHANGE,
    parameters=Parameters,
    evaluate=evaluate,
)
