"""Real plans of all kinds, and what their reviews say: a plan changes nothing, so one deployment serves all.

A plan takes Terraform's provider 3 seconds of CPU and more. What a review says of a plan is proven in
``tests/unit/review``; here, that real plans have the form of those that are built there, and say what is meant.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from compliance_tf.review.changes.rule_changes import Kind
from compliance_tf.review.plan.plan import Action
from compliance_tf.review.plan.plan_file import plan_content
from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.review.policies import Verdict
from compliance_tf.review.review import review
from compliance_tf.review.settings import Settings
from compliance_tf.terraform.machine import Machine
from tests.deploy.conftest import REGION, record_everything
from tests.deploy.review_edits import EDITS, rename_hash_key
from tests.deploy.reviewed_project import Configuration, ReviewedProject, messages, policies, resource
from tests.unit.review.builders import plan_json

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws
    from compliance_tf.review.review import Review

RULES = 16


@pytest.fixture(scope="module")
def undeployed(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> ReviewedProject:
    record_everything(aws)
    reviewed = ReviewedProject.create(tmp_path_factory.mktemp("review") / "app", aws.environment(region=REGION))
    reviewed.project.select("dev")
    return reviewed


@pytest.fixture(scope="module")
def first_plan(undeployed: ReviewedProject) -> Path:
    return undeployed.plan()


@pytest.fixture(scope="module")
def first(undeployed: ReviewedProject, first_plan: Path) -> Review:
    """The review of the first deployment, before it."""
    return reviewed(undeployed.shown(first_plan))


@pytest.fixture(scope="module")
def deployed(undeployed: ReviewedProject, first: Review, first_plan: Path) -> ReviewedProject:
    """The same, deployed to dev after the first plan was reviewed."""
    assert first.rule_count == RULES
    undeployed.project.run("terraform", "apply", "-input=false", first_plan.name, folder=first_plan.parent)
    return undeployed


@pytest.fixture(scope="module")
def unchanged_json(deployed: ReviewedProject) -> bytes:
    """The plan of no changes, as Terraform shows it right after the deployment."""
    saved = deployed.plan(refresh=True)
    return plan_content(str(saved), Machine(deployed.project.environment, working_folder=deployed.project.folder))


def reviewed(shown: bytes) -> Review:
    return review(plan_of_json(shown, "the plan"), Settings())


def test_a_first_deployment_needs_approval_for_its_permissions(first: Review) -> None:
    assert (first.verdict, policies(first)) == (Verdict.APPROVAL, {"permission-increase"})
    assert "Role acme-dev-evaluate-eu-west-1 gets 4 new permissions." in messages(first, "permission-increase")
    assert first.recorder_untouched
    assert {change.kind for change in first.rules} == {Kind.ADDED}
    assert [str(pack) for pack in first.coverage] == [
        "efs-security: 4 of 4 rules, was 0",
        "eks-security: 4 of 4 rules, was 0",
        "lambda-security: 4 of 4 rules, was 0",
    ]
    assert not first.removals


def test_nothing_to_do_is_clean_also_after_the_first_refresh(unchanged_json: bytes) -> None:
    """Right after an apply Terraform reports drift, which is only another way to write what there is."""
    assert b'"resource_drift"' in unchanged_json
    found = reviewed(unchanged_json)
    assert (found.verdict, found.findings, found.drift, found.is_empty) == (Verdict.CLEAN, (), (), True)
    assert found.rule_count == RULES


def test_the_plans_that_unit_tests_build_have_the_form_of_real_ones(harmless_json: bytes) -> None:
    real = json.loads(harmless_json)
    built = plan_json()
    assert built.keys() - {"resource_drift"} <= real.keys()
    real_of = {one["type"]: one for one in real["resource_changes"] if one["mode"] == "managed"}
    built_of = {one["type"]: one for one in built["resource_changes"]}
    assert built_of.keys() == real_of.keys()
    for type_, one in built_of.items():
        assert one.keys() <= real_of[type_].keys()
        assert one["change"].keys() <= real_of[type_]["change"].keys()
        assert shape(one["change"]["before"]) <= shape(real_of[type_]["change"]["before"]), type_
    for name, output in built["output_changes"].items():
        assert output.keys() == real["output_changes"].get(name, output).keys()
    assert shape(built["output_changes"]["deployment"]["after"]) == shape(real["output_changes"]["deployment"]["after"])
    configured = real["configuration"]["root_module"]["resources"][0]
    assert built["configuration"]["root_module"]["resources"][0].keys() <= configured.keys()


def shape(value: object, path: str = "") -> set[str]:
    """The names of all attributes, and where there are lists; but not what is in maps and lists of one's own."""
    members: dict[str, object] = value if isinstance(value, dict) and not path.endswith(("variables", "_all")) else {}
    items = value if isinstance(value, list) and path in {"", ".source"} else []
    below = {one for key, member in members.items() for one in shape(member, f"{path}.{key}")}
    return {path, *below, *(one for item in items for one in shape(item, f"{path}[]"))}


OTHER_TAG = "tag owner: team → others"

# Each with what the words on rules say, beside the tag that all get.
HARMLESS = {
    "another parameter": (Kind.CHANGED, "keys", "severity: medium → critical, parameter maxAccessKeyAge: 90 → 45"),
    "a rule more": (Kind.ADDED, "key-rotation", ""),
    "another frequency": (Kind.CHANGED, "trail", "evaluated as AWS does by default → every 24 hours"),
    "another policy text": (Kind.CHANGED, "guard", "the text of its Guard policy"),
}


@pytest.fixture(scope="module")
def harmless_json(deployed: ReviewedProject) -> bytes:
    """The plan of changes that harm nobody, as Terraform shows it."""
    return deployed.shown(deployed.plan(variant="harmless", edit=halve_memory))


@pytest.fixture(scope="module")
def harmless(harmless_json: bytes) -> Review:
    return reviewed(harmless_json)


def halve_memory(configuration: Configuration) -> None:
    resource(configuration, "aws_lambda_function", "functions_evaluate")["memory_size"] = 128


def test_changes_that_harm_nobody_are_clean(harmless: Review) -> None:
    assert (harmless.verdict, harmless.findings, harmless.removals) == (Verdict.CLEAN, (), ())
    assert not harmless.is_empty


@pytest.mark.parametrize("change", HARMLESS)
def test_a_changed_rule_is_described_in_words(harmless: Review, change: str) -> None:
    kind, name, words = HARMLESS[change]
    [rule] = [rule for rule in harmless.rules if rule.name == name]
    assert rule.kind is kind
    assert sorted(rule.differences) == sorted([*words.split(", "), OTHER_TAG] if words else [])


def test_a_pack_that_comes_shows_in_the_coverage(harmless: Review) -> None:
    assert [str(pack) for pack in harmless.coverage if pack.changes] == ["ecr-security: 3 of 3 rules, was 0"]


def test_shorter_logs_and_less_memory_stand_in_the_details(harmless: Review) -> None:
    details = {(one.type, two.attribute, two.before, two.after) for one in harmless.details for two in one.differences}
    assert ("aws_cloudwatch_log_group", "retention_in_days", "30", "1") in details
    assert ("aws_lambda_function", "memory_size", "256", "128") in details


def test_another_tag_is_all_that_is_said_of_a_rule_that_stays_as_it_is(harmless: Review) -> None:
    changed = [rule for rule in harmless.rules if rule.kind is Kind.CHANGED]
    assert len(changed) == RULES
    assert {rule.differences for rule in changed if rule.name not in {"keys", "trail", "guard"}} == {(OTHER_TAG,)}


@pytest.fixture(scope="module")
def risky(deployed: ReviewedProject, unchanged_json: bytes, aws: LocalAws) -> Review:
    """The review of risky changes, after somebody changed the account behind Terraform's back."""
    assert unchanged_json  # it reads the account before that
    config, iam, logs = (aws.client(service, region=REGION) for service in ("config", "iam", "logs"))
    config.delete_config_rule(ConfigRuleName="acme-dev-keys")
    statement = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
    iam.put_role_policy(
        RoleName="acme-dev-record-eu-west-1",
        PolicyName="backdoor",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    logs.put_retention_policy(logGroupName="/aws/lambda/acme-dev-record", retentionInDays=1)
    return deployed.review(variant="risky", refresh=True)


def test_a_removed_rule_is_approved_also_when_it_comes_back_under_another_name(risky: Review) -> None:
    assert risky.verdict is Verdict.APPROVAL
    assert "The rule acme-dev-trail is destroyed." in messages(risky, "rule-removed")
    kinds = {rule.name: rule.kind for rule in risky.rules}
    assert (kinds["trail"], kinds["trails"]) == (Kind.REMOVED, Kind.ADDED)


def test_a_pack_that_goes_is_approved_and_shows_in_the_coverage(risky: Review) -> None:
    assert [str(pack) for pack in risky.coverage if pack.changes] == ["lambda-security: 0 of 4 rules, was 4"]
    assert len(messages(risky, "rule-removed")) == 5
    assert len([rule for rule in risky.rules if rule.packs == ("lambda-security",)]) == 4


def test_a_check_that_asks_aws_widens_its_role(risky: Review) -> None:
    [permission_increase] = risky.permission_increases
    assert permission_increase.subject == "Role acme-dev-evaluate-eu-west-1"
    assert permission_increase.permissions == ("s3:GetAccountPublicAccessBlock on *",)
    assert messages(risky, "permission-increase") == ["Role acme-dev-evaluate-eu-west-1 gets 1 new permission."]


def test_a_waiver_is_approved(risky: Review) -> None:
    assert policies(risky) == {"rule-removed", "permission-increase", "waiver-granted", "drift"}
    [granted] = risky.waivers.granted
    assert "SEC-7" in granted
    assert [text for text in risky.waivers.expiring if "SEC-7" in text]


def test_what_somebody_did_behind_terraforms_back_is_seen(risky: Review) -> None:
    assert sorted(messages(risky, "drift")) == [
        "Somebody changed it outside Terraform: retention_in_days.",
        "Somebody destroyed it outside Terraform.",
        "Somebody gave the role a policy outside Terraform, which stays: backdoor.",
    ]
    assert {one.address.partition(".")[0]: one.attributes for one in risky.drift} == {
        "aws_cloudwatch_log_group": ("retention_in_days",),
        "aws_config_config_rule": (),
        "aws_iam_role": ("inline_policy",),
    }


def test_another_project_in_the_same_state_is_blocked(deployed: ReviewedProject) -> None:
    """Also where it is planned for targets alone, here for all that there is."""
    resources = deployed.configuration("other-project")["resource"]
    targets = [f"-target={type_}.{name}" for type_, named in resources.items() for name in named]
    found = deployed.review(*targets, variant="other-project", edit=rename_hash_key)
    assert found.verdict is Verdict.BLOCKED
    assert {"state-relocated", "table-lost", "rules-removed-at-once", "incomplete-plan"} <= policies(found)
    assert (
        "The deployment's state changes from folder state/acme-eu-west-1 to folder state/rival-eu-west-1."
        in messages(found, "state-relocated")
    )
    [table] = [removal for removal in found.removals if removal.address.startswith("aws_dynamodb_table.")]
    assert (table.name, table.action) == ("acme-dev-results", Action.REPLACE)
    assert table.reason == "these cannot be changed in place: name, hash_key"


def test_a_destroy_is_blocked(deployed: ReviewedProject) -> None:
    found = deployed.review("-destroy")
    assert found.verdict is Verdict.BLOCKED
    assert {"table-lost", "rules-removed-at-once", "rule-removed", "recording-stops"} == policies(found)
    assert found.identity.workspace == "dev"
    assert found.rule_count == 0
    assert found.recorder_untouched


# What the guard refuses at synthesis, or what no setting offers, written into the configuration afterwards.


@pytest.fixture(scope="module")
def edited(deployed: ReviewedProject) -> Review:
    """The review of all edits in one plan."""

    def edit(configuration: Configuration) -> None:
        for one in EDITS.values():
            one.edit(configuration)

    return deployed.review(edit=edit)


@pytest.mark.parametrize("name", EDITS)
def test_what_is_written_into_the_configuration_after_the_synthesis_is_caught(edited: Review, name: str) -> None:
    assert edited.verdict is Verdict.BLOCKED
    for policy, sentence in EDITS[name].caught.items():
        assert [one for one in messages(edited, policy) if sentence in one], messages(edited, policy)


def test_nothing_else_is_caught(edited: Review) -> None:
    assert policies(edited) == {policy for edit in EDITS.values() for policy in edit.caught}
    assert not edited.recorder_untouched
