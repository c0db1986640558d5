"""Planned names that are taken: by an earlier deployment of this workspace, or by others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from compliance_tf.preflight.findings import Finding, Verdict, answered, enumerated
from compliance_tf.preflight.tags import read_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mypy_boto3_logs import CloudWatchLogsClient

    from compliance_tf.preflight.account import Region
    from compliance_tf.preflight.planned import PlannedStack
    from compliance_tf.preflight.tags import Tags

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
        stack, region = self.stack, self.region
        kinds: tuple[tuple[str, Sequence[str], Callable[[], TagsOfName]], ...] = (
            (
                "Names of Config rules",
                [rule.name for rule in stack.rules],
                lambda: _listed("aws_config_config_rule", region.config, region.config_rules),
            ),
            (
                "Names of functions",
                [function.name for function in stack.functions],
                lambda: partial(read_tags, "aws_lambda_function", region.functions),
            ),
            (
                "Names of EventBridge rules",
                stack.event_rules,
                lambda: _listed("aws_cloudwatch_event_rule", region.events, region.event_rules),
            ),
            ("Names of roles", stack.roles, lambda: partial(read_tags, "aws_iam_role", region.iam)),
            ("Names of tables", stack.tables, lambda: partial(read_tags, "aws_dynamodb_table", region.dynamodb)),
            ("Names of log groups", stack.log_groups, lambda: partial(_of_log_group, region.logs)),
        )
        for subject, names, kind in kinds:
            yield answered(stack.place, subject, partial(self._judge, subject, names, kind))

    def _judge(self, subject: str, names: Sequence[str], kind: Callable[[], TagsOfName]) -> Finding:
        if not names:
            return Finding(self.stack.place, subject, Verdict.OK, "0 free.")
        tags_of = kind()
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


def _listed(type_: str, client: Any, arns: Mapping[str, str]) -> TagsOfName:  # noqa: ANN401
    return lambda name: read_tags(type_, client, arns[name]) if name in arns else None


def _of_log_group(client: CloudWatchLogsClient, name: str) -> Tags | None:
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    found = next((group for page in pages for group in page["logGroups"] if group["logGroupName"] == name), None)
    if found is None:
        return None
    return read_tags("aws_cloudwatch_log_group", client, found.get("logGroupArn") or found["arn"])


def owner(tags: Tags) -> str:
    """Name whose a thing with such tags is."""
    if "project" not in tags:
        return "without a project's tag"
    return f"project {tags['project']}, workspace {tags.get('workspace', 'not said')}"
