"""``compliance-tf preflight`` asks the account before anything is made, and changes nothing.

Each runs the command as a program in the folder of a project: it starts the app, of which Node alone takes a second,
and Terraform, which evaluates what depends on the workspace.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from compliance_tf.cli.exit_codes import ExitCode
from compliance_tf.cli.main import app as cli
from tests.deploy import account as descriptions
from tests.deploy.conftest import REGION, REPOSITORY, Project
from tests.deploy.lifecycle.commands import create
from tests.repository import JSII_CACHE
from tests.runtime.local.accounts import Account, document, eventually

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

APP = """
from compliance_tf import CheckRule, ComplianceStack, ManagedRule, Workspaces, by_workspace, synthesize
from compliance_runtime.checks import bucket_tls_only

def build(app):
    stack = ComplianceStack(app, "compliance", project="acme", region="eu-west-1",
                            workspaces=Workspaces(allowed=("dev", "prod")))
    ManagedRule(stack, "encrypted", identifier="S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED")
    ManagedRule(stack, "no-admin", identifier="IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS")
    ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")
    CheckRule(stack, "tls-only", check=bucket_tls_only.CHECK)
    MORE

synthesize(build)
"""
REFERENCE = REPOSITORY / "docs" / "reference"
DENIED = {"Effect": "Deny", "Resource": "*"}


def app(more: str = "pass") -> str:
    return APP.replace("MORE", more)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, aws: LocalAws) -> Path:
    folder = tmp_path_factory.mktemp("preflight") / "app"
    create(folder, aws.environment(region=REGION), app())
    return folder


@pytest.fixture
def account(aws: LocalAws) -> Account:
    """An empty account."""
    return Account(aws, REGION)


def root(account: Account) -> dict[str, str]:
    return account.aws.environment(account.number, REGION)


def user(account: Account, name: str, *statements: dict[str, Any]) -> dict[str, str]:
    """Make a user with a policy, and give the variables with which commands act as that user."""
    iam = account.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="allow", PolicyDocument=document(*statements))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    own = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    return {**root(account), **own}


def statements(policy: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((REFERENCE / policy).read_text())["Statement"]
    return found


def preflight(
    folder: Path, variables: dict[str, str], *options: str, workspace: str = "dev", fails: bool = False
) -> dict[str, Any]:
    """Ask in this process, and give the report with its lines by subject."""
    line = ["preflight", "--format", "json", "--workspace", workspace, *options]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        # It keeps the credentials of who asked first.
        patch.setattr("boto3.DEFAULT_SESSION", None)
        for name, value in Project(folder, variables).environment.items():
            patch.setenv(name, value)
        answer = CliRunner().invoke(cli, line)
    assert answer.exit_code == (ExitCode.FOUND if fails else ExitCode.FINE), (answer.output, answer.exception)
    report: dict[str, Any] = json.loads(answer.stdout)
    assert report["mayGoAhead"] is not fails
    report["lines"] = {finding["subject"]: finding for finding in report["findings"]}
    return report


def blocking(report: dict[str, Any]) -> list[str]:
    return [finding["subject"] for finding in report["findings"] if finding["blocks"]]


def test_in_an_account_that_is_ready_it_may_go_ahead_and_nothing_of_it_changes(folder: Path, account: Account) -> None:
    account.with_recorder()
    before = descriptions.describe(account.aws, REGION)
    report = preflight(folder, root(account))
    verdicts = {subject: line["verdict"] for subject, line in report["lines"].items()}
    assert report["account"] == account.number
    assert verdicts.pop("Permissions to deploy") == "unknown"  # these are the credentials of root
    assert set(verdicts.values()) == {"ok"}
    assert report["lines"]["Config rules"]["figure"].startswith("0 + 4 new = 4 of 1000")
    assert report["lines"]["IAM roles"]["figure"] == "0 + 3 new = 3 of 1000"
    assert descriptions.describe(account.aws, REGION) == before


def test_the_table_says_the_same_and_is_not_cut_when_it_is_piped(folder: Path, account: Account) -> None:
    account.with_recorder()
    output = Project(folder, root(account)).run("compliance-tf", "preflight", "-w", "dev")
    assert re.search(r"^ok +Names of Config rules +4 free\.$", output, re.MULTILINE)
    assert re.search(r"^unknown +Permissions to deploy +.*\n +→ ", output, re.MULTILINE), output
    assert f"The deployment to dev in account {account.number} may go ahead: " in output


def test_reading_permissions_are_enough_to_know_everything(folder: Path, account: Account) -> None:
    account.with_recorder()
    [allowed] = statements("preflight-policy.json")
    assert all(re.match(r"\w+:(Describe|Get|List|Simulate)", action) for action in allowed["Action"])
    report = preflight(folder, user(account, "reader", allowed))
    assert "unknown" not in {finding["verdict"] for finding in report["findings"]}
    permissions = report["lines"]["Permissions to deploy"]
    assert permissions["verdict"] == "warning"
    assert "lambda:CreateFunction" in permissions["figure"]
    assert "config:DescribeConfigRules" not in permissions["figure"]


def test_what_may_not_be_asked_is_unknown_and_stands_in_nobodys_way(folder: Path, account: Account) -> None:
    account.with_recorder()
    actions = ["config:DescribeConfigurationRecorder*", "config:ListTagsForResource", "cloudformation:GetResource"]
    report = preflight(folder, user(account, "poor", {"Effect": "Allow", "Action": actions, "Resource": "*"}))
    unknown = {finding["subject"] for finding in report["findings"] if finding["verdict"] == "unknown"}
    assert unknown >= {"Delivery", "Names of Config rules", "Cost of a month", "EventBridge rules", "IAM roles"}
    assert "AccessDenied" in report["lines"]["IAM roles"]["figure"]


def test_a_recorder_that_may_not_be_asked_for_stands_in_the_way(folder: Path, account: Account) -> None:
    account.with_recorder()
    allowed = {"Effect": "Allow", "Action": "config:ListTagsForResource", "Resource": "*"}
    report = preflight(folder, user(account, "blind", allowed), fails=True)
    assert blocking(report) == ["Recorder"]
    assert report["lines"]["Recorder"]["verdict"] == "unknown"


def test_without_a_recorder_it_should_not_go_ahead(folder: Path, account: Account) -> None:
    report = preflight(folder, root(account), fails=True)
    assert blocking(report) == ["Recorder"]
    assert report["lines"]["Recorder"]["figure"] == "There is none called 'default' (found: none)."


def test_with_a_recorder_that_is_switched_off_it_should_not_go_ahead(folder: Path, account: Account) -> None:
    account.with_recorder()
    account.config.stop_configuration_recorder(ConfigurationRecorderName="default")
    report = preflight(folder, root(account), fails=True)
    assert blocking(report) == ["Recording"]
    assert report["lines"]["Recording"]["figure"].startswith("It is switched off since 20")


def test_with_a_recorder_that_lacks_a_type_it_says_what_the_plan_would_say(folder: Path, account: Account) -> None:
    account.with_recorder(allSupported=True, includeGlobalResourceTypes=False)
    report = preflight(folder, root(account), fails=True)
    assert blocking(report) == ["Recorded types"]
    assert report["lines"]["Recorded types"]["figure"] == (
        "The AWS Config recorder 'default' in eu-west-1 does not record AWS::IAM::Policy (needed by no-admin). A rule "
        "that is triggered by changes of a type is never evaluated where the type is not recorded: have the recorder's "
        "owner add the type, or remove the rule."
    )


def test_a_rule_of_the_same_name_that_is_not_ours_is_found(folder: Path, account: Account) -> None:
    account.with_recorder().managed_rule("acme-dev-trail", "CLOUD_TRAIL_ENABLED")
    report = preflight(folder, root(account), fails=True)
    assert blocking(report) == ["Names of Config rules"]
    assert "acme-dev-trail (without a project's tag)" in report["lines"]["Names of Config rules"]["figure"]


def test_more_rules_than_the_account_may_have_are_found(folder: Path, account: Account) -> None:
    """Those of EventBridge, of which an account may have the fewest."""
    events = account.with_recorder().client("events")
    for number in range(299):
        events.put_rule(Name=f"other-{number}", ScheduleExpression="rate(7 days)", State="DISABLED")
    report = preflight(folder, root(account), fails=True)
    assert blocking(report) == ["EventBridge rules"]
    assert report["lines"]["EventBridge rules"]["figure"].startswith("299 + 3 new = 302 of 300")


def test_without_a_workspace_it_is_about_the_selected_one(folder: Path, account: Account) -> None:
    account.with_recorder()
    project = Project(folder, root(account))
    project.select("prod")
    assert "The deployment to prod in account" in project.run("compliance-tf", "preflight")


def test_a_workspace_that_is_not_allowed_is_refused_with_the_words_of_the_plan(folder: Path, account: Account) -> None:
    report = preflight(folder, root(account.with_recorder()), workspace="test", fails=True)
    assert blocking(report) == ["Workspace"]
    assert report["lines"]["Workspace"]["figure"] == (
        "The workspace 'test' is not one of those that this stack may be deployed to: dev, prod."
    )


def test_what_differs_by_workspace_is_that_of_the_workspace(tmp_path: Path, account: Account) -> None:
    more = (
        'ManagedRule(stack, "mfa", identifier="IAM_ROOT_ACCESS_KEY_CHECK", '
        'enabled=by_workspace(prod=True, default=False), frequency=by_workspace(prod="One_Hour", default="Six_Hours"))'
    )
    project = create(tmp_path / "app", root(account.with_recorder()), app(more))
    dev = preflight(project.folder, root(account))["lines"]
    assert "0 + 4 new = 4 of" in dev["Config rules"]["figure"]
    assert ": 30 evaluations" in dev["Cost of a month"]["figure"]  # those of the trail
    prod = preflight(project.folder, root(account), workspace="prod")["lines"]
    assert "0 + 5 new = 5 of" in prod["Config rules"]["figure"]
    assert ": 750 evaluations" in prod["Cost of a month"]["figure"]


def test_every_stack_is_asked_about_in_its_own_region(tmp_path: Path, account: Account) -> None:
    more = (
        'other = ComplianceStack(app, "there", project="acme", region="us-east-1")\n'
        '    ManagedRule(other, "trail", identifier="CLOUD_TRAIL_ENABLED")'
    )
    project = create(tmp_path / "app", root(account.with_recorder()), app(more))
    report = preflight(project.folder, root(account), fails=True)
    assert [(line["place"], line["subject"]) for line in report["findings"] if line["blocks"]] == [
        ("there (us-east-1)", "Recorder")
    ]
    rules = {line["place"]: line["figure"][:12] for line in report["findings"] if line["subject"] == "Config rules"}
    assert rules == {"eu-west-1": "0 + 4 new = ", "us-east-1": "0 + 1 new = "}
    assert report["lines"]["IAM roles"]["figure"] == "0 + 6 new = 6 of 1000"


def test_the_permissions_of_who_will_deploy_are_a_matter_of_going_ahead(folder: Path, account: Account) -> None:
    account.with_recorder()
    # The stand-in simulates no conditions.
    enough = [{**statement, "Resource": "*", "Condition": {}} for statement in statements("deployer-policy.json")]
    user(account, "deployer", *enough)
    user(account, "poorer", *enough, {**DENIED, "Action": "events:PutRule"})
    named = f"arn:aws:iam::{account.number}:user/"
    good = preflight(folder, root(account), "--deployer", f"{named}deployer")
    assert good["lines"]["Permissions to deploy"]["verdict"] == "ok"
    poor = preflight(folder, root(account), "--deployer", f"{named}poorer", fails=True)
    assert blocking(poor) == ["Permissions to deploy"]
    assert "user/poorer lacks 1 of 78: events:PutRule." in poor["lines"]["Permissions to deploy"]["figure"]


def test_the_cost_follows_from_what_the_account_has(folder: Path, account: Account) -> None:
    account.with_recorder()
    for number in range(3):
        account.bucket(f"bucket-{number}-{account.number}")
    counted = {"resourceTypes": ["AWS::S3::Bucket"]}
    eventually(
        "the buckets are recorded",
        lambda: account.config.get_discovered_resource_counts(**counted)["totalDiscoveredResources"] == 3,
    )
    report = preflight(folder, root(account), "--changes-per-month", "100")
    # Two rules for three buckets that change 100 times, and the trail's 30 days: no policies.
    assert "630 evaluations 0.63" in report["lines"]["Cost of a month"]["figure"]


def test_without_credentials_it_says_so_once(folder: Path, account: Account) -> None:
    keyless = {name: "" for name in root(account) if "KEY" in name}
    output = Project(folder, {**root(account), **keyless, **JSII_CACHE, "HOME": str(folder)}).run(
        "compliance-tf", "preflight", "-w", "dev", fails=True
    )
    assert "error: There are no AWS credentials: set AWS_PROFILE" in output
    assert "Traceback" not in output


def test_without_a_network_it_says_so_once(folder: Path, account: Account) -> None:
    variables = {**root(account), "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    output = Project(folder, variables).run("compliance-tf", "preflight", "-w", "dev", fails=True)
    assert "error: The account cannot be read: Could not connect to the endpoint URL" in output
    assert "Traceback" not in output


def test_an_app_that_does_not_synthesize_is_one_message(account: Account, tmp_path: Path) -> None:
    project = Project.write(tmp_path, root(account), app('ManagedRule(stack, "more", identifier="NONE_SUCH")'))
    output = project.run("compliance-tf", "preflight", "-w", "dev", fails=True)
    assert re.search(r"error: main\.py:\d+: managed rule 'NONE_SUCH' is not known", output)
    assert "Traceback" not in output
