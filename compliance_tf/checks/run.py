"""Local runs of a check, as in the function: on a saved item, on a live one, or on the whole account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from compliance_runtime.account import Account
from compliance_runtime.check import ChangeCheck, Finding, LookupCheck, PeriodicCheck, Verdict
from compliance_runtime.checks import check_ids, load_check
from compliance_runtime.clients import with_plain_host
from compliance_runtime.errors import ParameterError
from compliance_runtime.evaluation.evaluate import inapplicable, judge
from compliance_runtime.evaluation.recorded import captured_time, item_until, last_item
from compliance_runtime.json_object import JsonObject, decoded
from compliance_runtime.parameters import declared_parameters, from_rule_parameters
from compliance_runtime.suggestions import hint
from compliance_tf.catalog.resource_types import check_resource_types
from compliance_tf.errors import ComplianceError, SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_config import ConfigServiceClient

    from compliance_runtime.check import Check
    from compliance_runtime.clients import Clients
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_tf.checks.folder import CheckFolder

CONNECT_SECONDS = 5
MAX_ATTEMPTS = 3
"""Attempts of a request, few because a person waits."""


def find_check(check_id: str, folder: CheckFolder | None) -> Check[Any]:
    """Find a check among the shipped ones and those of a folder.

    Returns
    -------
    Check
        The check; one of the folder is imported, and must not have the id of a shipped one.

    Raises
    ------
    SettingError
        When there is none, or the folder's one cannot be deployed.
    """
    if folder and check_id in folder.ids:
        return folder.load(check_id)
    if check_id in check_ids():
        return load_check(check_id)
    own = folder.ids if folder else ()
    known = sorted([*check_ids(), *own])
    raise SettingError(f"There is no check {check_id!r}.{hint(check_id, known)} There are {', '.join(known)}.")


def read_parameters(check: Check[Any], text: str | None, place: str) -> object:
    """Parse a check's parameters.

    Parameters
    ----------
    text
        A JSON object with the check's or AWS Config's names, and with values of JSON or AWS Config's strings.
        None for the defaults.
    place
        The source of the text, for messages.

    Returns
    -------
    object
        An instance of the check's parameter class; what ``text`` leaves out has its default.

    Raises
    ------
    SettingError
        When the check does not take them.
    """
    try:
        given = {} if text is None else JsonObject.of(decoded(text, place, SettingError), place, ParameterError).values
        names = {parameter.name: parameter.rule_name for parameter in declared_parameters(check.parameters)}
        written = {names.get(name, name): _written(value) for name, value in given.items()}
        return from_rule_parameters(check.parameters, written)
    except ParameterError as cause:
        raise SettingError(f"Check {check.id}: {cause}") from cause


@dataclass(frozen=True)
class CheckRun:
    """A check with its parameters, and the account to query.

    Parameters
    ----------
    check
        The check.
    parameters
        Its parameters.
    region
        The region to query; None for that of the environment.
    """

    check: Check[Any]
    parameters: object
    region: str | None = None

    def on_item(self, item: ConfigurationItem) -> Verdict:
        """Evaluate an item.

        Returns
        -------
        Verdict
            The check's verdict; NOT_APPLICABLE without asking it for an item that it does not evaluate.

        Raises
        ------
        SettingError
            When the check is periodic.
        Exception
            Any error of the check.
        """
        if not isinstance(self.check, ChangeCheck | LookupCheck):
            raise SettingError(
                f"Check {self.check.id} is periodic, and lists its resources itself: give --from-account."
            )
        verdict = inapplicable(self.check, item)
        return verdict or judge(self.check, item, self.parameters, self._clients)

    def is_for(self, item: ConfigurationItem) -> bool:
        """Return whether the check evaluates resources of this type."""
        return not self.check.resource_types or item.resource_type in self.check.resource_types

    def live_item(self, resource_type: str, resource_id: str) -> ConfigurationItem:
        """Read the last configuration item that AWS Config recorded of a resource.

        Returns
        -------
        ConfigurationItem
            The item, of the account and region of the run's credentials.

        Raises
        ------
        ComplianceError
            When AWS Config knows no such resource.
        """
        config = self._clients("config")
        item = _last_item(config, resource_type, resource_id)
        if item is None:
            raise ComplianceError(
                f"AWS Config knows no {resource_type} {resource_id} in {config.meta.region_name}. Give AWS Config's "
                "own id: aws configservice list-discovered-resources shows it."
            )
        return item

    def on_account(self) -> Iterator[Finding]:
        """List and evaluate the resources of a periodic check.

        Yields
        ------
        Finding
            Each finding as soon as the check has it, in its order.

        Raises
        ------
        SettingError
            When the check is not periodic, or yields a resource of a type that AWS Config does not know.
        Exception
            Any error of the check or boto3.
        """
        if not isinstance(self.check, PeriodicCheck):
            raise SettingError(
                f"Check {self.check.id} evaluates single resources: name one with --type and --id, or give --item."
            )
        config = self._clients("config")
        account_id = self._clients("sts").get_caller_identity()["Account"]
        account = Account(account_id, config.meta.region_name, datetime.now(UTC), self._clients)
        for finding in self.check.evaluate(account, self.parameters):
            check_resource_types(f"Check {self.check.id} finds {finding.resource_id!r:.80}", [finding.resource_type])
            yield finding

    @property
    def _clients(self) -> Clients:
        return _clients_in(self.region)


@cache
def _clients_in(region: str | None) -> Clients:
    import boto3
    from botocore.config import Config

    session = boto3.Session(region_name=region)
    # A person waits: report an endpoint that does not answer soon.
    config = Config(connect_timeout=CONNECT_SECONDS, retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS})
    make = cast("Any", session.client)
    return cast("Clients", cache(lambda service: with_plain_host(make(service, config=config))))


def _last_item(config: ConfigServiceClient, resource_type: str, resource_id: str) -> ConfigurationItem | None:
    try:
        captured = captured_time(config, resource_type, resource_id)
    except config.exceptions.ClientError:
        # It only saves requests, and needs a permission of its own.
        captured = None
    item = item_until(config, resource_type, resource_id, captured) if captured else None
    return item or last_item(config, resource_type, resource_id)


def _written(value: object) -> str:
    """Write a JSON value as a rule's parameter has it."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(str(element) for element in value)
    return json.dumps(value) if isinstance(value, Mapping | bool) else str(value)
