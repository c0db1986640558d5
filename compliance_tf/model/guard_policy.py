"""Checks of policies in Guard's language, before AWS Config refuses them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compliance_tf.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_POLICY = 10_000
"""Characters (AWS Config API, CustomPolicyDetails.PolicyText)."""

GUARD_RUNTIME = "guard-2.x.x"
"""The only runtime that AWS Config has (AWS Config API, CustomPolicyDetails.PolicyRuntime)."""

_TEXTS_AND_COMMENTS = re.compile(
    r"""<<.*?>>|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|/(?:\\.|[^/\\\n])+/|\#[^\n]*""", re.DOTALL
)
_FUNCTION = re.compile(r"\blet\s+\w+\s*:?=\s*(?!r[(\[])(?P<name>\w+)\s*\(")
_PLACE = re.compile(r"at line (?P<line>\d+) at column (?P<column>\d+)")


def check_policy(rule_id: str, policy: str, resource_types: Sequence[str]) -> bool:
    """Check a policy with Guard's own parser and a trial run, where the library is installed.

    The trial evaluates, for each type, an item that has nothing but its type: what a policy says of a real one is for
    AWS Config to evaluate.

    Parameters
    ----------
    rule_id
        The rule's id, for messages.
    policy
        The policy's text.
    resource_types
        The types that it evaluates.

    Returns
    -------
    bool
        Whether Guard's parser read it: False where cfn-guard-rs is not installed.

    Raises
    ------
    SettingError
        When it is blank or too long, has no resource type, is not Guard, names a variable or a rule that it does not
        have, or needs Guard 3, which AWS Config does not have.
    """
    place = f"Rule '{rule_id}'"
    if not resource_types:
        raise SettingError(
            f"{place}: a policy needs resource types: without them every recorded change would invoke it."
        )
    if not policy.strip():
        raise SettingError(f"{place}: the policy is blank.")
    if len(policy) > MAX_POLICY:
        raise SettingError(
            f"{place}: the policy has {len(policy)} characters, and AWS Config takes {MAX_POLICY}: "
            "split the rule in two."
        )
    bare = _TEXTS_AND_COMMENTS.sub(" ", policy)
    if not bare.strip():
        raise SettingError(f"{place}: the policy has only comments.")
    if function := _FUNCTION.search(bare):
        raise SettingError(
            f"{place}: the policy calls the function {function['name']}, which came with Guard 3, and AWS Config runs "
            f"{GUARD_RUNTIME}."
        )
    return _try(place, policy, resource_types)


def _try(place: str, policy: str, resource_types: Sequence[str]) -> bool:
    try:
        from cfn_guard_rs.api import run_checks
        from cfn_guard_rs.errors import GuardError, MissingValueError, ParseError
    except ImportError:
        return False
    for resource_type in resource_types:
        try:
            run_checks({"resourceType": resource_type, "configuration": {}}, policy)
        except MissingValueError as cause:
            raise SettingError(f"{place}: the policy uses a name that it does not define: {cause}.") from cause
        except ParseError as cause:
            raise SettingError(f"{place}: the policy is not Guard{_where(str(cause), policy)}.") from cause
        except GuardError:
            # It was read; that it cannot judge an item of nothing but a type says nothing about real ones.
            continue
    return True


def _where(message: str, policy: str) -> str:
    if not (found := _PLACE.search(message)):
        return f": {message}"
    line = int(found["line"])
    text = policy.splitlines()[line - 1].strip() if line <= len(policy.splitlines()) else "the end"
    return f": line {line}, column {found['column']}: {text!r:.80}"
