"""A reader of a deployment's results, by Query on the table's keys alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.daily_counts import DailyCounts
from compliance_runtime.recording.results import ATTRIBUTES, Result
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_runtime.recording.table_schema import (
    BY_RESOURCE_TYPE,
    BY_RULE,
    BY_SEVERITY,
    PRESENT_PREFIX,
    RULES_KEY,
    SHARDS,
    Resource,
    day_key,
    history_prefix,
    resource_type_partitions,
    rule_partitions,
    severity_partitions,
    status_prefix,
)
from compliance_runtime.suggestions import hint
from compliance_tf.errors import ResultsError
from compliance_tf.results.boto_errors import explained
from compliance_tf.results.clients import client_with_retries
from compliance_tf.results.config_queries import ConfigQueries
from compliance_tf.results.row import WORST_FIRST, Row, status
from compliance_tf.results.table_queries import PAGE_ITEMS, Query, TableQueries, Usage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import boto3
    from mypy_boto3_dynamodb import DynamoDBClient

    from compliance_tf.results.counts import Counts
    from compliance_tf.results.place import ResultsPlace

_COMPARED_LATELY: Final = 2
COMPARED_WITHIN: Final = 8
"""Days in which the last comparison is searched, today included."""

_LISTED: Final = "`compliance-tf results summary --format json` lists all."

_HISTORY: Final = "HISTORY#"
"""The prefix of the sort keys of all changes."""


class ResultsReader:
    """A reader of one table.

    Rows are yielded as they are read, so that a caller that passes them on needs constant memory; closing the iterator
    ends the reading.

    Parameters
    ----------
    place
        The place of the results.
    client
        DynamoDB's client of that region, which several threads may use.
    at
        The time for the expiry of waivers, with an offset; now unless given.
    on_page
        Called with the usage so far after each page.
    session
        Credentials for what the table does not have; the caller's own unless given.

    Attributes
    ----------
    missing
        The tables of several that could not be read so far, with the reasons: for a single table it is an error.
    """

    def __init__(
        self,
        place: ResultsPlace,
        client: DynamoDBClient,
        *,
        at: datetime | None = None,
        on_page: Callable[[Usage], None] | None = None,
        session: boto3.Session | None = None,
    ) -> None:
        self.place = place
        self._session = session
        self._client = client
        self.at = at or datetime.now(UTC)
        self.missing: dict[str, str] = {}
        self._queries = TableQueries(client, place, on_page)

    @classmethod
    def at_place(cls, place: ResultsPlace) -> ResultsReader:
        """Create a reader with a client of its own.

        Returns
        -------
        ResultsReader
            A reader, which has not read anything yet.

        Raises
        ------
        ResultsError
            When boto3 has no client for the region or the configured profile.
        """
        with explained(str(place), "dynamodb:Query", missing=""):
            return cls(place, client_with_retries("dynamodb", place.region, str(place)))

    def again(self) -> ResultsReader:
        """Return a new reader of the same table, as of now."""
        return ResultsReader(self.place, self._client)

    @property
    def usage(self) -> Usage:
        """The usage so far."""
        return self._queries.usage

    def watch_pages(self, on_page: Callable[[Usage], None] | None) -> None:
        """Set the callback after each page: called from any thread, one call at a time."""
        self._queries.on_page = on_page

    # -- The deployment ------------------------------------------------------------------------------------------

    @cached_property
    def rules(self) -> Mapping[str, RuleEntry]:
        """The deployed rules by their full name, in its order.

        A rule that was deployed after the last comparison with AWS Config is missing.
        """
        entries = map(RuleEntry.from_item, self._queries.items([Query(RULES_KEY, None, PRESENT_PREFIX)]))
        return {entry.name: entry for entry in entries}

    def rule(self, name: str) -> RuleEntry:
        """Find a rule by its id, or by its name with or without the prefix.

        Returns
        -------
        RuleEntry
            The rule, as the table keeps it.

        Raises
        ------
        ResultsError
            When there is none; the message suggests the nearest ones.
        """
        whole = self.place.whole(name)
        if whole in self.rules:
            return self.rules[whole]
        by_id = {rule.id: rule for rule in self.rules.values()}
        if name in by_id:
            return by_id[name]
        raise ResultsError(_unknown("rule", name, list(by_id)))

    def rules_called(self, name: str) -> list[RuleEntry]:
        """Find all rules of a name: for one deployment it is one.

        Returns
        -------
        list[RuleEntry]
            At least one.

        Raises
        ------
        ResultsError
            When there is none.
        """
        return [self.rule(name)]

    def rules_of_pack(self, pack: str) -> list[RuleEntry]:
        """Find the rules of a pack.

        Returns
        -------
        list[RuleEntry]
            At least one.

        Raises
        ------
        ResultsError
            When no deployed rule belongs to it; the message names existing packs.
        """
        if rules := [rule for rule in self.rules.values() if pack in rule.packs]:
            return rules
        raise ResultsError(_unknown("pack", pack, sorted({one for rule in self.rules.values() for one in rule.packs})))

    def days(self, count: int) -> list[DailyCounts]:
        """Read the daily counts of the last days, today included, the oldest day first."""
        today = self.at.astimezone(UTC).date()
        days = [today - timedelta(days=back) for back in reversed(range(count))]
        groups = [[Query(day_key(day), None, PRESENT_PREFIX)] for day in days]
        return [DailyCounts.from_item(item) for item in self._queries.items_in_groups(groups)]

    @cached_property
    def compared_at(self) -> Mapping[str, datetime]:
        """The times of the rules' last comparisons with AWS Config, by full name: within the last week."""
        # Usually it was today or yesterday, and more days cost more to read.
        days = self.days(_COMPARED_LATELY) or self.days(COMPARED_WITHIN)
        return {counts.rule_name: counts.compared_at for counts in days}

    @property
    def is_one_table(self) -> bool:
        """Return whether all results are of one account and region."""
        return True

    @property
    def by_place(self) -> Mapping[tuple[str, str], Counts]:
        """Counts by account and region, where there are several: a deployment is in one."""
        return {}

    @property
    def has_names(self) -> bool:
        """Return whether AWS Config can be asked for names and tags of the resources, where they are."""
        return True

    def session(self, account: str, region: str) -> boto3.Session | None:  # noqa: ARG002 (it has one)
        """Return the credentials for an account and region of the results; None for the caller's own."""
        return self._session

    def config_queries(self, account: str, region: str) -> ConfigQueries:  # noqa: ARG002 (it has one)
        """Return what asks AWS Config in an account and region of the results."""
        return ConfigQueries(self.place, self._session)

    def tagged(self, tag: str) -> Callable[[Resource], bool]:
        """Find the resources with a tag, given as ``key=value``, or as ``key`` for any value.

        Returns
        -------
        Callable
            Whether a resource is one of them.

        Raises
        ------
        ResultsError
            When AWS Config cannot be queried.
        """
        found = ConfigQueries(self.place, self._session).tagged(tag)
        return lambda resource: (resource.type, resource.id) in found

    @property
    def read_to_end(self) -> Mapping[tuple[str, str, str], bool]:
        """Completeness of each account, region and :meth:`source` so far, where there are several."""
        return {}

    def source(self, row: Row) -> str:
        """Name where a row is from: project and workspace, with which a rule's name begins."""
        return "-".join(row.result.rule_name.split("-", 2)[:2])

    # -- Results -------------------------------------------------------------------------------------------------

    def violations(
        self, severities: Iterable[Severity] = WORST_FIRST, *, page_items: int = PAGE_ITEMS
    ) -> Iterator[Row]:
        """Read all violations, waived or not: by severity in the order given, then by rule, resource type and id.

        Parameters
        ----------
        page_items
            The number of wanted rows, if known to be small: then fewer are read.

        Returns
        -------
        Iterator[Row]
            Rows that are read as they are taken.
        """
        groups = [
            [Query(one, BY_SEVERITY, attributes=ATTRIBUTES) for one in severity_partitions(severity)]
            for severity in severities
        ]
        return self._rows(groups, page_items)

    def violations_of_types(self, types: Iterable[str], *, page_items: int = PAGE_ITEMS) -> Iterator[Row]:
        """Read the violations of resource types, type by type, then by rule and id."""
        groups = [
            [Query(one, BY_RESOURCE_TYPE, attributes=ATTRIBUTES) for one in resource_type_partitions(type_)]
            for type_ in types
        ]
        return self._rows(groups, page_items)

    def of_rules(
        self, names: Iterable[str], compliance: Compliance | None = None, *, page_items: int = PAGE_ITEMS
    ) -> Iterator[Row]:
        """Read the present results of rules, rule by rule, then by compliance, resource type and id.

        Parameters
        ----------
        names
            Their full names.
        compliance
            COMPLIANT or NON_COMPLIANT alone; both unless given.

        Returns
        -------
        Iterator[Row]
            Rows that are read as they are taken.
        """
        prefix = status_prefix(compliance) if compliance else ""
        return self._rows(
            ([Query(one, BY_RULE, prefix, ATTRIBUTES) for one in rule_partitions(name)] for name in names), page_items
        )

    def all(self) -> Iterator[Row]:
        """Read all present results: first the violations, then compliant ones."""
        yield from self.violations()
        yield from self.of_rules(self.rules, Compliance.COMPLIANT)

    def of_resource(self, resource: Resource) -> list[Row]:
        """Read every rule's result of a resource, closed ones included, in the order of the rules' names."""
        return list(self._rows([[Query(resource.key, None, PRESENT_PREFIX)]], PAGE_ITEMS))

    def history(self, resource: Resource, rule_name: str = "") -> list[Result]:
        """Read the changes of a resource that have not expired, the newest first.

        Parameters
        ----------
        rule_name
            The full name of the only rule to read; all unless given.

        Returns
        -------
        list[Result]
            Those of the same time by rule, the last name first; empty where nothing is known of the resource.
        """
        prefix = history_prefix(rule_name) if rule_name else _HISTORY
        changes = map(Result.from_item, self._queries.items([Query(resource.key, None, prefix)]))
        return sorted(changes, key=lambda change: (change.time, change.rule_name), reverse=True)

    def known(self, candidates: Sequence[Resource]) -> list[Resource]:
        """Return those of the resources that the table has results of, closed ones included."""
        counts = self._queries.counts([Query(one.key, None, PRESENT_PREFIX) for one in candidates])
        return [one for one, count in zip(candidates, counts, strict=True) if count]

    def counts(self, compliance: Compliance) -> dict[str, int]:
        """Count the present results of each rule that are COMPLIANT, or NON_COMPLIANT, by the rule's full name.

        The results are not transferred, though DynamoDB reads them.

        Returns
        -------
        dict[str, int]
            The number for every rule of the deployment, 0 included.
        """
        queries = [
            Query(partition, BY_RULE, status_prefix(compliance))
            for name in self.rules
            for partition in rule_partitions(name)
        ]
        counts = iter(self._queries.counts(queries))
        return {name: sum(islice(counts, SHARDS)) for name in self.rules}

    def _rows(self, groups: Iterable[Sequence[Query]], page_items: int) -> Iterator[Row]:
        for item in self._queries.items_in_groups(groups, page_items):
            yield self._row(Result.from_item(item))

    def _row(self, result: Result) -> Row:
        rule = self.rules.get(result.rule_name) or RuleEntry(result.rule_name, result.severity)
        compared = self.compared_at.get(result.rule_name, result.time)
        return Row(result, rule, status(result, self.at), max(result.time, compared))


def _unknown(kind: str, name: str, known: Sequence[str]) -> str:
    if not known:
        return (
            f"The table does not list its {kind}s yet: it does after the first comparison with AWS Config, which runs "
            "once a day; `compliance-tf results reconcile` runs one now."
        )
    return f"No {kind} of this deployment is called '{name}'.{hint(name, known)} {_LISTED}"
