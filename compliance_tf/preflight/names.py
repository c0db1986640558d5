"""Planned names that are taken: by an earlier deployment of this workspace, or by others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from compliance_tf.preflight.account import tags_of_role
from compliance_tf.preflight.findings import Finding, Verdict, answered, enumerated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from compliance_tf.preflight.account import Region
    from compliance_tf.preflight.planned import PlannedStack

    Tags = Mapping[str, str]
    TagsOfName = Callable[[str], Tags | None]

_AT_ONCE = 8  # tags are read one resource at a time, and a stack may have a thousand rules


@dataclass(frozen=True)
class NamePreflight:
    """The names of one stack.

    A taken name belongs to this workspace when its tags have the stack's project and the workspace. A deployment over
    any other would fail halfway, or silently overwrite it, as PutConfigRule and EventBridge's PutRule do.
    """

    stack: PlannedStack
    region: Region

    def findings(self) -> Iterator[Finding]:
        """Query each kind of named resource."""
        stack = self.stack
        kinds: tuple[tuple[str, Sequence[str], Callable[[Region], TagsOfName]], ...] = (
            ("Names of Config rules", [rule.name for rule in stack.rules], _config_rules),
            ("Names of functions", [function.name for function in stack.functions], _functions),
            ("Names of EventBridge rules", stack.event_rules, _event_rules),
            ("Names of roles", stack.roles, _roles),
            ("Names of tables", stack.tables, _tables),
            ("Names of log groups", stack.log_groups, _log_groups),
        )
        for subject, names, kind in kinds:
            yield answered(stack.place, subject, partial(self._judge, subject, names, kind))

    def _judge(self, subject: str, names: Sequence[str], kind: Callable[[Region], TagsOfName]) -> Finding:
        if not names:
            return Finding(self.stack.place, subject, Verdict.OK, "0 free.")
        tags_of = kind(self.region)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            taken = {name: tags for name, tags in zip(names, pool.map(tags_of, names), strict=True) if tags is not None}
        foreign = [f"{name} ({owner(tags)})" for name, tags in taken.items() if not self._is_own(tags)]
        if foreign:
            return Finding(
                self.stack.place,
                subject,
                Verdict.FAIL,
                f"{len(foreign)} of {len(names)} taken by others: {enumerated(foreign)}.",
                f"Give the stack another project, or remove them; if they are this workspace's, tag them with "
                f"project={self.stack.project} and workspace={self.stack.workspace}.",
            )
        own = f", {len(taken)} this workspace's own" if taken else ""
        return Finding(self.stack.place, subject, Verdict.OK, f"{len(names) - len(taken)} free{own}.")

    def _is_own(self, tags: Tags) -> bool:
        return tags.get("project") == self.stack.project and tags.get("workspace") == self.stack.workspace


# Each of these reads once what all names need, and returns the query that runs for every name, concurrently.


def _config_rules(region: Region) -> TagsOfName:
    arns, client = region.config_rules, region.config

    def tags_of(name: str) -> Tags | None:
        if name not in arns:
            return None
        pages = client.get_paginator("list_tags_for_resource").paginate(ResourceArn=arns[name])
        return {tag["Key"]: tag["Value"] for page in pages for tag in page.get("Tags", [])}

    return tags_of


def _event_rules(region: Region) -> TagsOfName:
    arns, client = region.event_rules, region.events

    def tags_of(name: str) -> Tags | None:
        if name not in arns:
            return None
        return {tag["Key"]: tag["Value"] for tag in client.list_tags_for_resource(ResourceARN=arns[name])["Tags"]}

    return tags_of


def _functions(region: Region) -> TagsOfName:
    client = region.functions

    def tags_of(name: str) -> Tags | None:
        try:
            return client.get_function(FunctionName=name).get("Tags", {})
        except client.exceptions.ResourceNotFoundException:
            return None

    return tags_of


def _roles(region: Region) -> TagsOfName:
    return partial(tags_of_role, region.iam)


def _tables(region: Region) -> TagsOfName:
    client = region.dynamodb

    def tags_of(name: str) -> Tags | None:
        try:
            arn = client.describe_table(TableName=name)["Table"]["TableArn"]
        except client.exceptions.ResourceNotFoundException:
            return None
        pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
        return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}

    return tags_of


def _log_groups(region: Region) -> TagsOfName:
    client = region.logs

    def tags_of(name: str) -> Tags | None:
        pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
        found = next((group for page in pages for group in page["logGroups"] if group["logGroupName"] == name), None)
        if found is None:
            return None
        arn = found.get("logGroupArn") or found["arn"].removesuffix(":*")
        return client.list_tags_for_resource(resourceArn=arn)["tags"]

    return tags_of


def owner(tags: Tags) -> str:
    """Name whose a thing with such tags is."""
    if "project" not in tags:
        return "without a project's tag"
    return f"project {tags['project']}, workspace {tags.get('workspace', 'not said')}"
