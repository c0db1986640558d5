"""Search of a resource by an ARN, an id or a name.

The table's keys have AWS Config's type and id of a resource. Neither is in an ARN, but usually they can be derived
from it; where not, as with IAM's and RDS's unique ids, AWS Config is queried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from compliance_runtime.checks import check_ids, load_check
from compliance_runtime.recording.table_schema import Resource
from compliance_tf.catalog.managed_rules import managed_rules
from compliance_tf.errors import ResultsError
from compliance_tf.results.boto_errors import explained
from compliance_tf.results.clients import client_with_retries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_tf.results.config_queries import ConfigQueries, TypedId
    from compliance_tf.results.place import ResultsPlace
    from compliance_tf.results.reader import ResultsReader

ACCOUNT_TYPE: Final = "AWS::::Account"
"""The type of results of a whole account, whose id is its number."""

_ARN_PARTS: Final = 6
"""arn:partition:service:region:account:resource (AWS General Reference)."""


@dataclass(frozen=True)
class Arn:
    """A parsed ARN.

    Parameters
    ----------
    text
        The whole ARN.
    service, region, account, resource
        Its parts; region and account are empty where the service leaves them out.
    """

    text: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parsed(cls, text: str) -> Arn | None:
        """Parse an ARN; None where the text is not one."""
        parts = text.split(":", _ARN_PARTS - 1)
        if len(parts) != _ARN_PARTS or parts[0] != "arn":
            return None
        return cls(text, *parts[2:])

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids that AWS Config may use for the resource."""
        resource = self.resource
        ids = [resource, self.text, resource.rpartition("/")[2], resource.rpartition(":")[2]]
        ids += [resource.partition("/")[2], resource.partition(":")[2]]
        if self.service == "sqs":
            ids.append(f"https://sqs.{self.region}.amazonaws.com/{self.account}/{resource}")
        return tuple(dict.fromkeys(one for one in ids if one))

    def may_be(self, resource_type: str) -> bool:
        """Return whether a type's name resembles the ARN's service."""
        service = resource_type.split("::")[1].casefold()
        mine = self.service.replace("-", "")
        return bool(service) and (mine.startswith(service) or service.startswith(mine))


@dataclass(frozen=True)
class ResourceSearch:
    """A search of resources in a results table.

    Parameters
    ----------
    reader
        The reader of the table.
    config
        The queries of AWS Config, for resources that the table does not have.
    account
        Returns the account's number, if it is needed.
    """

    reader: ResultsReader
    config: ConfigQueries
    account: Callable[[], str]

    def find(self, named: str, resource_type: str | None = None) -> Resource:
        """Find the one matching resource.

        Parameters
        ----------
        named
            Its ARN, AWS Config's id, or its name.
        resource_type
            AWS Config's name of its type, when that is known: then nothing is searched.

        Returns
        -------
        Resource
            The resource with account, region, type and id, as the table's keys have it.

        Raises
        ------
        ResultsError
            When the table has none, or several.
        """
        arn = Arn.parsed(named)
        account = arn.account if arn and arn.account else self.account()
        ids = arn.ids if arn else (named,)
        types = [resource_type] if resource_type else self._types(arn)
        candidates = [self._resource(account, type_, id_) for type_ in types for id_ in ids]
        found = self.reader.known(candidates)
        if not found:
            found = self.reader.known([self._resource(account, *one) for one in self._asked(named, arn)])
        return _only(found, named, self.reader.place)

    def _asked(self, named: str, arn: Arn | None) -> list[TypedId]:
        try:
            return sorted(self.config.with_arn(named) if arn else self.config.named(named))
        except ResultsError as cause:
            raise ResultsError(
                f"{self.reader.place} has no results of '{named}' under any id that it may have, and what AWS Config "
                f"calls it is not known. {cause} Or give the id that AWS Config shows."
            ) from cause

    def _types(self, arn: Arn | None) -> list[str]:
        types = sorted(resource_types(self.reader.rules.values()))
        if arn is None:
            return types
        # Where no type resembles the service, as with "states" for AWS::StepFunctions, it may be any.
        return [one for one in types if arn.may_be(one)] or types

    def _resource(self, account: str, resource_type: str, resource_id: str) -> Resource:
        return Resource(account, self.reader.place.region, resource_type, resource_id)


def resource_types(rules: Iterable[RuleEntry]) -> frozenset[str]:
    """List the types of rules' results; all known types, if one rule may evaluate any."""
    known = {type_ for facts in managed_rules().rules.values() for type_ in facts.resource_types} | {ACCOUNT_TYPE}
    entries = list(rules)
    judged = [set(_judged(entry)) for entry in entries]
    if not entries or not all(judged):
        return frozenset(known.union(*judged))
    return frozenset({ACCOUNT_TYPE}.union(*judged))


def caller_account(region: str) -> str:
    """Read the account of the credentials, which requires no permission.

    Returns
    -------
    str
        Its 12 digits.

    Raises
    ------
    ResultsError
        When there are no credentials, or no network.
    """
    with explained("AWS STS", "sts:GetCallerIdentity", missing="AWS STS does not answer."):
        return str(client_with_retries("sts", region, "AWS STS").get_caller_identity()["Account"])


def _judged(entry: RuleEntry) -> Iterator[str]:
    """List a rule's types; none where they are unknown, or it evaluates every type."""
    identifier = entry.identifier or ""
    if identifier in managed_rules().rules:
        # A rule without types evaluates the account, or what AWS Config does not record.
        yield from managed_rules().rules[identifier].resource_types or (ACCOUNT_TYPE,)
    elif identifier in check_ids():
        yield from load_check(identifier).resource_types


def _only(found: list[Resource], named: str, place: ResultsPlace) -> Resource:
    if len(found) == 1:
        return found[0]
    if found:
        lines = "\n".join(f"  {one.id} --type {one.type}" for one in found)
        raise ResultsError(f"'{named}' may be any of these; give one:\n{lines}")
    raise ResultsError(
        f"Neither {place} nor AWS Config knows a resource '{named}' that a rule has judged. What works: an ARN, the id "
        "that AWS Config shows, a name that AWS Config recorded, or an id with --type, such as --type AWS::S3::Bucket. "
        "A resource that no rule applies to has no results."
    )
