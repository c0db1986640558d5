"""The resource types that AWS Config takes evaluations of."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from compliance_runtime.account import ACCOUNT_TYPE
from compliance_runtime.suggestions import hint
from compliance_tf.catalog.managed_rules import managed_rules
from compliance_tf.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterable

_CUSTOM: Final = re.compile(r"(?!(?i:aws|amzn|amazon|alexa)::)[A-Za-z0-9]+(::[A-Za-z0-9]+){1,2}")
"""Pattern of a third-party type in the CloudFormation registry, recorded by PutResourceConfig. The names
of AWS itself are not allowed: https://docs.aws.amazon.com/config/latest/APIReference/API_PutResourceConfig.html."""


@cache
def known_resource_types() -> frozenset[str]:
    """List AWS's own types.

    AWS publishes no list of what PutEvaluations takes. These are the types that boto3's model of AWS Config has, and
    those that AWS's managed rules report on, such as the account and log groups, which it does not record.

    Returns
    -------
    frozenset[str]
        The types whose evaluations PutEvaluations is known to take, such as ``AWS::S3::Bucket``.
    """
    import botocore.session

    model = botocore.session.get_session().get_service_model("config")
    recorded: list[str] = model.shape_for("ResourceType").metadata["enum"]
    return frozenset({*recorded, *_reported_types()})


@cache
def _reported_types() -> frozenset[str]:
    return frozenset(
        {ACCOUNT_TYPE, *(type_ for facts in managed_rules().rules.values() for type_ in facts.resource_types)}
    )


def check_resource_types(subject: str, names: Iterable[str]) -> None:
    """Check that AWS Config takes evaluations of some types.

    Parameters
    ----------
    subject
        The rule or check that has them, for messages.

    Raises
    ------
    SettingError
        When AWS Config does not accept evaluations of one of them.
    """
    for name in names:
        if not is_resource_type(name):
            raise SettingError(
                f"{subject}: AWS Config knows no resource type {name!r}, and would refuse its results."
                f"{hint(name, sorted(known_resource_types()))} If AWS added it recently, update boto3."
            )


def is_resource_type(name: str) -> bool:
    """Return whether AWS Config accepts evaluations of a type: one of AWS's, or a third-party one."""
    # boto3's model takes a third of a second to load, and most types need none.
    return name in _reported_types() or _CUSTOM.fullmatch(name) is not None or name in known_resource_types()
