"""The account's AWS Config recorder: read, never declared."""

from __future__ import annotations

from collections import defaultdict
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from compliance_tf.catalog.home_region import recorded_here
from compliance_tf.catalog.recorded_types import check_types
from compliance_tf.constructs.assets import Asset
from compliance_tf.constructs.blocks import Block
from compliance_tf.model.allow_list import RECORDER_TYPE
from compliance_tf.model.terraform_values import Condition, escape, literal
from compliance_tf.model.workspace_values import ALWAYS, NEVER, expression, together
from compliance_tf.terraform import read_recorder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from compliance_tf.constructs.blocks import Blocks
    from compliance_tf.model.naming import Naming
    from compliance_tf.model.workspace_values import ByWorkspace

GLOBAL_TYPES = ("AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User")
"""The types that a recorder of all supported types leaves out unless it includes global types.

Source: AWS Config API, RecordingGroup.includeGlobalResourceTypes.
"""

EXTERNAL_PROVIDER = MappingProxyType({"source": "hashicorp/external", "version": "2.3.5"})
"""The provider that runs :attr:`ExistingRecorder.command`."""

_READING = "existing_recorder"
_RULES_NAMED = 3


class RecorderSource(Enum):
    """The source from which the plan reads the recorder.

    Examples
    --------
    >>> source = RecorderSource.CONFIG_API
    >>> stack = ComplianceStack(app, "china", project="acme", region="cn-north-1", recorder_source=source)
    """

    CLOUD_CONTROL = "Cloud Control, by the AWS provider itself"
    CONFIG_API = "the AWS Config API, by a Python program with boto3, where Cloud Control cannot read a recorder yet"


class ExistingRecorder:
    """The account's recorder, and the conditions that the plan checks on it.

    The plan fails when there is no such recorder, and when it does not record a resource type that a
    change-triggered rule of the stack needs: such a rule would be created and then never be evaluated.

    Parameters
    ----------
    blocks
        The stack's blocks.
    name
        The recorder's name: ``default`` unless it was created with another one, as by a landing zone.
    source
        The source from which the plan reads it.
    home_region
        The region whose recorder alone has to record what is global; every one's unless given.
    preconditions
        Other conditions, checked before anything is read.

    Attributes
    ----------
    reading
        The data source that reads it.
    program
        The asset that reads it; None where the AWS provider reads it.
    """

    def __init__(
        self,
        blocks: Blocks,
        *,
        naming: Naming,
        name: str = "default",
        source: RecorderSource = RecorderSource.CLOUD_CONTROL,
        home_region: str | None = None,
        preconditions: Sequence[Condition] = (),
    ) -> None:
        self._name = name
        self._region = naming.region
        self._home_region = home_region or naming.region
        self._rules_by_type: defaultdict[str, dict[str, ByWorkspace[bool]]] = defaultdict(dict)
        self.program = _program() if source is RecorderSource.CONFIG_API else None
        self.reading = blocks.add(self._read_by_config_api() if self.program else self._read_by_cloud_control())
        self._preconditions = [condition.to_terraform() for condition in preconditions]

    @property
    def command(self) -> tuple[str, ...]:
        """The command that reads it; empty where the AWS provider does."""
        return ("python3", f"${{path.module}}/{self.program.path}") if self.program else ()

    def complete(self) -> None:
        """Add the conditions, of which one depends on all rules."""
        self.reading.body["lifecycle"] = {
            "precondition": self._preconditions,
            "postcondition": [self.coverage().to_terraform()],
        }

    def require(self, resource_types: Iterable[str], *, rule: str, enabled: ByWorkspace[bool] = ALWAYS) -> None:
        """Make the plan fail unless the recorder records these types, which a change-triggered rule needs.

        Parameters
        ----------
        enabled
            By workspace, whether the rule is enabled.

        Raises
        ------
        SettingError
            When AWS Config does not know a type, or never records it in the stack's region.
        """
        if enabled == NEVER:
            return
        types = recorded_here(resource_types, self._region, self._home_region)
        check_types(f"Rule '{rule}'", types, region=self._region)
        for resource_type in types:
            self._rules_by_type[resource_type][rule] = enabled

    def coverage(self) -> Condition:
        """Build the condition that every required type is recorded."""
        needed = {
            resource_type: _enumerate(sorted(rules)) for resource_type, rules in sorted(self._rules_by_type.items())
        }
        properties = "self.result.properties" if self.program else "self.properties"
        unrecorded = _unrecorded_types(properties, self._needed_types())
        listing = f'join("; ", [for type in {unrecorded} : "${{type}} (needed by ${{{literal(needed)}[type]}})"])'
        return Condition(
            f"length({unrecorded}) == 0",
            f"The AWS Config recorder '{escape(self._name)}' in {self._region} does not record ${{{listing}}}. A rule "
            "that is triggered by changes of a type is never evaluated where the type is not recorded: have the "
            "recorder's owner add the type, or remove the rule.",
        )

    def _needed_types(self) -> str:
        """Return the Terraform expression of the types that the rules of the workspace need."""
        needed = {
            resource_type: together(rules).map(lambda enabled: any(enabled.values()))
            for resource_type, rules in sorted(self._rules_by_type.items())
        }
        return expression(together(needed).map(lambda types: [name for name, is_needed in types.items() if is_needed]))

    def _read_by_cloud_control(self) -> Block:
        # A failed read is the provider's error, whose text no condition can change. But Terraform prints the address
        # with it, and an instance's key may be any text: so the key says what to do.
        advice = (
            f"{self._name}: if it cannot be read, turn on AWS Config in {self._region} or set recorder_name; if Cloud "
            "Control does not support recorders there, set recorder_source=RecorderSource.CONFIG_API"
        )
        members = {
            "type_name": RECORDER_TYPE,
            "identifier": "${each.value}",
            "for_each": {escape(advice): escape(self._name)},
        }
        return Block("data", "aws_cloudcontrolapi_resource", _READING, members)

    def _read_by_config_api(self) -> Block:
        members = {
            "program": list(self.command),
            "query": {"name": escape(self._name), "region": self._region},
        }
        return Block("data", "external", _READING, members)


def _program() -> Asset:
    path = Path(read_recorder.__file__)
    return Asset(("recorder", "program"), path.name, path.read_bytes())


def _unrecorded_types(properties: str, resource_types: str) -> str:
    """Return the Terraform expression of the types that the recorder does not record.

    ``resource_types`` is the expression of the list of types, ``properties`` that of the recorder's properties, a JSON
    text in the form of its CloudFormation schema.
    A recorder has its strategy in ``RecordingStrategy``; one from before 2023 has only a list of types, or none.

    Returns
    -------
    str
        An expression of a list of types, empty where the recorder records them all.
    """
    group = f"try(jsondecode({properties}).RecordingGroup, {{}})"
    strategy = (
        "upper(coalesce(try(group.RecordingStrategy.UseOnly, null), "
        'try(length(group.ResourceTypes) > 0, false) ? "INCLUSION_BY_RESOURCE_TYPES" : "ALL_SUPPORTED_RESOURCE_TYPES"))'
    )
    recorded = (
        'strategy == "INCLUSION_BY_RESOURCE_TYPES" ? try(contains(group.ResourceTypes, type), false) : '
        'strategy == "EXCLUSION_BY_RESOURCE_TYPES" ? '
        "!try(contains(group.ExclusionByResourceTypes.ResourceTypes, type), false) : "
        f"try(group.IncludeGlobalResourceTypes, false) || !contains({literal(GLOBAL_TYPES)}, type)"
    )
    # A loop over one value names it: an expression has no other way to define a local name.
    return (
        f"flatten([for group in [{group}] : [for strategy in [{strategy}] : "
        f"[for type in {resource_types} : type if !({recorded})]]])"
    )


def _enumerate(rules: list[str]) -> str:
    named, others = rules[:_RULES_NAMED], len(rules) - _RULES_NAMED
    return ", ".join(named) + (f" and {others} more" if others > 0 else "")
