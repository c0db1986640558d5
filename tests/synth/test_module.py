"""A stack as a plain Terraform module: what a root module decides is not in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.checks import bucket_tls_only
from compliance_tf import ApiCall, CheckRule, ManagedRule, Notifications, S3State, Workspaces
from compliance_tf.errors import ExportError
from compliance_tf.terraform.module import module_of

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf import ComplianceStack
    from tests.synth.conftest import Synthesize

TOPIC = "arn:aws:sns:eu-west-1:111122223333:security"


def build(stack: ComplianceStack) -> None:
    CheckRule(stack, "tls", check=bucket_tls_only.CHECK)
    ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED", evaluate_after=[ApiCall("cloudtrail", "StopLogging")])


SETTINGS: dict[str, Any] = {
    "workspaces": Workspaces(allowed=("dev", "prod"), protected=("prod",)),
    "tags": {"owner": "team-a"},
    "notifications": Notifications(TOPIC),
}


@pytest.fixture
def main(synthesize: Synthesize, tmp_path: Path) -> dict[str, Any]:
    """The module's main file."""
    synthesize(build, **SETTINGS, state=S3State(bucket="states", region="eu-west-1"))
    configuration: dict[str, Any] = json.loads(module_of(tmp_path / "stacks" / "stack").files["main.tf.json"])
    return configuration


def texts(value: object) -> list[str]:
    match value:
        case dict():
            return [text for name, member in value.items() for text in [name, *texts(member)]]
        case list():
            return [text for member in value for text in texts(member)]
        case _:
            return [str(value)]


def test_the_root_module_has_the_backend_the_provider_and_the_versions(main: dict[str, Any]) -> None:
    assert "provider" not in main
    assert "backend" not in main["terraform"]
    assert main["terraform"]["required_providers"]["aws"]["version"] == ">= 5.100.0, < 7.0.0"


def test_the_environment_and_the_region_are_variables(main: dict[str, Any]) -> None:
    text = "\n".join(texts(main))
    assert "terraform.workspace" not in text
    assert text.replace(TOPIC, "").count("eu-west-1") == 0
    names = [rule["name"] for rule in main["resource"]["aws_config_config_rule"].values()]
    assert sorted(names) == ["acme-${var.environment}-tls", "acme-${var.environment}-trail"]


def test_a_topic_of_the_users_stays_where_it_is(main: dict[str, Any]) -> None:
    assert TOPIC in "\n".join(texts(main))


def test_every_resource_that_can_have_tags_has_those_of_the_stack(main: dict[str, Any]) -> None:
    expected = {
        "managed-by": "compliance_tf",
        "owner": "team-a",
        "project": "acme",
        "workspace": "${var.environment}",
    }
    for type_ in ("aws_config_config_rule", "aws_lambda_function", "aws_iam_role", "aws_dynamodb_table"):
        for body in main["resource"][type_].values():
            assert body["tags"].items() >= expected.items()


def test_regions_differ_in_nothing(synthesize: Synthesize, tmp_path: Path) -> None:
    modules = []
    for region in ("eu-west-1", "ap-southeast-2"):
        synthesize(build, workspaces=SETTINGS["workspaces"], region=region)
        modules.append(module_of(tmp_path / "stacks" / "stack").files)
    assert modules[0] == modules[1]


def test_the_package_comes_along_and_is_found_from_anywhere(synthesize: Synthesize, tmp_path: Path) -> None:
    synthesize(build)
    module_of(tmp_path / "stacks" / "stack").write(tmp_path / "module")
    main = json.loads((tmp_path / "module" / "main.tf.json").read_text())
    files = {body["filename"] for body in main["resource"]["aws_lambda_function"].values()}
    assert files == {"${path.module}/assets/lambda.zip"}
    assert (tmp_path / "module" / "assets" / "lambda.zip").is_file()


def test_the_readme_lists_every_variable_and_output(synthesize: Synthesize, tmp_path: Path) -> None:
    synthesize(build)
    module = module_of(tmp_path / "stacks" / "stack")
    readme = module.files["README.md"]
    outputs = json.loads(module.files["main.tf.json"])["output"]
    for name in ("environment", "region", *outputs):
        assert f"| {name} |" in readme


def test_a_folder_with_other_things_is_left_alone(synthesize: Synthesize, tmp_path: Path) -> None:
    synthesize(build)
    module = module_of(tmp_path / "stacks" / "stack")
    folder = tmp_path / "module"
    module.write(folder)
    module.write(folder)
    (folder / "precious.tf").write_text("")
    with pytest.raises(ExportError, match=r"holds precious\.tf"):
        module.write(folder)


def test_what_is_no_stack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="is not a stack of this library"):
        module_of(tmp_path)
