"""Real plans of all kinds, and what their reviews say: a plan changes nothing, so one deployment serves all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.review.changes.rule_changes import Kind
from compliance_tf.review.plan.plan import Action
from compliance_tf.review.plan.plan_file import read_plan
from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.review.policies import Verdict
from compliance_tf.review.review import review
from compliance_tf.review.settings import Settings
from compliance_tf.terraform.machine import Machine
from tests.deploy.conftest import REGION, record_everything
from tests.deploy.reviewed_project import Configuration, ReviewedProject, messages, policies, resource
from tests.unit.review.builders import plan_json

if TYPE_CHECKING:
    from collections.abc import Callable

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
def first(undeployed: ReviewedProject) -> Review:
    """The review of the first deployment, before it."""
    return undeployed.review()


@pytest.fixture(scope="module")
def deployed(undeployed: ReviewedProject, first: Review) -> ReviewedProject:
    """The same, deployed to dev after the first plan was reviewed."""
    assert first.rule_count == RULES
    undeployed.project.apply("dev")
    return undeployed


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


def test_nothing_to_do_is_clean_also_after_the_first_refresh(deployed: ReviewedProject) -> None:
    """Right after an apply Terraform reports drift, which is only another way to write what there is."""
    saved = deployed.plan(refresh=True)
    shown = deployed.shown(saved)
    assert b'"resource_drift"' in shown
    machine = Machine(deployed.project.environment, working_folder=deployed.project.folder)
    plan = read_plan(str(saved), machine)
    found = review(plan, Settings())
    assert (found.verdict, found.findings, found.drift, found.is_empty) == (Verdict.CLEAN, (), (), True)
    assert found.rule_count == RULES
    assert plan == plan_of_json(shown, "the same plan")


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


# Each with what the words on rules say.
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
    return review(plan_of_json(harmless_json, "the plan"), Settings())


def halve_memory(configuration: Configuration) -> None:
    resource(configuration, "aws_lambda_function", "functions_evaluate")["memory_size"] = 128


def test_changes_that_harm_nobody_are_clean(harmless: Review) -> None:
    assert (harmless.verdict, harmless.findings, harmless.removals) == (Verdict.CLEAN, (), ())
    assert not harmless.is_empty
    assert len([rule for rule in harmless.rules if "ecr-security" not in rule.packs]) == len(HARMLESS)


@pytest.mark.parametrize("change", HARMLESS)
def test_a_changed_rule_is_told_in_words(harmless: Review, change: str) -> None:
    kind, name, words = HARMLESS[change]
    [rule] = [rule for rule in harmless.rules if rule.name == name]
    assert rule.kind is kind
    assert sorted(rule.differences) == sorted(words.split(", ") if words else [])


def test_a_pack_that_comes_shows_in_the_coverage(harmless: Review) -> None:
    assert [str(pack) for pack in harmless.coverage if pack.changes] == ["ecr-security: 3 of 3 rules, was 0"]


def test_shorter_logs_and_less_memory_stand_in_the_details(harmless: Review) -> None:
    details = {(one.type, two.attribute, two.before, two.after) for one in harmless.details for two in one.differences}
    assert ("aws_cloudwatch_log_group", "retention_in_days", "30", "1") in details
    assert ("aws_lambda_function", "memory_size", "256", "128") in details


def test_the_fingerprint_is_the_same_for_the_same_change_planned_again(
    deployed: ReviewedProject, harmless: Review, risky: Review
) -> None:
    assert deployed.review(variant="harmless", edit=halve_memory).fingerprint == harmless.fingerprint
    assert harmless.fingerprint != risky.fingerprint


def test_other_tags_alone_are_clean(deployed: ReviewedProject) -> None:
    found = deployed.review(variant="other-tags")
    assert (found.verdict, found.findings, found.removals) == (Verdict.CLEAN, (), ())
    assert {rule.differences for rule in found.rules} == {("tag owner: team → others",)}
    assert len(found.rules) == RULES


@pytest.fixture(scope="module")
def risky(deployed: ReviewedProject) -> Review:
    return deployed.review(variant="risky")


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
    assert policies(risky) == {"rule-removed", "permission-increase", "waiver-granted"}
    [granted] = risky.waivers.granted
    assert "SEC-7" in granted
    assert [text for text in risky.waivers.expiring if "SEC-7" in text]


def test_many_removed_rules_are_blocked(deployed: ReviewedProject) -> None:
    found = deployed.review(variant="packs-left-out")
    assert found.verdict is Verdict.BLOCKED
    assert messages(found, "rules-removed-at-once") == ["12 rules are removed; 10 may be at once."]


def test_another_workspace_is_a_first_deployment_with_names_of_its_own(deployed: ReviewedProject) -> None:
    found = deployed.review(workspace="prod")
    assert (found.verdict, policies(found)) == (Verdict.APPROVAL, {"permission-increase"})
    assert found.identity.workspace == "prod"
    assert "Role acme-prod-evaluate-eu-west-1 gets 4 new permissions." in messages(found, "permission-increase")
    assert {change.kind for change in found.rules} == {Kind.ADDED}


def test_a_state_elsewhere_is_blocked(deployed: ReviewedProject) -> None:
    found = deployed.review(variant="state-elsewhere")
    assert found.verdict is Verdict.BLOCKED
    assert messages(found, "state-relocated") == [
        "The deployment's state changes from folder state/acme-eu-west-1 to folder elsewhere/acme-eu-west-1."
    ]


def test_another_project_in_the_same_state_is_blocked(deployed: ReviewedProject) -> None:
    found = deployed.review(variant="other-project")
    assert found.verdict is Verdict.BLOCKED
    assert {"state-relocated", "table-lost", "rules-removed-at-once"} <= policies(found)
    [table] = [removal for removal in found.removals if removal.address.startswith("aws_dynamodb_table.")]
    assert (table.name, table.action) == ("acme-dev-results", Action.REPLACE)
    assert table.reason == "these cannot be changed in place: name"


def test_a_destroy_is_blocked(deployed: ReviewedProject) -> None:
    found = deployed.review("-destroy")
    assert found.verdict is Verdict.BLOCKED
    assert {"table-lost", "rules-removed-at-once", "rule-removed", "recording-stops"} == policies(found)
    assert found.identity.workspace == "dev"
    assert found.rule_count == 0
    assert found.recorder_untouched


def test_a_plan_of_some_targets_only_is_blocked(deployed: ReviewedProject) -> None:
    address = next(iter(deployed.configuration()["resource"]["aws_cloudwatch_log_group"]))
    found = deployed.review(f"-target=aws_cloudwatch_log_group.{address}", variant="harmless")
    assert found.verdict is Verdict.BLOCKED
    assert "incomplete-plan" in policies(found)


# What the guard refuses at synthesis, or what no setting offers, written into the configuration afterwards.


def edit_table(**values: Any) -> Callable[[Configuration], None]:
    return lambda configuration: resource(configuration, "aws_dynamodb_table").update(values)


def rename_hash_key(configuration: Configuration) -> None:
    table = resource(configuration, "aws_dynamodb_table")
    table["hash_key"] = "key"
    table["attribute"] = [{**one, "name": "key"} if one["name"] == "pk" else one for one in table["attribute"]]


def add(type_: str, **values: Any) -> Callable[[Configuration], None]:
    return lambda configuration: configuration["resource"].setdefault(type_, {}).update(by_hand=values)


def allow_everything(configuration: Configuration) -> None:
    policy = resource(configuration, "aws_iam_role_policy", "functions_record")
    document = json.loads(policy["policy"])
    document["Statement"].append({"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"})
    policy["policy"] = json.dumps(document)


def allow_within_the_role(configuration: Configuration) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    # By the name of the policy that the deployment itself writes.
    role = resource(configuration, "aws_iam_role", "functions_record")
    role["inline_policy"] = [{"name": "record", "policy": document}]


def attach_a_policy(configuration: Configuration) -> None:
    role = resource(configuration, "aws_iam_role", "functions_record")
    role["managed_policy_arns"] = ["arn:aws:iam::aws:policy/AdministratorAccess"]


def trust(principal: object) -> Callable[[Configuration], None]:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}

    def edit(configuration: Configuration) -> None:
        role = resource(configuration, "aws_iam_role", "functions_record")
        role["assume_role_policy"] = json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    return edit


def run_with_the_role_of_others(configuration: Configuration) -> None:
    function = resource(configuration, "aws_lambda_function", "functions_record")
    function["role"] = "arn:aws:iam::000000000001:role/landing-zone-admin"


def write_into_the_role_of_others(configuration: Configuration) -> None:
    resource(configuration, "aws_iam_role_policy", "functions_trigger")["role"] = "landing-zone"


def drop_the_source(configuration: Configuration) -> None:
    del resource(configuration, "aws_lambda_permission", "functions_evaluate")["source_account"]


def leave_the_workspace_out(configuration: Configuration) -> None:
    resource(configuration, "aws_config_config_rule", "trail")["name"] = "acme-trail"


def switch_off(configuration: Configuration) -> None:
    resource(configuration, "aws_cloudwatch_event_rule", "triggers_compliance-changes")["state"] = "DISABLED"


def provision(configuration: Configuration) -> None:
    resource(configuration, "aws_cloudwatch_log_group", "functions_record")["provisioner"] = [
        {"local-exec": {"command": "true"}}
    ]


def import_a_log_group(configuration: Configuration) -> None:
    configuration["import"] = [{"to": "aws_cloudwatch_log_group.by_hand", "id": "/aws/lambda/acme-dev-evaluate"}]
    add("aws_cloudwatch_log_group", name="/aws/lambda/acme-dev-evaluate", retention_in_days=30)(configuration)


def move_a_rule(configuration: Configuration) -> None:
    rules = configuration["resource"]["aws_config_config_rule"]
    [address] = [key for key in rules if key.startswith("keys")]
    rules["moved"] = rules.pop(address)
    configuration["moved"] = [{"from": f"aws_config_config_rule.{address}", "to": "aws_config_config_rule.moved"}]


def forget_a_rule(configuration: Configuration) -> None:
    rules = configuration["resource"]["aws_config_config_rule"]
    [address] = [key for key in rules if key.startswith("keys")]
    del rules[address]
    configuration["removed"] = [{"from": f"aws_config_config_rule.{address}", "lifecycle": {"destroy": False}}]


def edit_function(**values: Any) -> Callable[[Configuration], None]:
    return lambda configuration: resource(configuration, "aws_lambda_function", "functions_record").update(values)


def empty_the_input(configuration: Configuration) -> None:
    resource(configuration, "aws_cloudwatch_event_target", "triggers_reconcile-target")["input"] = "{}"


def create_before_destroy(configuration: Configuration) -> None:
    """Have a rule replaced in that order, as soon as a function changes that is edited beside it."""
    functions = configuration["resource"]["aws_lambda_function"]
    [record] = [key for key in functions if key.startswith("functions_record")]
    resource(configuration, "aws_config_config_rule", "trail")["lifecycle"] = {
        "create_before_destroy": True,
        "replace_triggered_by": [f"aws_lambda_function.{record}"],
    }


def hide_the_deployment(configuration: Configuration) -> None:
    del configuration["output"]["deployment"]


RECORDER = {"role_arn": "arn:aws:iam::000000000001:role/x", "name": "default"}


@dataclass(frozen=True)
class Edit:
    """An edit after the synthesis, and for each policy that catches it what one of its sentences contains."""

    edit: Callable[[Configuration], None]
    caught: dict[str, str]


ANY_ACCOUNT = "config.amazonaws.com may invoke acme-dev-evaluate on behalf of any account"
WILDCARD = "Role acme-dev-record-eu-west-1: this is a wildcard: "
S3_REFUSED = "It is created: a resource of type aws_s3_bucket is refused: results are kept in DynamoDB"

# What stands together is planned together.
EDITS: dict[str, dict[str, Edit]] = {
    "one": {
        "the table's key": Edit(
            rename_hash_key, {"table-lost": "is replaced, because these cannot be changed in place: "}
        ),
        "a wildcard": Edit(
            allow_everything,
            {
                "wildcard-permissions": f"{WILDCARD}dynamodb:* on *.",
                "permission-increase": "Role acme-dev-record-eu-west-1 gets 1 new permission.",
            },
        ),
        "the trust of all": Edit(
            trust({"AWS": "*"}),
            {
                "public-access": "this is for everybody: AWS * may sts:AssumeRole.",
                "permission-increase": "Trust of role",
            },
        ),
        "no source account": Edit(drop_the_source, {"invocation-without-source": ANY_ACCOUNT}),
        "no workspace in a name": Edit(
            leave_the_workspace_out,
            {"name-without-workspace": "Its name is 'acme-trail', which does not begin with 'acme-dev-'."},
        ),
        "an event rule switched off": Edit(
            switch_off,
            {"recording-stops": "The EventBridge rule acme-dev-compliance-changes is switched off: DISABLED."},
        ),
        "a recorder": Edit(
            add("aws_config_configuration_recorder", **RECORDER),
            {"recorder": "It is created: a resource of type aws_config_configuration_recorder is refused"},
        ),
        "a bucket": Edit(add("aws_s3_bucket", bucket="acme-dev-results"), {"allow-list": S3_REFUSED}),
        "a moved rule": Edit(move_a_rule, {"state-reassigned": "It takes the place of aws_config_config_rule.keys"}),
        "a provisioner": Edit(provision, {"provisioner": "A provisioner would run a program"}),
    },
    "two": {
        "no recovery": Edit(
            edit_table(point_in_time_recovery={"enabled": False}),
            {"table-unprotected": "The table's point-in-time recovery changes from on to off."},
        ),
        "no deletion protection": Edit(
            edit_table(deletion_protection_enabled=False),
            {"table-unprotected": "The table's deletion protection changes from on to off."},
        ),
        "no encryption": Edit(
            edit_table(server_side_encryption={"enabled": False}),
            {"table-unprotected": "The table's encryption by AWS KMS changes from on to "},
        ),
        "a policy within the role": Edit(allow_within_the_role, {"wildcard-permissions": f"{WILDCARD}* on *."}),
        "the trust of another account": Edit(
            trust({"AWS": "arn:aws:iam::999999999999:root"}),
            {"permission-increase": "Trust of role acme-dev-record-eu-west-1 gets 1 new permission."},
        ),
        "the role of others for a function": Edit(
            run_with_the_role_of_others,
            {"name-without-workspace": "It runs with the role 'arn:aws:iam::000000000001:role/landing-zone-admin'"},
        ),
        "a policy for the role of others": Edit(
            write_into_the_role_of_others,
            {
                "name-without-workspace": "Its role is 'landing-zone', which does not begin with 'acme-dev-'.",
                "permission-increase": "Role landing-zone gets ",
            },
        ),
        "a forgotten rule": Edit(
            forget_a_rule,
            {"state-reassigned": "It leaves the state", "rule-removed": "The rule acme-dev-keys is forgotten."},
        ),
        "an imported log group": Edit(
            import_a_log_group,
            {
                "state-reassigned": "It is imported by the id /aws/lambda/acme-dev-evaluate",
                "name-shared": "has the same name in AWS, '/aws/lambda/acme-dev-evaluate'.",
            },
        ),
    },
    "three": {
        "a policy of AWS": Edit(
            attach_a_policy,
            {
                "wildcard-permissions": f"{WILDCARD}* on *.",
                "permission-increase": "Role acme-dev-record-eu-west-1 gets 1 new permission.",
            },
        ),
        "no concurrency": Edit(
            edit_function(reserved_concurrent_executions=0, layers=["arn:aws:lambda:eu-west-1:000000000001:layer:x:1"]),
            {
                "recording-stops": "It changes in reserved_concurrent_executions: ",
                "code-elsewhere": "It gets layers, which deployments do not have.",
            },
        ),
        "no input": Edit(empty_the_input, {"recording-stops": "It changes in input: "}),
        "another time to live": Edit(
            edit_table(ttl={"enabled": True, "attribute_name": "sk"}),
            {"table-unprotected": "changes from the attribute expires_at to the attribute sk."},
        ),
        "a rule that is created before it is destroyed": Edit(
            create_before_destroy,
            {
                "name-shared": "Its replacement of the same name, 'acme-dev-trail', is created before it is destroyed",
                "rule-removed": "The rule acme-dev-trail is replaced.",
            },
        ),
        "no output": Edit(
            hide_the_deployment,
            {"state-relocated": "The output 'deployment', by which the next plan would be compared, goes."},
        ),
    },
}


@pytest.fixture(scope="module")
def edited(deployed: ReviewedProject) -> Callable[[str], Review]:
    """Plans all edits of a group together, once."""

    @cache
    def reviewed(group: str) -> Review:
        def edit(configuration: Configuration) -> None:
            for one in EDITS[group].values():
                one.edit(configuration)

        return deployed.review(edit=edit)

    return reviewed


@pytest.mark.parametrize(("group", "name"), [(group, name) for group, edits in EDITS.items() for name in edits])
def test_what_is_written_into_the_configuration_after_the_synthesis_is_caught(
    edited: Callable[[str], Review], group: str, name: str
) -> None:
    found = edited(group)
    assert found.verdict is Verdict.BLOCKED
    for policy, sentence in EDITS[group][name].caught.items():
        assert [one for one in messages(found, policy) if sentence in one], messages(found, policy)


@pytest.mark.parametrize("group", EDITS)
def test_nothing_else_is_caught(edited: Callable[[str], Review], group: str) -> None:
    found = edited(group)
    caught = [edit.caught for edit in EDITS[group].values()]
    assert policies(found) == {policy for one in caught for policy in one} | BESIDES.get(group, set())
    assert found.recorder_untouched == ("recorder" not in policies(found))


BESIDES = {
    # Of a new table one cannot see the key; a rule with another name is another rule.
    "one": {"table-unprotected", "rule-removed"},
    # A policy that goes to another role is replaced, and its role stays without one.
    "two": {"recording-stops"},
}


def test_what_somebody_did_behind_terraforms_back_is_seen(deployed: ReviewedProject, aws: LocalAws) -> None:
    config, iam, logs = (aws.client(service, region=REGION) for service in ("config", "iam", "logs"))
    config.delete_config_rule(ConfigRuleName="acme-dev-keys")
    statement = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
    iam.put_role_policy(
        RoleName="acme-dev-record-eu-west-1",
        PolicyName="backdoor",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    logs.put_retention_policy(logGroupName="/aws/lambda/acme-dev-record", retentionInDays=1)
    found = deployed.review(refresh=True)
    assert found.verdict is Verdict.APPROVAL
    assert sorted(messages(found, "drift")) == [
        "Somebody changed it outside Terraform: retention_in_days.",
        "Somebody destroyed it outside Terraform.",
        "Somebody gave the role a policy outside Terraform, which stays: backdoor.",
    ]
    assert {one.address.partition(".")[0]: one.attributes for one in found.drift} == {
        "aws_cloudwatch_log_group": ("retention_in_days",),
        "aws_config_config_rule": (),
        "aws_iam_role": ("inline_policy",),
    }
