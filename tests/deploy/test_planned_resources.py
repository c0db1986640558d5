"""What is planned is judged as what is there: real plans, applied, and the items of what they made judged again."""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.account import Account
from compliance_runtime.check import Compliance, LookupCheck, PeriodicCheck
from compliance_runtime.checks import ec2_approved_images, required_tags
from compliance_tf.review.resources.any_plan import any_plan
from compliance_tf.review.resources.configuration import Configuration
from compliance_tf.review.resources.items import Translator
from compliance_tf.review.resources.judgement import Judged, Outcome, Rule, RuleSet, judge_plan
from compliance_tf.review.resources.rules import every_check
from compliance_tf.waivers.waiver_file import waivers_from_file
from tests.deploy.conftest import REGION, Project, record_everything
from tests.deploy.recorded_items import ACCOUNT, RECORDED, Live, item_of, state_resources
from tests.repository import REPOSITORY
from tests.unit.review.resources.no_account_block import NoAccountBlock

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_tf.local import LocalAws

SOURCE = REPOSITORY / "tests" / "deploy" / "planned"

OUTCOMES = {
    Compliance.COMPLIANT: Outcome.COMPLIANT,
    Compliance.NON_COMPLIANT: Outcome.VIOLATION,
    Compliance.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
}


def rules() -> RuleSet:
    """Every check with its defaults, and those that need parameters."""
    tags, images = required_tags, ec2_approved_images
    return RuleSet(
        (
            *every_check(None).rules,
            Rule("owned", tags.CHECK, tags.Parameters(tags={"owner": ("planned",)}), tags.CHECK.severity),
            Rule("costed", tags.CHECK, tags.Parameters(tags={"cost-center": ()}), tags.CHECK.severity),
            Rule(
                "listed-images",
                images.CHECK,
                images.Parameters(allowed_images=("ami-0c55b159cbfafe1f0",)),
                images.CHECK.severity,
            ),
        )
    )


def judged(content: bytes, folder: Path, *, every: bool = False) -> Judged:
    plan = any_plan(content, "plan")
    translator = Translator(plan, Configuration(folder, plan), account=None, region=None)
    return judge_plan(plan, translator, rules(), every=every)


@pytest.fixture(scope="module")
def stack(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    record_everything(aws)
    folder = tmp_path_factory.mktemp("planned") / "stack"
    shutil.copytree(SOURCE, folder)
    with zipfile.ZipFile(folder / "function.zip", "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    pass\n")
    project = Project(folder, aws.environment(region=REGION))
    project.run("terraform", "init", "-input=false")
    return project


def planned(project: Project) -> bytes:
    project.run("terraform", "plan", "-input=false", "-out=plan", "-var=applied_to_local_aws=true")
    return project.run("terraform", "show", "-json", "plan").encode()


def verdict(rule: Rule, item: ConfigurationItem, account: Account) -> Outcome | None:
    """What the check says of what is there, as the function would ask it."""
    check: Any = rule.check
    if isinstance(check, PeriodicCheck):
        found = {one.resource_id: one.verdict for one in check.evaluate(account, rule.parameters)}
        return OUTCOMES[found[item.resource_id].compliance] if item.resource_id in found else None
    given = (item, rule.parameters, account) if isinstance(check, LookupCheck) else (item, rule.parameters)
    return OUTCOMES[check.evaluate(*given).compliance]


def live_items(aws: LocalAws, project: Project) -> dict[str, ConfigurationItem]:
    found = {}
    for address, type_, attributes in state_resources(json.loads(project.run("terraform", "state", "pull"))):
        live = Live(aws, REGION, attributes)
        if type_ in RECORDED:
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and not is_recorded(live, type_):
                time.sleep(0.2)
        if item := item_of(type_, live):
            found[address] = item
    return found


def take_away_egress_of_new_groups(aws: LocalAws) -> None:
    """Do what the provider has AWS do with every new group, and what local AWS takes for a rule that is not there."""
    ec2 = aws.client("ec2", region=REGION)
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        # This one has the same rule by the configuration.
        if group["GroupName"].startswith("planned-") and group["GroupName"] != "planned-new-bad":
            everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
            ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=everything)


def clients(aws: LocalAws) -> Any:
    """Clients as checks get them."""
    return lambda service: NoAccountBlock() if service == "s3control" else aws.client(service, region=REGION)


def is_recorded(live: Live, type_: str) -> bool:
    try:
        return item_of(type_, live) is not None
    except live.client("config").exceptions.ResourceNotDiscoveredException:
        return False


def test_what_is_planned_is_judged_as_what_is_there(aws: LocalAws, stack: Project) -> None:
    """A deployment, for only the provider says what a plan has of each type and what becomes of it."""
    before = judged(planned(stack), stack.folder)
    # Only what a check asks of AWS beside the item is not in the plan.
    assert [one for one in before.of(Outcome.UNDECIDED) if "a plan does not say that" not in one.reason] == []
    stack.run("terraform", "apply", "-input=false", "-parallelism=40", "plan")
    time.sleep(1)  # the recorder looks ten times a second
    take_away_egress_of_new_groups(aws)
    items = live_items(aws, stack)
    account = Account(ACCOUNT, REGION, next(iter(items.values())).capture_time, clients(aws))

    decided = [one for one in before.judgements if one.outcome is not Outcome.UNDECIDED]
    expected = {(one.rule.id, one.address): one.outcome for one in decided}
    there = {
        (rule.id, address): outcome
        for address, item in items.items()
        for rule in rules().rules
        if (rule.id, address) in expected and (outcome := verdict(rule, item, account))
    }
    assert there == expected
    assert len({rule for (rule, _), outcome in expected.items() if outcome is Outcome.VIOLATION}) > 20
    assert len({rule for (rule, _), outcome in expected.items() if outcome is Outcome.COMPLIANT}) > 20

    # What exists is judged the same, as far as a plan shows it.
    again = planned(stack)
    after = {(one.rule.id, one.address): one.outcome for one in judged(again, stack.folder, every=True).judgements}
    assert {key: value for key, value in after.items() if value is not Outcome.UNDECIDED and key in expected} == {
        key: value for key, value in expected.items() if after.get(key) is not Outcome.UNDECIDED
    }
    assert Outcome.COMPLIANT in after.values()


def test_our_own_plan_violates_nothing_that_is_not_answered(aws: LocalAws, tmp_path: Path) -> None:
    record_everything(aws)
    project = Project.create(tmp_path / "own", aws.environment(region=REGION))
    project.select("dev")
    project.terraform("plan", "-input=false", "-out=plan")
    plan = any_plan(project.terraform("show", "-json", "plan").encode(), "plan")
    waivers = waivers_from_file(REPOSITORY / "docs" / "reference" / "own-plan.waivers.yaml")
    translator = Translator(plan, Configuration(project.stack_folder(), plan), account=None, region=None)
    # On the day of the answers: they are to be looked at again, but not by this test.
    found = judge_plan(plan, translator, every_check(None), waivers, now=datetime(2026, 11, 27, tzinfo=UTC))
    assert not found.found_something
    assert found.waiver_problems == ()
    assert {one.rule.id for one in found.of(Outcome.WAIVED)} == {"iam-permissions-boundary", "lambda-subnets"}
    assert len(found.of(Outcome.COMPLIANT)) > 20
