"""A user's folder of checks is validated, packed and deployed with the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from compliance_tf import CheckRule, ComplianceError, Scope
from compliance_tf.checks.folder import CheckFolder
from tests.synth.conftest import CheckFolderOfTest, Synthesize, check_file, only, resources

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_folder_is_packed_under_its_own_name_and_its_checks_are_found_there(
    synthesize: Synthesize, own_checks: CheckFolderOfTest, read_package: Callable[..., str]
) -> None:
    own_checks.write(bucket_names=check_file("bucket-names"), _shared="PREFIX = 'acme-'\n")
    (own_checks.path / "__pycache__").mkdir()
    (own_checks.path / "__pycache__" / "junk.pyc").write_text("")

    synthesize(lambda stack: CheckRule(stack, "names", check=own_checks.check("bucket_names")), checks=own_checks.path)

    assert json.loads(read_package())["rules"]["names"]["check"] == f"{own_checks.path.name}.bucket_names"
    assert read_package(f"{own_checks.path.name}/_shared.py") == "PREFIX = 'acme-'\n"
    with pytest.raises(KeyError):
        read_package(f"{own_checks.path.name}/__pycache__/junk.pyc")


def test_a_periodic_check_has_a_schedule_no_scope_and_a_function_with_time(
    synthesize: Synthesize, own_checks: CheckFolderOfTest
) -> None:
    own_checks.write(roles=check_file("roles", "PeriodicCheck", ("iam:ListRoles",)))

    configuration = synthesize(
        lambda stack: CheckRule(stack, "roles", check=own_checks.check("roles"), frequency="Six_Hours"),
        checks=own_checks.path,
    )

    rule = only(configuration, "aws_config_config_rule")
    assert rule["source"]["source_detail"] == [
        {"maximum_execution_frequency": "Six_Hours", "message_type": "ScheduledNotification"}
    ]
    assert "scope" not in rule
    assert "maximum_execution_frequency" not in rule
    timeouts = {one["handler"]: one["timeout"] for one in resources(configuration, "aws_lambda_function")}
    assert timeouts["compliance_runtime.handlers.evaluate"] == 900


def test_a_periodic_check_needs_nothing_recorded(synthesize: Synthesize, own_checks: CheckFolderOfTest) -> None:
    own_checks.write(roles=check_file("roles", "PeriodicCheck", ("iam:ListRoles",)))

    with_rule = synthesize(
        lambda stack: CheckRule(stack, "roles", check=own_checks.check("roles")), checks=own_checks.path
    )

    assert "AWS::S3::Bucket" not in json.dumps(with_rule["data"])


def test_a_periodic_check_takes_no_scope_and_no_name_that_its_results_cannot_be_listed_by(
    synthesize: Synthesize, own_checks: CheckFolderOfTest
) -> None:
    own_checks.write(roles=check_file("roles", "PeriodicCheck", ("iam:ListRoles",)))

    with pytest.raises(ComplianceError, match="'r': rule_scope is not allowed: the check 'roles' is periodic"):
        synthesize(
            lambda stack: CheckRule(
                stack, "r", check=own_checks.check("roles"), rule_scope=Scope.types("AWS::S3::Bucket")
            ),
            checks=own_checks.path,
        )
    with pytest.raises(ComplianceError, match=r"can become 66 characters long .* allows 64"):
        synthesize(lambda stack: CheckRule(stack, "r" * 40, check=own_checks.check("roles")), checks=own_checks.path)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"broken": "import no_such_module_of_mine\n"}, r"broken\.py, line 1 imports no_such_module_of_mine"),
        ({"broken": "\n\nif True:\n    from requests import get\n"}, r"broken\.py, line 4 imports requests"),
        ({"_shared": "import cdktf\n"}, r"_shared\.py, line 1 imports cdktf"),
        ({"broken": "\ndef"}, r"broken\.py, line 2 is not Python: invalid syntax"),
        ({"broken": "\n1 / 0\n"}, r"broken\.py, line 2: the check cannot be imported: ZeroDivisionError"),
        ({"broken": "CHECK = 7\n"}, r"broken\.py, line 1: .*must end in CHECK = ChangeCheck\(id='broken'.* it has 7"),
        ({"broken": "\n"}, r"broken\.py, line 1: .* it has none"),
        ({"broken": check_file("other")}, r"broken\.py, line 9: id='other' must be 'broken'"),
        (
            {"broken": check_file("broken").replace("Severity.LOW", "'low'")},
            r"broken\.py, line 9: severity='low' is not one of .* Did you mean Severity.LOW\?",
        ),
        (
            {"broken": check_file("broken").replace("S3::Bucket", "S3::Buket")},
            r"broken\.py, line 9: .* no resource type 'AWS::S3::Buket'.*Did you mean AWS::S3::Bucket",
        ),
        (
            {"broken": check_file("broken").replace('("AWS::S3::Bucket",)', '"AWS::S3::Bucket"')},
            r"line 9: resource_types='AWS::S3::Bucket' is not a tuple",
        ),
        (
            {"broken": check_file("broken").replace("evaluate(*_)", "evaluate(item)")},
            r"line 5: a ChangeCheck calls evaluate\(item, parameters\), and evaluate\(item\) cannot take that",
        ),
        (
            {"broken": check_file("broken", "PeriodicCheck", ("iam:ListRoles",)).replace("(*_)", "(a, b, c)")},
            r"line 5: a PeriodicCheck calls evaluate\(account, parameters\), and evaluate\(a, b, c\) cannot",
        ),
        (
            {"broken": check_file("broken", "LookupCheck", ("iam:*",))},
            r"line 10: the action 'iam:\*' is not complete",
        ),
        (
            {"broken": check_file("broken").replace("title=", "titel=")},
            r"broken\.py, line 8: the check cannot be imported: TypeError: .*titel",
        ),
        ({"required_tags": check_file("required-tags")}, "'required-tags', which is also a shipped check"),
        ({"broken": check_file("broken").replace('"D"', '"D" * 257')}, "is too long: it has 257 characters"),
        (
            {"broken": check_file("broken").replace("NoParameters, e", "Odd, e").replace(
                "def evaluate", "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Odd:\n"
                "    rate: float = 1.0\ndef evaluate")},
            "Odd.rate has the type <class 'float'>, which no rule can hold",
        ),
    ],
)  # fmt: skip
def test_what_would_fail_in_the_function_fails_at_synthesis(
    synthesize: Synthesize, own_checks: CheckFolderOfTest, files: dict[str, str], message: str
) -> None:
    own_checks.write(**files)

    with pytest.raises(ComplianceError, match=message):
        synthesize(checks=own_checks.path)


def test_imports_for_type_checkers_and_of_the_folder_itself_are_fine(own_checks: CheckFolderOfTest) -> None:
    own_checks.write(
        _shared="PREFIX = 'acme-'\n",
        names="from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from mypy_boto3_iam import IAMClient\n"
        f"from {own_checks.path.name}._shared import PREFIX\nfrom ._shared import PREFIX\nimport boto3, json\n"
        + check_file("names"),
    )

    CheckFolder(own_checks.path).validate()


@pytest.mark.parametrize("name", ["json", "compliance_runtime", "my-checks"])
def test_a_folder_whose_name_is_no_package_s_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()

    with pytest.raises(ComplianceError, match="call it checks"):
        CheckFolder(tmp_path / name)


def test_a_rule_needs_the_folder_of_its_check_and_the_declaration_that_is_there(
    synthesize: Synthesize, own_checks: CheckFolderOfTest
) -> None:
    own_checks.write(names=check_file("names"))
    check = own_checks.check("names")

    with pytest.raises(ComplianceError, match=r"no check 'names', .*give that to the stack, checks=<folder>"):
        synthesize(lambda stack: CheckRule(stack, "r", check=check))
    with pytest.raises(ComplianceError, match="the function would import another check 'names'"):
        synthesize(lambda stack: CheckRule(stack, "r", check=replace(check, title="Other")), checks=own_checks.path)
