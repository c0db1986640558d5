"""The faults: a piece of code, what it becomes, and the tests that must fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_RUNTIME: Final = "lambda_src/compliance_runtime"
_UNIT: Final = "tests/unit/compliance_runtime"


@dataclass(frozen=True)
class Mutant:
    """One fault.

    Parameters
    ----------
    what
        The fault in words.
    file
        The file, from the repository's root.
    before
        A piece of it that stands there once.
    after
        What stands there instead.
    tests
        The tests that are run; one of them must fail.
    """

    what: str
    file: str
    before: str
    after: str
    tests: str


MUTANTS: Final = (
    # Recording
    Mutant(
        "an older result takes the place of a newer one",
        f"{_RUNTIME}/recording/result_store.py",
        "OR result_time < :time OR ",
        "OR result_time <> :time OR ",
        f"{_UNIT}/recording/test_results.py {_UNIT}/recording/test_reconciliation.py",
    ),
    Mutant(
        "another severity does not reach the results that are there",
        f"{_RUNTIME}/recording/result_store.py",
        "severity <> :severity OR ",
        "",
        f"{_UNIT}/recording/test_results.py {_UNIT}/recording/test_reconciliation.py {_UNIT}/test_handlers.py",
    ),
    Mutant(
        "a cancelled write counts as one that was known already",
        f"{_RUNTIME}/recording/result_store.py",
        "if CONDITION_FAILED in reasons and reasons <=",
        "if CONDITION_FAILED in reasons or reasons <=",
        f"{_UNIT}/recording/test_results.py",
    ),
    Mutant(
        "a write that was cancelled for a moment is not tried again",
        f"{_RUNTIME}/recording/result_store.py",
        "if not reasons & TRANSIENT_REASONS or not",
        "if reasons & TRANSIENT_REASONS or not",
        f"{_UNIT}/recording/test_results.py",
    ),
    Mutant(
        "an expired waiver still waives",
        f"{_RUNTIME}/recording/results.py",
        "and self.waiver is not None and self.waiver.is_active(at)",
        "and self.waiver is not None",
        f"{_UNIT}/recording {_UNIT}/waivers",
    ),
    Mutant(
        "a result that AWS Config lacks once is closed at once",
        f"{_RUNTIME}/recording/rule_comparison.py",
        "if known.unlisted and not self._listing.again:",
        "if False:",
        f"{_UNIT}/recording/test_reconciliation.py {_UNIT}/recording/test_reconciliation_runs.py",
    ),
    Mutant(
        "what AWS Config still lists is closed",
        f"{_RUNTIME}/recording/rule_comparison.py",
        "            if known.is_listed(result.resource):\n                continue\n",
        "",
        f"{_UNIT}/recording/test_reconciliation.py {_UNIT}/recording/test_reconciliation_runs.py",
    ),
    # Evaluation
    Mutant(
        "a periodic check clears what this run found",
        f"{_RUNTIME}/evaluation/stale_results.py",
        " and not seen.has(resource_type, resource_id)",
        "",
        f"{_UNIT}/evaluation",
    ),
    Mutant(
        "a deleted resource keeps its verdict",
        f"{_RUNTIME}/evaluation/evaluate.py",
        "if subject.deleted:",
        "if False:",
        f"{_UNIT}/evaluation/test_evaluator.py",
    ),
    Mutant(
        "a resource that left the scope is judged",
        f"{_RUNTIME}/evaluation/evaluate.py",
        "if left_scope:",
        "if False:",
        f"{_UNIT}/evaluation/test_evaluator.py",
    ),
    Mutant(
        "an oversized item is judged by an older item of the history",
        f"{_RUNTIME}/evaluation/evaluate.py",
        "if item is None or item.capture_time + SECOND < summary.capture_time:",
        "if item is None:",
        f"{_UNIT}/evaluation/test_evaluator.py",
    ),
    Mutant(
        "one refused evaluation costs those beside it",
        f"{_RUNTIME}/evaluation/evaluations.py",
        "return [*self._put_once(batch[:middle]), *self._put_once(batch[middle:])]",
        "return self._put_once(batch[:middle])",
        f"{_UNIT}/evaluation/test_evaluations.py",
    ),
    # Guard
    Mutant(
        "a resource type that is not listed passes",
        "compliance_tf/model/violations.py",
        "if resource_type not in ALLOWED_TYPES:",
        "if resource_type.endswith('recorder'):",
        "tests/unit/model/test_violations.py",
    ),
    Mutant(
        "two tables pass",
        "compliance_tf/model/violations.py",
        "if len(tables) > 1:",
        "if len(tables) > 2:",
        "tests/unit/model/test_violations.py",
    ),
    Mutant(
        "any program may be run at plan time",
        "compliance_tf/model/violations.py",
        'if members.get("program") != (list(program),) or not program:',
        'if "program" not in members:',
        "tests/unit/model/test_violations.py",
    ),
    Mutant(
        "a block that is not known passes",
        "compliance_tf/model/violations.py",
        "if kind not in BLOCKS:",
        "if kind == 'module':",
        "tests/unit/model/test_violations.py",
    ),
    # Names
    Mutant(
        "a Config rule's name may have 128 characters",
        "compliance_tf/model/naming.py",
        'CONFIG_RULE = ("Config rule", 64)',
        'CONFIG_RULE = ("Config rule", 128)',
        "tests/synth/test_names.py tests/synth/test_rule_names.py",
    ),
    Mutant(
        "the room of a name forgets the workspace",
        "compliance_tf/model/naming.py",
        " - self.max_workspace_length",
        "",
        "tests/synth/test_names.py tests/synth/test_rule_names.py",
    ),
    Mutant(
        "shortened names of different rules are alike",
        "compliance_tf/model/short_names.py",
        '-{digest}"',
        '"',
        "tests/unit/model/test_short_names.py",
    ),
    # Review
    Mutant(
        "a schedule that is switched off is no finding",
        "compliance_tf/review/policies/recording.py",
        "and str(later) not in _ON:",
        "and str(later) in _ON:",
        "tests/unit/review/test_every_policy_fires.py",
    ),
    Mutant(
        "a name of another deployment is no finding",
        "compliance_tf/review/policies/names.py",
        "elif not name.startswith(before + plan.identity.prefix):",
        "elif not name:",
        "tests/unit/review/test_every_policy_fires.py",
    ),
    Mutant(
        "a rule that is created and then deleted under its name stays",
        "compliance_tf/review/policies/rules.py",
        "            or any(change is one for one in taken)\n",
        "",
        "tests/unit/review",
    ),
    Mutant(
        "a new waiver needs no approval",
        "compliance_tf/review/policies/rules.py",
        "if waiver not in known:",
        "if waiver in known:",
        "tests/unit/review/test_every_policy_fires.py",
    ),
    Mutant(
        "as many rules as may be removed at once are too many",
        "compliance_tf/review/policies/rules.py",
        "if count > limits.rules_removed_at_once:",
        "if count >= limits.rules_removed_at_once:",
        "tests/unit/review/test_every_policy_fires.py",
    ),
    # Waivers and packs
    Mutant(
        "a waiver by tag covers every resource with the key",
        f"{_RUNTIME}/waivers/waiver.py",
        " and value in {None, recorded.tags[key]}",
        "",
        f"{_UNIT}/waivers",
    ),
    Mutant(
        "a waiver of one workspace is one of all",
        f"{_RUNTIME}/waivers/waiver.py",
        "return not self.workspaces or workspace in self.workspaces",
        "return True",
        f"{_UNIT}/waivers tests/unit/waivers {_UNIT}/test_deployment.py",
    ),
    Mutant(
        "a waiver of a pack covers rules of others",
        "compliance_tf/waivers/resolution.py",
        "rule_id == waiver.rule or pack in rule.packs",
        "rule_id == waiver.rule or pack is not None",
        "tests/unit/waivers",
    ),
    Mutant(
        "packs that contradict each other are put together",
        "compliance_tf/packs/resolution.py",
        "        if len(values) > 1:",
        "        if len(values) > 2:",
        "tests/unit/packs",
    ),
    Mutant(
        "a rule that is not in the region is deployed with its pack",
        "compliance_tf/packs/resolution.py",
        "return managed_rule(self.rule.identifier).is_available_in(region)",
        "return True",
        "tests/unit/packs tests/synth/test_packs.py",
    ),
)
