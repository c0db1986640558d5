"""One digest of all new violations, however many they are: as text for people, and as data."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from compliance_runtime.recording.results import time_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from compliance_runtime.check import Severity
    from compliance_runtime.json_object import JsonValue
    from compliance_runtime.recording.results import Result

MAX_BYTES = 250_000
"""Of a message, or of an event's detail. SNS and EventBridge accept 262,144 in all, EventBridge with the event's names.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
"""

MAX_SUBJECT = 100
"""Characters, which must be ASCII (SNS API, Publish.Subject)."""

MAX_RULES = 100
"""Rules that a notification names."""

MAX_RESOURCES = 5
"""Resources that it names of each rule."""


@dataclass(frozen=True)
class Sender:
    """The deployment of the violations.

    Parameters
    ----------
    project, workspace
        The parts of its names.
    region
        Its region.
    table
        The name of its results table.
    rule_ids
        The ids of rules by their full names, where a name cannot hold its id.
    """

    project: str
    workspace: str
    region: str
    table: str
    rule_ids: Mapping[str, str] = field(default_factory=dict)

    def rule_id(self, rule_name: str) -> str:
        """Return a rule's id, as in waivers and reports."""
        return self.rule_ids.get(rule_name) or rule_name.removeprefix(f"{self.project}-{self.workspace}-")


@dataclass(frozen=True)
class NewViolations:
    """The new violations of one rule and severity.

    Parameters
    ----------
    rule_name
        The full name of the Config rule.
    severity
        Its severity.
    count
        The number of violations.
    named
        The violations that are named.
    """

    rule_name: str
    severity: Severity
    count: int
    named: tuple[Result, ...]

    @property
    def unnamed(self) -> int:
        """The number of violations that are not named."""
        return self.count - len(self.named)


@dataclass
class _Group:
    count: int = 0
    named: list[Result] = field(default_factory=list)


def new_violations(violations: Iterable[Result]) -> tuple[NewViolations, ...]:
    """Group violations by rule and severity: the most severe first, then the most frequent.

    Memory grows with the rules, not with the violations.

    Returns
    -------
    tuple[NewViolations, ...]
        The groups, each with its count and with the first violations, ``MAX_RESOURCES`` at most.
    """
    groups: dict[tuple[Severity, str], _Group] = {}
    for violation in violations:
        group = groups.setdefault((violation.severity, violation.rule_name), _Group())
        group.count += 1
        if len(group.named) < MAX_RESOURCES:
            group.named.append(violation)
    found = (
        NewViolations(rule, severity, group.count, tuple(group.named)) for (severity, rule), group in groups.items()
    )
    return tuple(sorted(found, key=lambda one: (-one.severity.rank, -one.count, one.rule_name)))


@dataclass(frozen=True)
class Notification:
    """A digest of new violations.

    Parameters
    ----------
    sender
        The deployment.
    rules
        The new violations by rule: at least one.
    """

    sender: Sender
    rules: tuple[NewViolations, ...]

    @property
    def total(self) -> int:
        """The number of new violations."""
        return sum(rule.count for rule in self.rules)

    def subject(self) -> str:
        """Return the subject of a mail, at most 100 ASCII characters."""
        text = f"{self.sender.project}-{self.sender.workspace}: {_violations(self.total)} ({self._severities()})"
        return text[:MAX_SUBJECT]

    def text(self) -> str:
        """Return the text for people, at most ``MAX_BYTES`` long in UTF-8."""
        return self._fitting(Notification._text)

    def detail(self) -> str:
        """Return the JSON of an event's detail, at most ``MAX_BYTES`` long in UTF-8."""
        return self._fitting(Notification._detail)

    def _fitting(self, write: Callable[[Notification], str]) -> str:
        """Name fewer resources until the output fits: without any it always does."""
        for named in range(MAX_RESOURCES, 0, -1):
            text = write(self._naming(named))
            if len(text.encode(errors="replace")) <= MAX_BYTES:
                return text
        return write(self._naming(0))

    def _naming(self, limit: int) -> Notification:
        return replace(self, rules=tuple(replace(rule, named=rule.named[:limit]) for rule in self.rules))

    def _by_severity(self) -> Counter[Severity]:
        counts: Counter[Severity] = Counter()
        for rule in self.rules:
            counts[rule.severity] += rule.count
        return counts

    def _severities(self) -> str:
        return ", ".join(f"{count:,} {severity.value}" for severity, count in self._by_severity().items())

    def _text(self) -> str:
        sender = self.sender
        where = f"{sender.region}, project {sender.project}, workspace {sender.workspace}"
        lines = [f"{_violations(self.total)} in {where}: {self._severities()}."]
        for rule in self.rules[:MAX_RULES]:
            lines += ["", f"{rule.severity.value} {sender.rule_id(rule.rule_name)}: {rule.count:,}"]
            lines += [f"  {_line(violation)}" for violation in rule.named]
            if rule.unnamed:
                lines.append(f"  and {rule.unnamed:,} more" if rule.named else "  (too long to name them here)")
        if more := self.rules[MAX_RULES:]:
            lines += ["", f"and {sum(rule.count for rule in more):,} violations of {len(more):,} more rules"]
        lines += [
            "",
            f"All of them are in the table {sender.table}. To see them:",
            "",
            f"  {self._command()}",
            "",
        ]
        return "\n".join(lines)

    def _command(self) -> str:
        sender = self.sender
        severities = " ".join(f"--severity {severity.value}" for severity in self._by_severity())
        place = f"--workspace {sender.workspace} --project {sender.project} --region {sender.region}"
        return f"compliance-tf results list {place} {severities}"

    def _detail(self) -> str:
        severities = {severity.value: count for severity, count in self._by_severity().items()}
        detail: JsonValue = {
            "project": self.sender.project,
            "workspace": self.sender.workspace,
            "region": self.sender.region,
            "table": self.sender.table,
            "total": self.total,
            "severities": dict(severities),
            "rules": [_rule_detail(rule, self.sender.rule_id(rule.rule_name)) for rule in self.rules[:MAX_RULES]],
            "moreRules": len(self.rules[MAX_RULES:]),
        }
        return json.dumps(detail, ensure_ascii=False)


def _violations(count: int) -> str:
    return f"{count:,} new violation{'' if count == 1 else 's'}"


def _line(violation: Result) -> str:
    resource = violation.resource
    place = f"{resource.type} {resource.id} ({resource.account} {resource.region})"
    return _visible(f"{place}: {violation.annotation}" if violation.annotation else place)


def _visible(text: str) -> str:
    """Escape what is invisible or breaks a line: whoever names a resource must not write lines of a mail."""
    if text.isprintable():
        return text
    strange = [one for one in set(text) if not one.isprintable()]
    return text.translate({ord(one): one.encode("unicode_escape").decode("ascii") for one in strange})


def _rule_detail(rule: NewViolations, rule_id: str) -> dict[str, JsonValue]:
    return {
        "rule": rule_id,
        "ruleName": rule.rule_name,
        "severity": rule.severity.value,
        "count": rule.count,
        "resources": [_resource_detail(violation) for violation in rule.named],
        "moreResources": rule.unnamed,
    }


def _resource_detail(violation: Result) -> dict[str, JsonValue]:
    resource = violation.resource
    return {
        "account": resource.account,
        "region": resource.region,
        "type": resource.type,
        "id": resource.id,
        "reason": violation.annotation,
        "since": time_text(violation.since),
    }
