"""What AWS lists on several pages is removed and found as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from botocore.stub import Stubber

from compliance_tf.lifecycle.import_ids import import_id
from compliance_tf.lifecycle.leftovers import Account, Leftover
from compliance_tf.review.plan.plan import Identity
from tests.unit.compliance_runtime.builders import client

ROLE = Leftover("aws_iam_role", "acme-dev-record-eu-west-1")
RULE = Leftover("aws_cloudwatch_event_rule", "acme-dev-reconcile")
POLICY = "arn:aws:iam::000000000001:policy/acme-dev-{}"


@dataclass(frozen=True)
class OneClient(Account):
    """An account whose services are all one client."""

    stubbed: Any = None

    def client(self, _service: str) -> Any:
        return self.stubbed


@pytest.fixture
def iam() -> Stubber:
    return Stubber(client("iam"))


@pytest.fixture
def events() -> Stubber:
    return Stubber(client("events"))


def account(stubber: Stubber) -> Account:
    stubber.activate()
    return OneClient(None, None, Identity("acme", "eu-west-1", "dev", "somewhere"), stubber.client)  # type: ignore[arg-type]


def add_attached(iam: Stubber, *numbers: int) -> None:
    """Answer with a page for each attached policy."""
    asked = {"RoleName": ROLE.name}
    for number in numbers:
        attached = [{"PolicyName": f"acme-dev-{number}", "PolicyArn": POLICY.format(number)}]
        more = number != numbers[-1]
        answer = {"AttachedPolicies": attached, "IsTruncated": more, **({"Marker": str(number)} if more else {})}
        iam.add_response("list_attached_role_policies", answer, asked)
        asked = {"RoleName": ROLE.name, "Marker": str(number)}


def add_targets(events: Stubber, *pages: list[str]) -> None:
    """Answer with pages of targets."""
    asked = {"Rule": RULE.name}
    for number, ids in enumerate(pages):
        more = {"NextToken": str(number)} if number < len(pages) - 1 else {}
        targets = [{"Id": id_, "Arn": "arn:aws:lambda:eu-west-1:000000000001:function:f"} for id_ in ids]
        events.add_response("list_targets_by_rule", {"Targets": targets, **more}, asked)
        asked = {"Rule": RULE.name, "NextToken": str(number)}


def test_a_role_is_removed_with_the_policies_of_all_pages(iam: Stubber) -> None:
    first = {"PolicyNames": ["one"], "IsTruncated": True, "Marker": "m"}
    iam.add_response("list_role_policies", first, {"RoleName": ROLE.name})
    last = {"PolicyNames": ["two"], "IsTruncated": False}
    iam.add_response("list_role_policies", last, {"RoleName": ROLE.name, "Marker": "m"})
    for name in ("one", "two"):
        iam.add_response("delete_role_policy", {}, {"RoleName": ROLE.name, "PolicyName": name})
    add_attached(iam, 1, 2)
    for number in (1, 2):
        iam.add_response("detach_role_policy", {}, {"RoleName": ROLE.name, "PolicyArn": POLICY.format(number)})
    iam.add_response("delete_role", {}, {"RoleName": ROLE.name})
    account(iam).remove(ROLE)
    iam.assert_no_pending_responses()


def test_a_rule_is_removed_with_the_targets_of_all_pages_a_hundred_a_call(events: Stubber) -> None:
    ids = [f"target-{number}" for number in range(150)]
    add_targets(events, ids[:75], ids[75:])
    for some in (ids[:100], ids[100:]):
        events.add_response(
            "remove_targets", {"FailedEntryCount": 0, "FailedEntries": []}, {"Rule": RULE.name, "Ids": some}
        )
    events.add_response("delete_rule", {}, {"Name": RULE.name})
    account(events).remove(RULE)
    events.assert_no_pending_responses()


@pytest.mark.parametrize(("number", "expected"), [(2, f"{ROLE.name}/{POLICY.format(2)}"), (3, None)])
def test_an_attached_policy_of_a_later_page_is_imported(iam: Stubber, number: int, expected: str | None) -> None:
    add_attached(iam, 1, 2)
    planned = {"role": ROLE.name, "policy_arn": POLICY.format(number)}
    assert import_id("aws_iam_role_policy_attachment", planned, account(iam), [ROLE]) == expected


@pytest.mark.parametrize(("target", "expected"), [("two", f"{RULE.name}/two"), ("three", None)])
def test_a_target_of_a_later_page_is_imported(events: Stubber, target: str, expected: str | None) -> None:
    add_targets(events, ["one"], ["two"])
    planned = {"rule": RULE.name, "target_id": target}
    assert import_id("aws_cloudwatch_event_target", planned, account(events), [RULE]) == expected
