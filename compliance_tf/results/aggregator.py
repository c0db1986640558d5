"""Reads results from an AWS Config aggregator that exists, as if they were in a table: read-only, nothing is deployed.

An aggregator has neither waivers nor history, and does not know how severe a rule is: what the app in this folder
declares of its own rules is taken from there.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_runtime.recording.table_schema import Resource
from compliance_tf.errors import ResultsError
from compliance_tf.results.boto_errors import explained
from compliance_tf.results.counts import Counts
from compliance_tf.results.place import ResultsPlace
from compliance_tf.results.reader import ResultsReader
from compliance_tf.results.row import WORST_FIRST, Row, status
from compliance_tf.results.table_queries import PAGE_ITEMS, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from compliance_runtime.recording.daily_counts import DailyCounts

NOT_SAID: Final = "An aggregator has neither waivers nor history: every violation is open, and no trend is known."

_SEVERITY: Final = Severity.MEDIUM
"""Of a rule of which nothing but its name is known."""

_PAGE: Final = 100  # AWS Config API, GetAggregateComplianceDetailsByConfigRule.Limit


class AggregatorReader(ResultsReader):
    """Reads the results of all accounts and regions of an aggregator.

    Parameters
    ----------
    name
        The aggregator's name.
    client
        AWS Config's client of the aggregator's account and region.
    declared
        What is known of rules, by the end of their names.
    accounts
        The only accounts that are wanted; all unless given.
    prefix
        What the names of the wanted rules begin with; all unless given.
    """

    def __init__(
        self,
        name: str,
        client: Any,  # noqa: ANN401 (boto3's)
        *,
        declared: Mapping[str, RuleEntry],
        accounts: Collection[str] = (),
        prefix: str = "",
    ) -> None:
        region = client.meta.region_name
        # Not that of a table: nothing here asks one.
        self.place = ResultsPlace(f"aggregator {name}", prefix.removesuffix("-").partition("-")[2], region, name)
        self.at = datetime.now(UTC)
        self.missing: dict[str, str] = {}
        self._name = name
        self._config = client
        self._declared = declared
        self._accounts = frozenset(accounts)
        self._prefix = prefix

    def again(self) -> AggregatorReader:
        """Return a reader of the same aggregator as it is now."""
        raise ResultsError("An aggregator is not watched: AWS Config updates it within minutes to hours.")

    @property
    def usage(self) -> Usage:
        """The usage of DynamoDB: none."""
        return Usage()

    def watch_pages(self, on_page: Callable[[Usage], None] | None) -> None:
        """Ignore the callback: there are no pages of a table."""

    @property
    def is_one_table(self) -> bool:
        """Return whether all results are of one account and region: never."""
        return False

    @property
    def has_names(self) -> bool:
        """Return whether AWS Config can be asked for names and tags, where the resources are: it cannot."""
        return False

    def source(self, row: Row) -> str:  # noqa: ARG002 (it is the same of all)
        """Name where a row is from."""
        return f"aggregator-{self._name}"

    @cached_property
    def rules(self) -> Mapping[str, RuleEntry]:
        """The rules that the aggregator has, by name."""
        return {name: self._rule(name) for name, _, _ in sorted(self._places)}

    def rules_called(self, name: str) -> list[RuleEntry]:
        """Find rules by their id or name."""
        if found := [rule for rule in self.rules.values() if name in {rule.id, rule.name}]:
            return found
        return [self.rule(name)]

    def days(self, count: int) -> list[DailyCounts]:  # noqa: ARG002 (there are none)
        """Read no daily counts: an aggregator keeps none."""
        return []

    @cached_property
    def compared_at(self) -> Mapping[str, datetime]:
        """The times of the rules' last comparisons with AWS Config: none."""
        return {}

    def violations(
        self, severities: Iterable[Severity] = WORST_FIRST, *, page_items: int = PAGE_ITEMS
    ) -> Iterator[Row]:
        """Read all violations, by severity in the order given, then rule by rule."""
        for severity in severities:
            names = [name for name, rule in self.rules.items() if rule.severity is severity]
            yield from self.of_rules(names, Compliance.NON_COMPLIANT, page_items=page_items)

    def violations_of_types(self, types: Iterable[str], *, page_items: int = PAGE_ITEMS) -> Iterator[Row]:
        """Read the violations of resource types."""
        wanted = frozenset(types)
        return (row for row in self.violations(page_items=page_items) if row.result.resource.type in wanted)

    def of_rules(
        self, names: Iterable[str], compliance: Compliance | None = None, *, page_items: int = PAGE_ITEMS
    ) -> Iterator[Row]:
        """Read the results of rules, rule by rule, account by account."""
        limit = min(page_items, _PAGE)
        for name in names:
            for place in self._places:
                if place[0] == name:
                    yield from self._details(place, compliance, limit)

    def all(self) -> Iterator[Row]:
        """Read all results, rule by rule."""
        return self.of_rules(self.rules)

    def counts(self, compliance: Compliance) -> dict[str, int]:
        """Count the results of each rule: all of them are read for it."""
        return {name: self._counted[0][name, compliance] for name in self.rules}

    @cached_property
    def by_place(self) -> Mapping[tuple[str, str], Counts]:
        """Counts by account and region."""
        return self._counted[1]

    @cached_property
    def _counted(self) -> tuple[Counter[tuple[str, Compliance]], dict[tuple[str, str], Counts]]:
        by_rule: Counter[tuple[str, Compliance]] = Counter()
        by_place: dict[tuple[str, str], Counts] = {(account, region): Counts() for _, account, region in self._places}
        for row in self.all():
            result = row.result
            by_rule[result.rule_name, result.compliance] += 1
            by_place[result.resource.account, result.resource.region] += Counts.of(row.status)
        return by_rule, by_place

    @cached_property
    def _places(self) -> list[tuple[str, str, str]]:
        """The wanted rules with their accounts and regions; what AWS Config could not aggregate is missing."""
        for source in self._pages("describe_configuration_aggregator_sources_status", "AggregatedSourceStatusList"):
            if source.get("LastUpdateStatus") == "FAILED" and self._wants(source["SourceId"]):
                place = f"{source['SourceId']} {source.get('AwsRegion', '')}".strip()
                self.missing[place] = str(source.get("LastErrorMessage") or source.get("LastErrorCode"))
        rules = self._pages("describe_aggregate_compliance_by_config_rules", "AggregateComplianceByConfigRules")
        return [
            (rule["ConfigRuleName"], rule["AccountId"], rule["AwsRegion"])
            for rule in rules
            if rule["ConfigRuleName"].startswith(self._prefix) and self._wants(rule["AccountId"])
        ]

    def _wants(self, account: str) -> bool:
        return not self._accounts or account in self._accounts

    def _details(self, place: tuple[str, str, str], compliance: Compliance | None, limit: int) -> Iterator[Row]:
        name, account, region = place
        asked = {"ConfigRuleName": name, "AccountId": account, "AwsRegion": region, "Limit": limit}
        for wanted in [compliance] if compliance else [Compliance.NON_COMPLIANT, Compliance.COMPLIANT]:
            for found in self._pages(
                "get_aggregate_compliance_details_by_config_rule",
                "AggregateEvaluationResults",
                ComplianceType=wanted.value,
                **asked,
            ):
                yield self._to_row(found, wanted)

    def _to_row(self, found: Mapping[str, Any], compliance: Compliance) -> Row:
        qualifier = found["EvaluationResultIdentifier"]["EvaluationResultQualifier"]
        rule = self._rule(qualifier["ConfigRuleName"])
        resource = Resource(found["AccountId"], found["AwsRegion"], qualifier["ResourceType"], qualifier["ResourceId"])
        recorded = found["ResultRecordedTime"].astimezone(UTC)
        result = Result(
            resource=resource,
            rule_name=rule.name,
            severity=rule.severity,
            compliance=compliance,
            annotation=found.get("Annotation") or None,
            time=recorded,
            # Since when it says so is not known: AWS Config records a result anew with each evaluation.
            since=recorded,
            waiver=None,
        )
        return Row(result, rule, status(result, self.at), recorded)

    def _rule(self, name: str) -> RuleEntry:
        known = self._declared.get(name.removeprefix(self._prefix)) if self._prefix else None
        if known is None:
            # Somebody else's rule has no project and workspace in its name.
            return RuleEntry(name, _SEVERITY, full_id=None if self._prefix else name)
        return RuleEntry(name, known.severity, known.packs, known.identifier)

    def _pages(self, operation: str, members: str, **asked: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 (boto3's)
        request = {"ConfigurationAggregatorName": self._name, **asked}
        missing = f"There is no aggregator {self._name} in {self.place.region}: name another one, or its --region."
        while True:
            with explained(
                f"the aggregator {self._name}", "config:DescribeAggregate* and config:GetAggregate*", missing=missing
            ):
                answer = getattr(self._config, operation)(**request)
            yield from answer[members]
            if not answer.get("NextToken"):
                return
            request["NextToken"] = answer["NextToken"]


def open_aggregator(
    name: str, *, region: str | None, accounts: Collection[str], project: str | None, workspace: str | None
) -> AggregatorReader:
    """Open an aggregator in the caller's account; no request is sent yet.

    Parameters
    ----------
    region
        The aggregator's; that of the credentials unless given.
    project, workspace
        Of whose rules; both or neither.

    Returns
    -------
    AggregatorReader
        A reader of the results of all rules, or of those of one deployment.

    Raises
    ------
    ResultsError
        When one of both is missing, or no region is known.
    """
    import boto3

    if (project is None) is not (workspace is None):
        raise ResultsError("Only both together name a deployment: give --project and --workspace, or neither.")
    with explained(f"the aggregator {name}", "config:DescribeAggregate*", missing=""):
        client: Any = boto3.client("config", region_name=region)
    prefix = f"{project}-{workspace}-" if project and workspace else ""
    return AggregatorReader(name, client, declared=_declared() if prefix else {}, accounts=accounts, prefix=prefix)


def _declared() -> dict[str, RuleEntry]:
    """Read what the app that was synthesized here says of its rules; nothing where there is none."""
    from pathlib import Path

    from compliance_tf.errors import SynthesizedAppError
    from compliance_tf.terraform.synthesized import OUTPUT, synthesized_stacks

    try:
        stacks = synthesized_stacks(Path(OUTPUT))
    except SynthesizedAppError:
        return {}
    return {
        name: RuleEntry(name, rule.severity, rule.packs, rule.identifier)
        for stack in stacks
        for name, rule in stack.deployment.rules.items()
    }
