"""The use of a check by a rule, validated before AWS Config or the function refuses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from compliance_runtime.check import PeriodicCheck
from compliance_runtime.errors import ParameterError
from compliance_runtime.parameters import declared_parameters, to_rule_parameters
from compliance_tf.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_runtime.check import Check


def validate_check_use(
    check: Check[Any], *, place: str, is_scoped: bool, resource_types: Sequence[str], has_frequency: bool
) -> None:
    """Refuse settings of a rule that its check does not take.

    Parameters
    ----------
    check
        The check.
    place
        The name in messages of the setting that limits the rule to some resources.
    is_scoped
        Whether that is given.
    resource_types
        The types that it limits the rule to.
    has_frequency
        Whether the rule is given a frequency.

    Raises
    ------
    SettingError
        When a periodic check has a scope or another one a frequency, or a type is not one of the check's.
    """
    if isinstance(check, PeriodicCheck):
        if is_scoped:
            raise SettingError(
                f"{place} is not allowed: the check '{check.id}' is periodic, and lists its resources itself."
            )
        return
    if has_frequency:
        raise SettingError(f"frequency is not allowed: the check '{check.id}' is triggered by changes.")
    foreign = sorted(set(resource_types) - set(check.resource_types))
    if check.resource_types and foreign:
        raise SettingError(
            f"{place} has {', '.join(foreign)}, and the check '{check.id}' evaluates {', '.join(check.resource_types)}."
        )


def parameter_texts(check: Check[Any], parameters: object) -> dict[str, str]:
    """Return a check's parameters as AWS Config takes them.

    Parameters
    ----------
    check
        The check.
    parameters
        An instance of its parameters; None for its defaults.

    Returns
    -------
    dict[str, str]
        Texts by AWS Config's names of the parameters; empty for the defaults.

    Raises
    ------
    SettingError
        When they are not the check's, or a required one is missing.
    """
    if parameters is None:
        required = [declared.name for declared in declared_parameters(check.parameters) if declared.required]
        if required:
            raise SettingError(f"the check '{check.id}' needs a value of {', '.join(required)}.")
        return {}
    if not isinstance(parameters, check.parameters):
        wanted = f"{check.parameters.__module__}.{check.parameters.__qualname__}"
        raise SettingError(f"the check '{check.id}' takes parameters of {wanted}, not {parameters!r:.80}.")
    try:
        return to_rule_parameters(parameters)
    except ParameterError as cause:
        raise SettingError(f"the check '{check.id}': {cause}") from cause
