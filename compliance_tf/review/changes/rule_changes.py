"""Changes of rules, in words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from compliance_runtime.check import Severity
from compliance_tf.model.naming import RULE_TAG
from compliance_tf.model.output_names import RULES
from compliance_tf.review.plan.plan import Action, OutputChange
from compliance_tf.review.plan.values import Hidden, texts
from compliance_tf.review.policies.rules import RULE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance_tf.review.plan.plan import Plan, ResourceChange
    from compliance_tf.review.plan.values import Attributes, Value


class Kind(Enum):
    """The kind of a rule's change."""

    REMOVED = "removed"
    REPLACED = "replaced"
    CHANGED = "changed"
    ADDED = "added"


@dataclass(frozen=True)
class RuleChange:
    """The change of one rule.

    Parameters
    ----------
    name
        The name without the deployment's prefix: the rule's id.
    kind
        The kind of change.
    severity
        The severity, after the apply unless the rule is removed; None where the plan does not have it.
    packs
        The names of its packs, likewise; sorted.
    subject
        A managed rule's identifier, or words for other rules.
    differences
        The differences, in a few words each.
    """

    name: str
    kind: Kind
    severity: Severity | None
    packs: tuple[str, ...]
    subject: str
    differences: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleFacts:
    """A rule's severity and packs, from the outputs."""

    severity: Severity | None = None
    packs: tuple[str, ...] = ()


_NO_FACTS: Final = RuleFacts()


def rule_changes(plan: Plan) -> tuple[RuleChange, ...]:
    """List the rules that change, the most severe first."""
    output = plan.outputs.get(RULES, OutputChange())
    before, after = rule_facts(output.before), rule_facts(output.after)
    changes = [one for resource in plan.of_type(RULE) if (one := _change(plan, resource, before, after))]
    found = {change.name for change in changes}
    changes += _unchanged_resources(plan, before, after, found)
    return tuple(sorted(changes, key=_order))


def rule_facts(output: Value) -> Mapping[str, RuleFacts]:
    """Parse the output with the severity and the packs of each rule; empty where it is unknown."""
    if not isinstance(output, dict):
        return {}
    facts = {}
    for rule_id, text in output.items():
        if isinstance(text, Hidden):
            continue
        severity, *packs = str(text).split() or [""]
        facts[rule_id] = RuleFacts(Severity.__members__.get(severity), tuple(packs))
    return facts


def rule_id(plan: Plan, values: Attributes) -> str:
    """Return a rule's id: from its tag, which it has where the id is too long for the name, else the name's end."""
    tags = values.get("tags")
    if isinstance(tags, dict) and isinstance(tagged := tags.get(RULE_TAG), str):
        return tagged
    return str(values.get("name", Hidden.UNKNOWN)).removeprefix(plan.identity.prefix)


def _change(
    plan: Plan, resource: ResourceChange, before: Mapping[str, RuleFacts], after: Mapping[str, RuleFacts]
) -> RuleChange | None:
    kind = _KINDS.get(resource.action)
    if kind is None:
        return None
    values = resource.after if kind in {Kind.ADDED, Kind.CHANGED, Kind.REPLACED} else resource.before
    name = rule_id(plan, values)
    facts = (before if kind is Kind.REMOVED else after).get(name, _NO_FACTS)
    differences = []
    if kind in {Kind.CHANGED, Kind.REPLACED}:
        differences = [*_differences(resource), *_fact_differences(before.get(name), after.get(name))]
        if kind is Kind.REPLACED and resource.reason:
            differences.append(f"replaced, because {resource.reason}")
    return RuleChange(name, kind, facts.severity, facts.packs, _subject(values), tuple(differences))


_KINDS: Final = {
    Action.CREATE: Kind.ADDED,
    Action.UPDATE: Kind.CHANGED,
    Action.REPLACE: Kind.REPLACED,
    Action.DELETE: Kind.REMOVED,
    Action.FORGET: Kind.REMOVED,
}


def _unchanged_resources(
    plan: Plan, before: Mapping[str, RuleFacts], after: Mapping[str, RuleFacts], found: set[str]
) -> Iterator[RuleChange]:
    """List the rules whose severity or packs change, which only the outputs and the functions have."""
    for resource in plan.of_type(RULE):
        name = rule_id(plan, resource.after)
        if resource.action is not Action.NO_OP or name in found:
            continue
        differences = _fact_differences(before.get(name), after.get(name))
        if differences:
            facts = after.get(name, _NO_FACTS)
            subject = _subject(resource.after)
            yield RuleChange(name, Kind.CHANGED, facts.severity, facts.packs, subject, differences)


def _order(change: RuleChange) -> tuple[int, int, str]:
    severity = change.severity.rank if change.severity else -1
    return list(Kind).index(change.kind), -severity, change.name


def _subject(values: Attributes) -> str:
    source = _first(values.get("source"))
    owner, identifier = source.get("owner"), source.get("source_identifier")
    if owner == "AWS":
        return str(identifier)
    return {"CUSTOM_LAMBDA": "a check", "CUSTOM_POLICY": "a Guard policy"}.get(str(owner), "a rule")


def _differences(resource: ResourceChange) -> Iterator[str]:
    before, after = resource.before, resource.after
    if before.get("name") != after.get("name"):
        yield f"name: {before.get('name')} → {after.get('name')}"
    yield from _of_parameters(before.get("input_parameters"), after.get("input_parameters"))
    yield from _of_scope(_first(before.get("scope")), _first(after.get("scope")))
    if (earlier := _frequency(before)) != (later := _frequency(after)):
        yield f"evaluated {earlier} → {later}"
    yield from _of_source(_first(before.get("source")), _first(after.get("source")))
    if before.get("description") != after.get("description"):
        yield "its description"
    if before.get("tags_all") != after.get("tags_all"):
        yield from _of_mapping("tag", before.get("tags_all"), after.get("tags_all"))


def _of_parameters(before: Value, after: Value) -> Iterator[str]:
    if isinstance(before, Hidden) or isinstance(after, Hidden):
        if before != after:
            yield f"parameters: {after}"
        return
    yield from _of_mapping("parameter", _decoded(before), _decoded(after))


def _of_mapping(what: str, before: Value, after: Value) -> Iterator[str]:
    if not isinstance(before, dict | None) or not isinstance(after, dict | None):
        yield f"{what}s: {_shown(before)} → {_shown(after)}"
        return
    earlier, later = before or {}, after or {}
    for name in sorted(earlier.keys() | later.keys()):
        if name not in earlier:
            yield f"{what} {name}: {_shown(later[name])}, was not set"
        elif name not in later:
            yield f"{what} {name}: not set any more, was {_shown(earlier[name])}"
        elif earlier[name] != later[name]:
            yield f"{what} {name}: {_shown(earlier[name])} → {_shown(later[name])}"


def _of_scope(before: Attributes, after: Attributes) -> Iterator[str]:
    earlier, later = (set(texts(scope.get("compliance_resource_types"))) for scope in (before, after))
    if removed := sorted(earlier - later):
        yield f"no longer looks at {', '.join(removed)}" if later else "looks at all resource types"
    if new := sorted(later - earlier):
        yield f"looks also at {', '.join(new)}" if earlier else f"looks only at {', '.join(new)}"
    for name in ("compliance_resource_id", "tag_key", "tag_value"):
        if (before.get(name) or None) != (after.get(name) or None):
            yield f"scope {name}: {_shown(before.get(name))} → {_shown(after.get(name))}"


def _of_source(before: Attributes, after: Attributes) -> Iterator[str]:
    for name in ("owner", "source_identifier"):
        if before.get(name) != after.get(name):
            yield f"{name.replace('_', ' ')}: {_shown(before.get(name))} → {_shown(after.get(name))}"
    earlier, later = (_first(source.get("custom_policy_details")) for source in (before, after))
    if earlier.get("policy_text") != later.get("policy_text"):
        yield "the text of its Guard policy"
    if before.get("source_detail") != after.get("source_detail"):
        yield "what triggers it"


def _frequency(values: Attributes) -> str:
    details = values.get("source")
    nested = _first(_first(details).get("source_detail")).get("maximum_execution_frequency")
    text = values.get("maximum_execution_frequency") or nested
    words = {"One": "every hour", "TwentyFour": "every 24 hours"}
    count = str(text).partition("_")[0]
    numbers = {"Three": 3, "Six": 6, "Twelve": 12}
    if not text:
        return "as AWS does by default"
    return words.get(count) or (f"every {numbers[count]} hours" if count in numbers else str(text))


def _fact_differences(before: RuleFacts | None, after: RuleFacts | None) -> tuple[str, ...]:
    if before is None or after is None or before == after:
        return ()
    differences = []
    if before.severity != after.severity:
        earlier, later = (facts.severity.value.lower() if facts.severity else "none" for facts in (before, after))
        differences.append(f"severity: {earlier} → {later}")
    if new := sorted(set(after.packs) - set(before.packs)):
        differences.append(f"now also of {', '.join(new)}")
    if removed := sorted(set(before.packs) - set(after.packs)):
        differences.append(f"no longer of {', '.join(removed)}")
    return tuple(differences)


def _decoded(text: Value) -> Value:
    if not text:
        return None
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return {"": text}


def _shown(value: Value) -> str:
    if value is None or value == "":
        return "none"
    return str(value) if isinstance(value, str | Hidden) else json.dumps(value, default=str)


def _first(blocks: Value) -> Attributes:
    return blocks[0] if isinstance(blocks, list) and blocks and isinstance(blocks[0], dict) else {}
