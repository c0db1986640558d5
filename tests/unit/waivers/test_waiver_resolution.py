"""From declared waivers to those of the manifest: packs become rules, and the order of declaration does not matter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule, Deployment
from compliance_runtime.waivers.waiver import ResourceId
from compliance_tf.errors import ComplianceError
from compliance_tf.model.workspaces import Workspaces
from compliance_tf.waivers.expiry import State, days_left, expiring_soon, state
from compliance_tf.waivers.resolution import check_waivers, resolve_waivers
from compliance_tf.waivers.waiver import Waiver
from tests.examples import few
from tests.unit.compliance_runtime.builders import deployed_waiver

RULES = {
    "tls": DeployedRule(None, Severity.HIGH, packs=("hipaa", "s3")),
    "ssh": DeployedRule(None, Severity.HIGH, packs=("hipaa",)),
    "mfa": DeployedRule(None, Severity.HIGH),
}


def waiver(rule: str | None = None, *, ticket: str = "SEC-1", **more: Any) -> Waiver:
    resource = {} if {"arn", "tag_key"} & set(more) else {"resource_id": "logs"}
    days = {"granted": date(2026, 1, 15), "expires": date(2026, 12, 31)}
    return Waiver(rule=rule, reason="Legacy.", owner="team-data", ticket=ticket, **{**resource, **days, **more})


def test_a_waiver_of_a_pack_is_for_all_rules_that_come_from_it() -> None:
    resolution = resolve_waivers([waiver(pack="hipaa"), waiver("mfa")], RULES)

    assert {(one.pack, one.rules) for one in resolution.waivers} == {("hipaa", ("ssh", "tls")), (None, ("mfa",))}
    assert resolution.problems == ()


def test_a_pack_may_be_called_by_aws_s_name() -> None:
    (one,) = resolve_waivers([waiver(pack="Operational-Best-Practices-for-HIPAA-Security")], RULES).waivers

    assert (one.pack, one.rules) == ("hipaa", ("ssh", "tls"))


@pytest.mark.parametrize(
    ("one", "message"),
    [
        (
            waiver("tsl"),
            "Waiver 'SEC-1' (rule='tsl', resource_id='logs'): the stack has no rule 'tsl'. Did you mean tls?",
        ),
        (
            waiver(pack="hippa"),
            "no rule of the stack belongs to a pack 'hippa': its packs are hipaa, s3. Did you mean hipaa?",
        ),
    ],
)
def test_a_waiver_of_nothing_in_the_stack_is_a_problem(one: Waiver, message: str) -> None:
    resolution = resolve_waivers([one], RULES)

    (problem,) = resolution.problems
    assert problem.endswith(message)
    assert problem.startswith("Waiver 'SEC-1' (")
    assert resolution.waivers == ()


def test_a_stack_without_packs_says_so() -> None:
    (problem,) = resolve_waivers([waiver(pack="hipaa")], {"mfa": RULES["mfa"]}).problems

    assert problem.endswith("no rule of the stack belongs to a pack 'hipaa': it has none.")


@pytest.mark.parametrize(
    ("one", "other", "refused"),
    [
        (waiver("tls"), waiver("tls", ticket="SEC-2"), True),
        (waiver(pack="hipaa"), waiver(pack="Operational-Best-Practices-for-HIPAA-Security", ticket="SEC-2"), True),
        (waiver("tls"), waiver("tls", workspaces=("dev",)), True),
        (waiver("tls", workspaces=("dev", "prod")), waiver("tls", workspaces=("prod",)), True),
        (waiver("tls", workspaces=("dev",)), waiver("tls", workspaces=("prod",)), False),
        (waiver("tls"), waiver("ssh"), False),
        (waiver("tls"), waiver("tls", resource_id="data"), False),
        (waiver("tls", tag_key="team"), waiver("tls", tag_key="team", tag_value="data"), False),
        (waiver("tls"), waiver(pack="s3"), False),
    ],
)
def test_two_waivers_for_the_same_rule_and_resource_are_a_problem(one: Waiver, other: Waiver, *, refused: bool) -> None:
    for waivers in ([one, other], [other, one]):
        problems = resolve_waivers(waivers, RULES).problems
        assert len(problems) == int(refused)
        assert all(said.endswith("are for the same rules and resources: keep one of them.") for said in problems)


def test_a_waiver_for_longer_than_the_stack_allows_is_refused() -> None:
    longest = waiver("tls", expires=date(2026, 1, 15) + timedelta(days=365))
    check_waivers([longest], max_days=365, workspaces=Workspaces())

    with pytest.raises(ComplianceError, match=r"is 365 days after granted=2026-01-15, .* max_waiver_days allows 364"):
        check_waivers([longest], max_days=364, workspaces=Workspaces())
    with pytest.raises(ComplianceError, match="max_waiver_days=0 must be at least 1"):
        check_waivers([], max_days=0, workspaces=Workspaces())


def test_a_waiver_of_a_workspace_that_the_stack_is_never_deployed_to_is_refused() -> None:
    one = waiver("tls", workspaces=("prdo",))
    check_waivers([one], max_days=365, workspaces=Workspaces())

    with pytest.raises(
        ComplianceError, match=r"SEC-1.*cannot be deployed to the workspace 'prdo'\. Did you mean prod\?"
    ):
        check_waivers([one], max_days=365, workspaces=Workspaces(allowed=("dev", "prod")))


resources = st.sampled_from([{"resource_id": "a"}, {"resource_id": "b"}, {"arn": "arn:aws:s3:::a*"}, {"tag_key": "t"}])
subjects = st.sampled_from([{"rule": name} for name in (*RULES, "none")] + [{"pack": name} for name in ("hipaa", "s3")])
declared = st.builds(
    lambda subject, resource, days, workspaces, ticket: Waiver(
        reason="R", owner="o", ticket=ticket, granted=date(2026, 1, 1), expires=date(2026, 1, 1) + timedelta(days=days),
        workspaces=tuple(workspaces), **subject, **resource,
    ),
    subjects, resources, st.integers(1, 3), st.sets(st.sampled_from(["dev", "prod"])), st.sampled_from(["T1", "T2"]),
)  # fmt: skip


@few(10)
@given(st.data())
def test_the_order_of_waivers_changes_nothing_and_none_is_for_a_rule_that_is_not_there(data: st.DataObject) -> None:
    waivers = data.draw(st.lists(declared, max_size=6))
    one, other = (resolve_waivers(order, RULES) for order in (waivers, data.draw(st.permutations(waivers))))

    assert one == other
    assert Deployment(RULES, one.waivers).to_json() == Deployment(RULES, other.waivers[::-1]).to_json()
    assert expiring_soon(one.waivers) == expiring_soon(other.waivers[::-1])
    assert all(resolved.rules and set(resolved.rules) <= set(RULES) for resolved in one.waivers)


@pytest.mark.parametrize(
    ("today", "days", "expected"),
    [
        (date(2026, 5, 31), 31, State.ACTIVE),
        (date(2026, 6, 1), 30, State.EXPIRES_SOON),
        (date(2026, 7, 1), 0, State.EXPIRES_SOON),
        (date(2026, 7, 2), -1, State.EXPIRED),
    ],
)
def test_a_waiver_expires_soon_from_thirty_days_before_to_its_last_day(today: date, days: int, expected: State) -> None:
    one = deployed_waiver("tls", ResourceId("logs"), expires=date(2026, 7, 1))

    assert (days_left(one, today), state(one, today)) == (days, expected)
