"""Resources have the tags that the organization requires."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.evaluation.configuration_item import ConfigurationItem
from compliance_runtime.resources.taggability import untaggable_reason
from compliance_runtime.resources.tags import MAX_TAGS, is_allowed, refuse_impossible_tags


@dataclass(frozen=True)
class Parameters:
    """Required tags: 1 to 50, keys of 1 to 128 and values of at most 256 characters.

    Raises
    ------
    ParameterError
        When AWS does not allow such tags.
    """

    tags: Mapping[str, tuple[str, ...]] = field(
        metadata={
            "doc": "Tag keys, each with its allowed values, all case-sensitive; an empty list allows any. A value with "
            "* or ? is a pattern: * stands for any characters, also none, and ? for exactly one, as in cc-????."
        }
    )

    def __post_init__(self) -> None:
        """Refuse what AWS could never hold."""
        if not self.tags:
            raise ParameterError(f"Parameter tags has no tags; a resource has 1 to {MAX_TAGS}.")
        refuse_impossible_tags("tags", self.tags)


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if every tag is there with an allowed value; what cannot carry tags is not applicable."""
    untaggable = untaggable_reason(item)
    if untaggable:
        return Verdict.not_applicable(untaggable)
    missing = sorted(key for key in parameters.tags if key not in item.tags)
    problems = [f"Missing: {', '.join(missing)}."] if missing else []
    for key, allowed in sorted(parameters.tags.items()):
        value = item.tags.get(key)
        if value is not None and not is_allowed(value, allowed):
            problems.append(f"{key} is {value!r}, allowed: {', '.join(allowed)}.")
    if problems:
        return Verdict.non_compliant(" ".join(problems))
    return Verdict.compliant("All required tags are there.")


CHECK = ChangeCheck(
    id="required-tags",
    title="Required tags",
    description="Resources must carry the required tags, with an allowed value where values or patterns are listed.",
    remediation="Set the missing tags, where the resource is declared, so that the next deployment keeps them.",
    severity=Severity.LOW,
    resource_types=(),
    parameters=Parameters,
    evaluate=evaluate,
)
