"""Everything that is declared exists in the provider, and nothing of it is deprecated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.model.allow_list import ALLOWED_TYPES
from compliance_tf.review.policies.attributes import attribute_table
from tests.deploy.conftest import Project
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

META = {"//", "count", "depends_on", "for_each", "lifecycle", "provider"}
SECTIONS = {"resource": "resource_schemas", "data": "data_source_schemas"}

EVERYTHING = """
from compliance_tf import ApiCall, ComplianceStack, CheckRule, ManagedRule, Schedule, Scope, synthesize
from compliance_runtime.checks import bucket_tls_only, ec2_approved_images, required_tags
from compliance_runtime.checks import check_ids, load_check

PARAMETERS = {
    "ec2-approved-images": ec2_approved_images.Parameters(allowed_owners=("self",)),
    "required-tags": required_tags.Parameters(tags={"owner": ()}),
}

def build(app):
    example(app)
    stack = ComplianceStack(
        app, "every-option", project="acme", region="eu-west-1", reevaluate=Schedule.days(7), tags={"team": "a"},
        execution_role="arn:aws:iam::111122223333:role/reader",
    )
    for check_id in check_ids():
        CheckRule(stack, check_id, check=load_check(check_id), parameters=PARAMETERS.get(check_id))
    ManagedRule(stack, "rotated", identifier="ACCESS_KEYS_ROTATED", parameters={"maxAccessKeyAge": 9},
                frequency="One_Hour", evaluate_after=[ApiCall("kms", "CreateKey")])
    ManagedRule(stack, "one", identifier="S3_BUCKET_VERSIONING_ENABLED",
                rule_scope=Scope.resource("AWS::S3::Bucket", "b"))
    ManagedRule(stack, "tagged", identifier="S3_BUCKET_VERSIONING_ENABLED", rule_scope=Scope.tag("team", "a"))
    CheckRule(stack, "tls", check=bucket_tls_only.CHECK)

synthesize(build)
"""
EXAMPLE = (REPOSITORY / "main.py").read_text().partition("if __name__")[0].replace("def build(", "def example(")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """An app with the stack of main.py and one with every option."""
    return Project.create(tmp_path_factory.mktemp("schema") / "app", {}, EXAMPLE + EVERYTHING)


@pytest.fixture(scope="module")
def provider(project: Project) -> dict[str, Any]:
    """The schema of the provider, which is the same for both stacks."""
    project.terraform("init", "-input=false")
    (provider,) = json.loads(project.terraform("providers", "schema", "-json"))["provider_schemas"].values()
    return dict(provider)


@pytest.mark.parametrize("stack", ["compliance", "every-option"])
def test_every_resource_and_attribute_exists_and_none_is_deprecated(
    project: Project, provider: dict[str, Any], stack: str
) -> None:
    configuration = json.loads(project.configuration(stack))
    seen = 0
    for section, schemas in SECTIONS.items():
        for type_, named in configuration[section].items():
            assert type_ in provider[schemas], f"{section} {type_} does not exist"
            for name, body in named.items():
                problems = list(differences(provider[schemas][type_]["block"], body, f"{type_}.{name}"))
                assert problems == []
                seen += 1
    assert seen > 25
    provider_block = {key: value for key, value in configuration["provider"]["aws"][0].items() if key not in META}
    assert list(differences(provider["provider"]["block"], provider_block, "provider")) == []


def test_the_review_has_an_entry_for_each_attribute_of_each_allowed_type(provider: dict[str, Any]) -> None:
    """Nested blocks too, so that a new version of the provider cannot slip one in; and none that is stale."""
    schema = {type_: {*attributes(provider["resource_schemas"][type_]["block"])} for type_ in ALLOWED_TYPES}
    assert schema == {type_: {*entries} for type_, entries in attribute_table().items()}


def attributes(block: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """List the attributes of a block and of the blocks in it, with their blocks' names before them."""
    for name, attribute in block.get("attributes", {}).items():
        nested = attribute.get("nested_type")
        yield from attributes(nested, f"{prefix}{name}.") if nested else [f"{prefix}{name}"]
    for name, nested in block.get("block_types", {}).items():
        yield from attributes(nested["block"], f"{prefix}{name}.")


def differences(block: Mapping[str, Any], body: Mapping[str, Any], path: str) -> Iterator[str]:
    """List what stands in a body and not in its schema, and what is deprecated there."""
    if block.get("deprecated"):
        yield f"{path} is deprecated"
    for name, value in body.items():
        attribute = block.get("attributes", {}).get(name)
        nested = block.get("block_types", {}).get(name)
        if attribute is not None:
            if attribute.get("deprecated"):
                yield f"{path}.{name} is deprecated"
            if not (attribute.get("optional") or attribute.get("required")):
                yield f"{path}.{name} cannot be set"
        elif nested is not None:
            for inner in value if isinstance(value, list) else [value]:
                yield from differences(nested["block"], inner, f"{path}.{name}")
        elif name not in META:
            yield f"{path}.{name} does not exist"


def test_the_check_itself_finds_what_is_deprecated_and_what_does_not_exist(provider: dict[str, Any]) -> None:
    rule = provider["resource_schemas"]["aws_cloudwatch_event_rule"]["block"]
    assert list(differences(rule, {"is_enabled": True, "mood": "good", "arn": "a"}, "rule")) == [
        "rule.is_enabled is deprecated",
        "rule.mood does not exist",
        "rule.arn cannot be set",
    ]
