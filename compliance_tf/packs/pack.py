"""Packs: rules that are deployed together, AWS's or your own."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from compliance_runtime.check import Check, Severity
from compliance_tf.catalog.conformance_packs import conformance_pack
from compliance_tf.catalog.generated.identifiers import ManagedRuleIdentifier
from compliance_tf.catalog.managed_rules import kebab_case, managed_rule
from compliance_tf.catalog.parameters import ParameterValue, check_parameters
from compliance_tf.catalog.recorded_types import check_types
from compliance_tf.catalog.usage import MaximumExecutionFrequency, validate_use
from compliance_tf.checks.use import parameter_texts, validate_check_use
from compliance_tf.errors import PackError
from compliance_tf.model.guard_policy import MAX_POLICY, check_policy
from compliance_tf.model.members import RuleId, Text
from compliance_tf.model.naming import PURPOSE
from compliance_tf.model.setting_values import as_tuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_tf.catalog.generated.pack_names import PackAlias, PackName

    Parameters: TypeAlias = Mapping[str, ParameterValue]
else:
    Parameters = dict[str, Any]  # what is wrong with a value, check_parameters says better

PACK_NAME = r"[a-z0-9]+([-.][a-z0-9]+)*"
"""Pattern of a pack's name: lower-case words and digits, joined by hyphens and dots."""

MAX_PACK_NAME = 64

PACK_FILE_ENDINGS = (".yaml", ".yml")


SeverityWord: TypeAlias = Annotated[
    Severity, Meta(extra_json_schema={"enum": [severity.value.lower() for severity in Severity]})
]
ResourceTypes: TypeAlias = tuple[Annotated[str, Meta(extra_json_schema={"pattern": "^AWS::"})], ...]


class ManagedPackRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A managed rule in a pack.

    Parameters
    ----------
    identifier
        The rule's identifier, such as ``S3_BUCKET_VERSIONING_ENABLED``.
    parameters
        Values of the rule's own parameters; AWS's defaults hold for the others.
    frequency
        The interval of a periodic rule, where AWS's default is every 24 hours.
    resource_types
        The types that it evaluates; all that it can evaluate unless given. Not for a periodic rule.
    severity
        The severity of its violations; the catalogue's rating unless given.
    id
        The last part of the rule's name; the identifier in kebab case unless given.

    Raises
    ------
    ComplianceError
        When AWS Config would refuse the rule, or has no such rule.

    Examples
    --------
    >>> ManagedPackRule("ACCESS_KEYS_ROTATED", {"maxAccessKeyAge": 45}, frequency="Six_Hours").id
    'access-keys-rotated'
    """

    identifier: ManagedRuleIdentifier = msgspec.field(name="managed")
    parameters: Parameters = msgspec.field(default_factory=dict)
    frequency: MaximumExecutionFrequency | None = None
    resource_types: ResourceTypes = ()
    severity: SeverityWord | None = None
    id: RuleId = ""

    @property
    def subject(self) -> str:
        """The identity of the rule's logic: rules of one kind and subject differ in their settings at most."""
        return self.identifier

    def __post_init__(self) -> None:
        force_setattr(self, "resource_types", as_tuple("ManagedPackRule: resource_types", self.resource_types))
        facts = managed_rule(self.identifier)
        check_parameters(facts, self.parameters)
        validate_use(facts, frequency=self.frequency, scope_types=self.resource_types)
        force_setattr(self, "id", self.id or kebab_case(self.identifier))
        _check_rule_id(self.id)


class CheckPackRule(Struct, frozen=True):
    """A check in a pack, shipped or your own.

    Parameters
    ----------
    check
        The check that evaluates a resource.
    parameters
        An instance of the check's own parameters; its defaults unless given.
    frequency
        The interval of a periodic check: every 24 hours unless given.
    resource_types
        The types that it evaluates; all of the check's unless given. Not for a periodic check.
    severity
        The severity of its violations; the check's own unless given.
    id
        The last part of the rule's name; the check's id unless given.

    Raises
    ------
    PackError
        When the check does not take these settings.

    Examples
    --------
    >>> from compliance_runtime.checks import bucket_tls_only
    >>> CheckPackRule(bucket_tls_only.CHECK, severity=Severity.CRITICAL).id
    'bucket-tls-only'
    """

    check: Check[Any]
    parameters: object = None
    frequency: MaximumExecutionFrequency | None = None
    resource_types: tuple[str, ...] = ()
    severity: Severity | None = None
    id: str = ""

    @property
    def subject(self) -> str:
        """The identity of the rule's logic: rules of one kind and subject differ in their settings at most."""
        return self.check.id

    def __post_init__(self) -> None:
        force_setattr(self, "id", self.id or self.check.id)
        force_setattr(self, "resource_types", as_tuple("CheckPackRule: resource_types", self.resource_types))
        _check_rule_id(self.id)
        validate_check_use(
            self.check,
            place="resource_types",
            is_scoped=bool(self.resource_types),
            resource_types=self.resource_types,
            has_frequency=self.frequency is not None,
        )
        parameter_texts(self.check, self.parameters)


class PolicyPackRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A policy in Guard's language, in a pack.

    Parameters
    ----------
    id
        The last part of the rule's name.
    policy
        The policy: at most 10,000 characters of Guard 2.
    resource_types
        The types that it evaluates: at least one.
    severity
        The severity of its violations; medium unless given.

    Raises
    ------
    ComplianceError
        When AWS Config would refuse the policy.

    Examples
    --------
    >>> policy = 'rule named when resourceType == "AWS::S3::Bucket" { resourceId == /^acme-/ }'
    >>> PolicyPackRule("bucket-names", policy, ("AWS::S3::Bucket",)).id
    'bucket-names'
    """

    id: RuleId
    policy: Annotated[Text, Meta(extra_json_schema={"maxLength": MAX_POLICY})]
    resource_types: ResourceTypes
    severity: SeverityWord | None = None

    @property
    def subject(self) -> str:
        """The identity of the rule's logic: rules of one kind and subject differ in their settings at most."""
        return self.policy

    def __post_init__(self) -> None:
        _check_rule_id(self.id)
        force_setattr(self, "resource_types", as_tuple("PolicyPackRule: resource_types", self.resource_types))
        check_types(f"Rule '{self.id}'", self.resource_types)
        check_policy(self.id, self.policy, self.resource_types)


PackRule: TypeAlias = ManagedPackRule | CheckPackRule | PolicyPackRule
"""A rule in a pack. Its ``id`` is the last part of its name, in kebab case."""


@dataclass(frozen=True)
class Pack:
    """Rules that are deployed together.

    Parameters
    ----------
    name
        Its name in tables, reports and waivers: lower-case words joined by hyphens and dots, at most 64 characters.
    rules
        Its rules: at least one, with unique ids.
    title
        A few words for tables; the name unless given.
    process_checks
        Whether the framework also has duties that no rule can evaluate: the process checks of AWS's packs.

    Raises
    ------
    PackError
        When the name is invalid, there is no rule, or two have the same id.

    Examples
    --------
    >>> pack = Pack("acme", (ManagedPackRule("CLOUD_TRAIL_ENABLED"), ManagedPackRule("IAM_ROOT_ACCESS_KEY_CHECK")))
    >>> [rule.id for rule in pack.rules]
    ['cloud-trail-enabled', 'iam-root-access-key-check']
    """

    name: str
    rules: tuple[PackRule, ...]
    title: str = ""
    process_checks: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(PACK_NAME, self.name) or len(self.name) > MAX_PACK_NAME:
            raise PackError(
                f"pack {self.name!r}: a pack's name has lower-case words and digits joined by hyphens and dots, at "
                f"most {MAX_PACK_NAME} characters."
            )
        object.__setattr__(self, "rules", as_tuple(f"pack {self.name!r}: rules", self.rules))
        if not self.rules:
            raise PackError(f"pack {self.name!r} has no rules: give it at least one.")
        twice = [rule_id for rule_id, number in Counter(rule.id for rule in self.rules).items() if number > 1]
        if twice:
            raise PackError(
                f"pack {self.name!r} has more than one rule {', '.join(sorted(twice))}: give each another id."
            )
        object.__setattr__(self, "title", self.title or self.name)

    @classmethod
    def named(cls, name: PackName | PackAlias) -> Pack:
        """Return a conformance pack of AWS, by its short name or AWS's name.

        Returns
        -------
        Pack
            AWS's rules with AWS's parameters.

        Raises
        ------
        UnknownPackError
            When there is none; the message suggests the nearest one.
        """
        facts = conformance_pack(name)
        rules = tuple(
            ManagedPackRule(rule.identifier, rule.parameters, rule.frequency)  # type: ignore[arg-type]  # from the data
            for rule in facts.rules
        )
        return cls(facts.name, rules, facts.title, facts.process_checks)

    @classmethod
    def from_file(cls, path: str | Path, *, checks: str | Path | None = None) -> Pack:
        """Read a pack of your own from YAML, as ``docs/reference/pack.schema.json`` describes it.

        Parameters
        ----------
        path
            The file.
        checks
            The folder of your own checks, if the pack uses any.

        Returns
        -------
        Pack
            The pack, with its rules in the order of the file.

        Raises
        ------
        PackFileError
            When it cannot be read or is not a pack; the message names the file, the line and the place.
        """
        from compliance_tf.packs.pack_file import read_pack_file

        return read_pack_file(Path(path), checks=None if checks is None else Path(checks))


def _check_rule_id(rule_id: str) -> None:
    if not re.fullmatch(PURPOSE, rule_id):
        raise PackError(f"rule id {rule_id!r}: use lower-case words and digits joined by hyphens.")
