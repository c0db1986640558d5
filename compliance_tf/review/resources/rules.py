"""The rules for planned resources: packs of the user's own, or every check with its defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance_runtime.checks import check_ids, load_check
from compliance_runtime.errors import ParameterError
from compliance_runtime.parameters import from_rule_parameters
from compliance_tf.checks.folder import CheckFolder
from compliance_tf.errors import PackError
from compliance_tf.packs.pack import CheckPackRule
from compliance_tf.packs.pack_file import read_pack_file
from compliance_tf.review.resources.judgement import Rule, RuleSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from compliance_runtime.check import Check


def rules_of_packs(paths: Sequence[Path], checks: Path | None) -> RuleSet:
    """Read the rules of packs in files.

    Parameters
    ----------
    paths
        The files, as ``Pack.from_file`` takes them.
    checks
        The folder of your own checks.

    Returns
    -------
    RuleSet
        The rules with a check in the order of the files, and the ids of managed and policy rules, which only AWS Config
        evaluates.

    Raises
    ------
    PackError
        When a file is not a pack, or two rules have one id.
    """
    rules: dict[str, Rule] = {}
    elsewhere: list[str] = []
    for path in paths:
        pack = read_pack_file(path, checks=checks)
        for rule in pack.rules:
            if not isinstance(rule, CheckPackRule):
                elsewhere.append(rule.id)
                continue
            if rule.id in rules:
                raise PackError(f"{path}: another pack has a rule '{rule.id}' already; give one of them another id.")
            parameters = _defaults(rule.check) if rule.parameters is None else rule.parameters
            severity = rule.severity or rule.check.severity
            rules[rule.id] = Rule(rule.id, rule.check, parameters, severity, rule.resource_types, pack.name)
    return RuleSet(tuple(rules.values()), tuple(elsewhere))


def every_check(checks: Path | None) -> RuleSet:
    """Return every check that is shipped or in a folder, with its defaults, except those with required parameters."""
    return RuleSet(tuple(_with_defaults(checks)))


def _with_defaults(checks: Path | None) -> Iterator[Rule]:
    found: list[Check[Any]] = [load_check(check_id) for check_id in check_ids()]
    if checks is not None:
        folder = CheckFolder(checks)
        found += [folder.load(check_id) for check_id in folder.ids]
    for check in found:
        try:
            parameters = _defaults(check)
        except ParameterError:
            continue
        yield Rule(check.id, check, parameters, check.severity)


def _defaults(check: Check[Any]) -> object:
    """Build a check's parameters from its defaults.

    Returns
    -------
    object
        An instance of the check's parameter class.

    Raises
    ------
    ParameterError
        When one has no default.
    """
    return from_rule_parameters(check.parameters, {})
