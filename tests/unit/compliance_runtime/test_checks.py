from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import compliance_runtime.checks
from compliance_runtime.check import LookupCheck, PeriodicCheck
from compliance_runtime.checks import check_ids, ids_in, load_check
from compliance_runtime.errors import CheckError
from compliance_runtime.parameters import declared_parameters

FILES = Path(compliance_runtime.checks.__file__).parent


def test_the_ids_are_the_names_of_the_files() -> None:
    assert {"bucket-tls-only", "required-tags", "security-group-ingress"} <= set(check_ids())
    assert list(check_ids()) == sorted(check_ids())


@pytest.mark.parametrize("check_id", check_ids())
def test_every_check_declares_what_a_config_rule_and_the_reference_need(check_id: str) -> None:
    check = load_check(check_id)

    assert check.id == check_id
    assert check.title
    assert 1 <= len(check.description) <= 256
    # AWS Security Hub API, Recommendation.Text: 512; a table reads well up to half of it.
    assert 1 <= len(check.remediation) <= 256
    assert not isinstance(check, LookupCheck | PeriodicCheck) or check.actions
    assert all(re.fullmatch(r"AWS::\w*::\w+", resource_type) for resource_type in check.resource_types)
    assert all(parameter.doc for parameter in declared_parameters(check.parameters))


@pytest.mark.parametrize("check_id", check_ids())
def test_a_check_fits_on_two_screens(check_id: str) -> None:
    file = FILES / f"{check_id.replace('-', '_')}.py"

    assert len(file.read_text(encoding="utf-8").splitlines()) <= 120


@pytest.mark.parametrize("check_id", ["required-tag", "required_tags", "../check", ""])
def test_an_unknown_id_is_refused_with_those_that_exist(check_id: str) -> None:
    with pytest.raises(CheckError, match=r"There is no check .*Allowed: .*required-tags"):
        load_check(check_id)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import no_such_module", "cannot be imported"),
        ("", "must end in CHECK"),
        ("from compliance_runtime.checks.required_tags import CHECK", "id='broken-check'"),
    ],
)
def test_a_file_that_declares_no_such_check_is_refused(
    source: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_check.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(compliance_runtime.checks, "__path__", [str(tmp_path)])
    monkeypatch.setattr(compliance_runtime.checks, "check_ids", lambda: ids_in(tmp_path))
    monkeypatch.delitem(sys.modules, "compliance_runtime.checks.broken_check", raising=False)

    with pytest.raises(CheckError, match=message):
        load_check("broken-check")


def test_reading_checks_and_handlers_loads_no_boto3() -> None:
    program = (
        "import sys, compliance_runtime.handlers\n"
        "from compliance_runtime.checks import check_ids, ids_in, load_check\n"
        "for check_id in check_ids(): load_check(check_id)\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'boto3', 'botocore'}))\n"
    )

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
