"""Packs in YAML: what people write is read, and what is wrong is named with file, line and place."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from compliance_runtime.check import Severity
from compliance_runtime.checks import bucket_tls_only, required_tags
from compliance_tf.errors import PackFileError
from compliance_tf.packs.pack import CheckPackRule, ManagedPackRule, Pack, PolicyPackRule
from maintenance.pages.schemas import schema, schema_text
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA_FILE = REPOSITORY / "docs" / "reference" / "pack.schema.json"

COMPLETE = """
name: acme
title: Acme's own rules
process_checks: true
rules:
  - managed: ACCESS_KEYS_ROTATED
    id: keys
    parameters: {maxAccessKeyAge: 45}
    frequency: Six_Hours
    severity: high
  - managed: ENCRYPTED_VOLUMES
    resource_types: [AWS::EC2::Volume]
  - check: required-tags
    parameters:
      tags: {owner: [], environment: [dev, prod]}
    resource_types: [AWS::S3::Bucket]
  - check: bucket-tls-only
  - policy: |
      rule named when resourceType == "AWS::S3::Bucket" { configuration.name exists }
    id: bucket-names
    resource_types: [AWS::S3::Bucket]
    severity: low
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "acme.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    """What is said of a file, without its folder."""
    with pytest.raises(PackFileError) as raised:
        Pack.from_file(write(folder, text))
    return str(raised.value).removeprefix(f"{folder}/")


def with_rule(*lines: str) -> str:
    """A pack of one rule, whose first line is line 3."""
    return "name: acme\nrules:\n" + "\n".join(f"  {'-' if not n else ' '} {line}" for n, line in enumerate(lines))


def test_a_file_with_all_that_may_be_in_one_is_read(tmp_path: Path) -> None:
    assert Pack.from_file(write(tmp_path, COMPLETE)) == Pack(
        "acme",
        (
            ManagedPackRule("ACCESS_KEYS_ROTATED", {"maxAccessKeyAge": 45}, "Six_Hours", (), Severity.HIGH, "keys"),
            ManagedPackRule("ENCRYPTED_VOLUMES", resource_types=("AWS::EC2::Volume",)),
            CheckPackRule(
                required_tags.CHECK,
                required_tags.Parameters(tags={"owner": (), "environment": ("dev", "prod")}),
                resource_types=("AWS::S3::Bucket",),
            ),
            CheckPackRule(bucket_tls_only.CHECK),
            PolicyPackRule(
                "bucket-names",
                'rule named when resourceType == "AWS::S3::Bucket" { configuration.name exists }\n',
                ("AWS::S3::Bucket",),
                Severity.LOW,
            ),
        ),
        "Acme's own rules",
        process_checks=True,
    )


def test_a_pack_may_have_checks_of_a_folder_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "pack_file_checks"
    folder.mkdir()
    source = (REPOSITORY / "lambda_src" / "compliance_runtime" / "checks" / "bucket_tls_only.py").read_text(
        encoding="utf-8"
    )
    (folder / "our_buckets.py").write_text(source.replace('id="bucket-tls-only"', 'id="our-buckets"'))
    monkeypatch.syspath_prepend(str(tmp_path))
    path = write(tmp_path, with_rule("check: our-buckets"))

    (rule,) = Pack.from_file(path, checks=folder).rules

    assert rule.id == "our-buckets"
    with pytest.raises(PackFileError, match="There is no check 'our-buckets'"):
        Pack.from_file(path)


def test_a_word_without_quotes_means_what_it_looks_like(tmp_path: Path) -> None:
    text = with_rule(
        "managed: VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
        "parameters: {authorizedTcpPorts: 22:30, authorizedUdpPorts: no}",
    )
    (rule,) = Pack.from_file(write(tmp_path, text)).rules
    assert isinstance(rule, ManagedPackRule)
    assert rule.parameters == {"authorizedTcpPorts": "22:30", "authorizedUdpPorts": "no"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "acme.yaml: give members as 'name: value', not None."),
        ("- a", "acme.yaml: give members as 'name: value', not ['a']."),
        ("name: [", "acme.yaml, line 1: expected the node content, but found '<stream end>'."),
        ("name: a\nname: b", "acme.yaml, line 2: 'name' is given twice."),
        ("1: a", "acme.yaml, line 1: a key must be a text."),
        ("name: a\nrules: !!python/object:os.system {}", "acme.yaml, line 2: could not determine a constructor"),
        ("name: acme", "acme.yaml, line 1: rules is missing."),
        (
            "name: acme\nrule: []",
            "acme.yaml, line 1: 'rule' is not known. Did you mean rules? Allowed: name, ",
        ),
        ("name: acme\nrules: {}", "acme.yaml, line 2, rules: give a list, not {}."),
        ("name: acme\nrules: []", "acme.yaml, line 1: pack 'acme' has no rules: give it at least one."),
        ("name: 5\n" + with_rule("check: bucket-tls-only")[11:], "acme.yaml, line 1, name: give a string"),
        (
            "name: Acme\n" + with_rule("check: bucket-tls-only")[11:],
            "acme.yaml, line 1: pack 'Acme': a pack's name",
        ),
        (
            "process_checks: 'no'\n" + with_rule("check: bucket-tls-only"),
            "acme.yaml, line 1, process_checks: give true or false, not 'no'.",
        ),
        ("name: acme\nrules: [x]", "acme.yaml, line 1, rules[0]: give members as 'name: value', not 'x'."),
        (
            with_rule("managed: CLOUD_TRAIL_ENABLED", "check: bucket-tls-only"),
            "acme.yaml, line 3, rules[0]: give exactly one of managed, check, policy; it has managed and",
        ),
        (
            with_rule("id: x"),
            "acme.yaml, line 3, rules[0]: give exactly one of managed, check, policy; it has none",
        ),
        (
            with_rule("managed: CLOUD_TRAIL_ENABLE"),
            "acme.yaml, line 3, rules[0].managed: 'CLOUD_TRAIL_ENABLE' is not known. Did you mean CLOUD_",
        ),
        (
            with_rule("managed: CLOUD_TRAIL_ENABLED", "frequncy: One_Hour"),
            "acme.yaml, line 3, rules[0]: 'frequncy' is not known. Did you mean frequency? Allowed: managed, ",
        ),
        (
            with_rule("managed: CLOUD_TRAIL_ENABLED", "frequency: Hourly"),
            "acme.yaml, line 3, rules[0].frequency: 'Hourly' is not known. Allowed: One_Hour, ",
        ),
        (
            with_rule("managed: ACCESS_KEYS_ROTATED", "parameters: {maxAccessKeyAge: {days: 90}}"),
            "acme.yaml, line 3, rules[0]: managed rule ACCESS_KEYS_ROTATED:\n  - parameter 'maxAccessKeyAge'",
        ),
        (
            with_rule("managed: ACCESS_KEYS_ROTATED", "parameters: {maxAccessKeyAge: }"),
            "acme.yaml, line 4: 'maxAccessKeyAge' has no value: give one, or leave it out.",
        ),
        (
            with_rule("managed: CLOUD_TRAIL_ENABLED", "parameters: [a]"),
            "acme.yaml, line 3, rules[0].parameters: give members as 'name: value', not ['a'].",
        ),
        (
            with_rule("managed: CLOUD_TRAIL_ENABLED", "severity: bad"),
            "acme.yaml, line 3, rules[0].severity: 'bad' is not known. Allowed: low, medium, high, critical.",
        ),
        (
            with_rule("managed: CLOUD_TRAIL_ENABLED", "resource_types: AWS::S3::Bucket"),
            "acme.yaml, line 3, rules[0].resource_types: give a list of strings, not 'AWS::S3::Bucket'.",
        ),
        (
            with_rule("check: required-tags", "parameters: {tag: {}}"),
            "acme.yaml, line 3, rules[0]: Check required-tags: There is no parameter tag. Did you mean tags?",
        ),
        (with_rule("check: bucket-tls"), "acme.yaml, line 3, rules[0]: There is no check 'bucket-tls'. Did you mean "),
        (with_rule("policy: rule a { x exists }"), "acme.yaml, line 3, rules[0]: id, resource_types is missing."),
        (
            with_rule("policy: 'rule a {'", "id: a", "resource_types: [AWS::S3::Bucket]"),
            "acme.yaml, line 3, rules[0]: Rule 'a': the policy is not Guard: line 1",
        ),
    ],
)
def test_a_file_that_is_no_pack_is_refused_with_the_place(tmp_path: Path, text: str, message: str) -> None:
    assert refusal(tmp_path, text).startswith(message)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackFileError, match=r"none\.yaml cannot be read"):
        Pack.from_file(tmp_path / "none.yaml")


def test_the_published_schema_is_made_of_the_model() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text("pack"), "run make docs"
    jsonschema.Draft202012Validator.check_schema(schema("pack"))


def test_the_schema_takes_what_the_reader_takes() -> None:
    jsonschema.validate(yaml.safe_load(COMPLETE), schema("pack"))


@pytest.mark.parametrize(
    "text",
    [
        "name: acme",
        "name: acme\nrules: []",
        "name: Acme\n" + with_rule("check: bucket-tls-only")[11:],
        with_rule("id: x"),
        with_rule("managed: CLOUD_TRAIL_ENABLED", "check: bucket-tls-only"),
        with_rule("managed: CLOUD_TRAIL_ENABLE"),
        with_rule("managed: CLOUD_TRAIL_ENABLED", "frequncy: One_Hour"),
        with_rule("managed: CLOUD_TRAIL_ENABLED", "frequency: Hourly"),
        with_rule("managed: CLOUD_TRAIL_ENABLED", "severity: bad"),
        with_rule("managed: CLOUD_TRAIL_ENABLED", "resource_types: AWS::S3::Bucket"),
        with_rule("policy: rule a { x exists }"),
        with_rule(f"policy: {'x' * 10_001}", "id: a", "resource_types: [AWS::S3::Bucket]"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(tmp_path: Path, text: str) -> None:
    refusal(tmp_path, text)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text), schema("pack"))


def test_the_pack_of_the_how_to_is_one(tmp_path: Path) -> None:
    how_to = (REPOSITORY / "docs" / "how-to" / "packs.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```yaml\n(.*?)```", how_to, flags=re.DOTALL)
    pack = Pack.from_file(write(tmp_path, text))
    assert len(pack.rules) > 1
    jsonschema.validate(json.loads(json.dumps(yaml.safe_load(text))), schema("pack"))
