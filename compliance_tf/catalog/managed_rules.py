"""AWS Config's managed rules: what each evaluates, when, where, and which parameters it takes.

The facts are in ``generated/managed_rules.json``, written by ``python -m maintenance.import_facts``. They are
read at the first look-up, not at import.
"""

from __future__ import annotations

import datetime
import enum
import functools
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from compliance_runtime.check import Severity
from compliance_runtime.suggestions import nearest
from compliance_tf.errors import UnknownManagedRuleError

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA_FILE: Final = Path(__file__).with_name("generated") / "managed_rules.json"

_GUIDE: Final = "https://docs.aws.amazon.com/config/latest/developerguide"


class ParameterType(enum.Enum):
    """The types that AWS's documentation gives to rule parameters. In the API each value is a string."""

    STRING = "String"
    INT = "int"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    CSV = "CSV"
    """Texts separated by commas."""
    STRING_MAP = "StringMap"
    """Texts or ``key:value`` pairs separated by commas."""


@dataclass(frozen=True, slots=True)
class ManagedRuleParameter:
    """One parameter of a managed rule.

    Attributes
    ----------
    name
        Its name; case matters to AWS.
    type
        The format of its text.
    required
        Whether PutConfigRule refuses the rule without it. It does so even where a default is documented: the
        API does not fill it in.
    default
        The documented default, None if there is none.
    """

    name: str
    type: ParameterType
    required: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class ManagedRuleFacts:
    """The facts of a managed rule.

    Attributes
    ----------
    identifier
        Its identifier in PutConfigRule, such as ``INCOMING_SSH_DISABLED``.
    name
        Its name in AWS's documentation, such as ``restricted-ssh``.
    change_triggered
        Whether a change of a resource triggers it.
    periodic
        Whether it is evaluated on a schedule. A few rules are both; every rule is one of them.
    resource_types
        The types that it evaluates. Empty where it evaluates something that AWS Config does not record.
    parameters
        The parameters that it takes.
    excluded_regions
        Codes of the regions that do not have it, as far as known.
    only_regions
        Codes of the only regions that have it; empty if it is in all but `excluded_regions`.
    rating
        A community's severity rating, as AWS publishes none; None for rules that were not rated.
    """

    identifier: str
    name: str
    change_triggered: bool
    periodic: bool
    resource_types: tuple[str, ...] = ()
    parameters: tuple[ManagedRuleParameter, ...] = ()
    excluded_regions: tuple[str, ...] = ()
    only_regions: tuple[str, ...] = ()
    rating: Severity | None = None

    @property
    def severity(self) -> Severity:
        """The severity of a violation: the community's rating, medium where there is none."""
        return self.rating or Severity.MEDIUM

    @property
    def documentation_url(self) -> str:
        """The rule's page in the AWS Config Developer Guide."""
        return f"{_GUIDE}/{self.name}.html"

    def is_available_in(self, region: str) -> bool:
        """Compare a region with those that have the rule.

        A region that is younger than the facts counts as having all rules but those limited to some regions.

        Returns
        -------
        bool
            Whether ``region``, a code such as ``eu-west-1``, has the rule.
        """
        if self.only_regions:
            return region in self.only_regions
        return region not in self.excluded_regions


@dataclass(frozen=True, slots=True)
class ManagedRuleCatalog:
    """All managed rules that are known.

    Attributes
    ----------
    source
        Where the facts come from.
    as_of
        The date of the facts.
    rules
        The rules by identifier, in the order of the identifiers.
    """

    source: str
    as_of: datetime.date
    rules: Mapping[str, ManagedRuleFacts]


@functools.cache
def managed_rules() -> ManagedRuleCatalog:
    """Return all managed rules, read once per process."""
    return read_catalog(DATA_FILE.read_text(encoding="utf-8"))


def managed_rule(identifier: str) -> ManagedRuleFacts:
    """Return the facts of a managed rule.

    Parameters
    ----------
    identifier
        As in PutConfigRule: capitals, digits and underscores.

    Returns
    -------
    ManagedRuleFacts
        Its triggers, resource types, parameters and regions, as AWS documents them.

    Raises
    ------
    UnknownManagedRuleError
        No rule has this identifier; the message suggests the nearest one, also for a name in the form of
        AWS's documentation such as ``restricted-ssh``.

    Examples
    --------
    >>> managed_rule("INCOMING_SSH_DISABLED").resource_types
    ('AWS::EC2::SecurityGroup',)
    """
    catalog = managed_rules()
    facts = catalog.rules.get(identifier)
    if facts is None:
        raise UnknownManagedRuleError(_unknown_rule_message(identifier, catalog))
    return facts


def kebab_case(identifier: str) -> str:
    """Return the identifier in kebab case, which is AWS's documented name of nearly every rule."""
    return identifier.lower().replace("_", "-")


def read_catalog(text: str) -> ManagedRuleCatalog:
    """Read the text of a data file, which must be valid by ``managed_rules.schema.json``."""
    file = msgspec.json.decode(text, type=_File)
    return ManagedRuleCatalog(
        source=file.source,
        as_of=file.as_of,
        rules=MappingProxyType({rule.identifier: rule.facts() for rule in file.rules}),
    )


class _Rule(msgspec.Struct):
    """A rule of the data file."""

    identifier: str
    triggers: tuple[Literal["change", "periodic"], ...]
    name: str | None = None
    resource_types: tuple[str, ...] = ()
    parameters: tuple[ManagedRuleParameter, ...] = ()
    excluded_regions: tuple[str, ...] = ()
    only_regions: tuple[str, ...] = ()
    rating: Severity | None = None

    def facts(self) -> ManagedRuleFacts:
        return ManagedRuleFacts(
            identifier=self.identifier,
            name=self.name or kebab_case(self.identifier),
            change_triggered="change" in self.triggers,
            periodic="periodic" in self.triggers,
            resource_types=self.resource_types,
            parameters=self.parameters,
            excluded_regions=self.excluded_regions,
            only_regions=self.only_regions,
            rating=self.rating,
        )


class _File(msgspec.Struct):
    """The data file."""

    source: str
    as_of: datetime.date
    rules: tuple[_Rule, ...]


def _unknown_rule_message(identifier: str, catalog: ManagedRuleCatalog) -> str:
    identifiers = {rule.name: rule.identifier for rule in catalog.rules.values()}
    identifiers |= {kebab_case(known): known for known in catalog.rules}
    match = nearest(kebab_case(identifier), identifiers)
    return (
        f"managed rule {identifier!r} is not known.{f' Did you mean {identifiers[match]}?' if match else ''} "
        f"Allowed are the {len(catalog.rules)} identifiers of {_GUIDE}/managed-rules-by-aws-config.html "
        f"as of {catalog.as_of}."
    )
