from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.rds_backup_retention import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_runtime.parameters import from_rule_parameters, to_rule_parameters
from compliance_tf.testing import event_item, verdict

INSTANCE = "AWS::RDS::DBInstance"
CLUSTER = "AWS::RDS::DBCluster"
BY_ENVIRONMENT = Parameters(days=7, environment_days=("prod=14", "dev=0"))


def database(
    days: object,
    environment: str | None = None,
    resource_type: str = INSTANCE,
    tag: str = "environment",
    **members: Any,
) -> dict[str, Any]:
    tags = {} if environment is None else {tag: environment}
    return event_item(resource_type, "db-1", configuration={"backupRetentionPeriod": days} | members, tags=tags)


def test_instances_and_clusters_are_judged() -> None:
    assert CHECK.resource_types == (INSTANCE, CLUSTER)


@pytest.mark.parametrize("resource_type", [INSTANCE, CLUSTER])
@pytest.mark.parametrize(
    ("days", "environment", "compliance", "reason"),
    [
        (14, "prod", Compliance.COMPLIANT, "Backups are kept 14 days; prod needs 14."),
        (13, "prod", Compliance.NON_COMPLIANT, "Backups are kept 13 days; prod needs 14: raise the backup retention"),
        (0, "prod", Compliance.NON_COMPLIANT, "Backups are switched off; prod needs 14"),
        (0, "dev", Compliance.COMPLIANT, "Backups are switched off; dev needs 0."),
        (7, "test", Compliance.COMPLIANT, "Backups are kept 7 days; test needs 7."),
        (6, "test", Compliance.NON_COMPLIANT, "Backups are kept 6 days; test needs 7"),
        (6, "Prod", Compliance.NON_COMPLIANT, "Backups are kept 6 days; Prod needs 7"),
        (6, None, Compliance.NON_COMPLIANT, "Backups are kept 6 days; without an environment it needs 7"),
    ],
)
def test_backups_are_kept_as_long_as_the_environment_needs(
    resource_type: str, days: int, environment: str | None, compliance: Compliance, reason: str
) -> None:
    result = verdict(CHECK, database(days, environment, resource_type), BY_ENVIRONMENT)

    assert result.compliance is compliance
    assert result.reason.startswith(reason)


def test_another_tag_may_name_the_environment() -> None:
    parameters = Parameters(environment_days=("prod=35",), environment_tag="Stage")

    assert verdict(CHECK, database(34, "prod", tag="Stage"), parameters).compliance is Compliance.NON_COMPLIANT
    assert verdict(CHECK, database(34, "prod"), parameters).compliance is Compliance.COMPLIANT


def test_the_cluster_answers_for_its_instances() -> None:
    member = database(1, "prod", dBClusterIdentifier="orders")
    cluster = database(1, "prod", CLUSTER, dbclusterIdentifier="orders")

    assert verdict(CHECK, member, BY_ENVIRONMENT) == Verdict.not_applicable("Its cluster orders keeps the backups.")
    assert verdict(CHECK, cluster, BY_ENVIRONMENT).compliance is Compliance.NON_COMPLIANT


def test_read_replicas_are_judged_only_when_asked_for() -> None:
    replica = database(0, readReplicaSourceDBInstanceIdentifier="orders")

    assert verdict(CHECK, replica) == Verdict.not_applicable("A read replica of orders, which keeps the backups.")
    assert verdict(CHECK, replica, Parameters(read_replicas=True)).compliance is Compliance.NON_COMPLIANT


@given(st.integers(0, 35), st.integers(0, 35), st.text(min_size=1, max_size=20))
def test_an_environment_with_any_name_is_found(kept: int, needed: int, environment: str) -> None:
    parameters = Parameters(days=35 - needed, environment_days=(f"{environment}={needed}",))

    result = verdict(CHECK, database(kept, environment), parameters)

    assert (result.compliance is Compliance.COMPLIANT) is (kept >= needed)


def test_the_parameters_fit_into_a_rule() -> None:
    written = to_rule_parameters(BY_ENVIRONMENT)

    assert written == {"environmentDays": "prod=14,dev=0"}
    assert from_rule_parameters(Parameters, written) == BY_ENVIRONMENT


@pytest.mark.parametrize("days", [-1, 36])
def test_days_that_rds_does_not_know_are_refused(days: int) -> None:
    with pytest.raises(ParameterError, match=f"days is {days}"):
        Parameters(days=days)


@pytest.mark.parametrize("days", [0, 35])
def test_the_fewest_and_the_most_days_are_accepted(days: int) -> None:
    Parameters(days=days, environment_days=(f"prod={days}",))


@pytest.mark.parametrize("text", ["", "prod", "=14", "prod=", "prod=36", "prod=-1", "prod=1.5", "prod= 14", "prod=٣"])
def test_an_environment_without_proper_days_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="environment_days"):
        Parameters(environment_days=(text,))


def test_an_environment_that_is_named_twice_is_refused() -> None:
    with pytest.raises(ParameterError, match="environment_days names an environment twice"):
        Parameters(environment_days=("prod=14", "prod=7"))


def test_a_tag_without_a_key_is_refused() -> None:
    with pytest.raises(ParameterError, match="environment_tag"):
        Parameters(environment_tag="")


@pytest.mark.parametrize("days", [None, "7", 7.5, True])
def test_an_item_that_does_not_say_is_no_verdict(days: object) -> None:
    with pytest.raises(EventError, match="backupRetentionPeriod must be a whole number"):
        verdict(CHECK, database(days))
