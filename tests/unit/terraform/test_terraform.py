"""Terraform and the AWS provider are found where a machine keeps them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from compliance_tf.errors import CommandError
from compliance_tf.terraform.machine import AWS_PROVIDER, AWS_PROVIDER_VERSION, Machine, engine, read


@pytest.fixture(autouse=True)
def platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")


def mirror(folder: Path, version: str = AWS_PROVIDER_VERSION, provider: str = AWS_PROVIDER) -> Path:
    """Make a filesystem mirror with an unpacked provider."""
    (folder / provider / version / "linux_amd64").mkdir(parents=True)
    return folder


def machine(tmp_path: Path, **variables: str) -> Machine:
    """A machine that has nothing but a home."""
    everything = {"HOME": str(tmp_path / "home"), "XDG_DATA_DIRS": str(tmp_path / "share"), **variables}
    return Machine(everything, optional_software=tmp_path / "opt", working_folder=tmp_path / "work")


def test_without_a_mirror_the_registry_is_used(tmp_path: Path) -> None:
    found = machine(tmp_path)
    assert found.provider_mirrors() == {}
    assert "provider_installation" not in Path(found.environment()["TF_CLI_CONFIG_FILE"]).read_text()


@pytest.mark.parametrize(
    "place",
    [
        "work/terraform.d/plugins",
        "home/.terraform.d/plugins",
        "home/.local/share/terraform/plugins",
        "share/terraform/plugins",
        "opt/somewhere",
    ],
)
def test_a_mirror_in_a_place_that_is_looked_into_is_used(tmp_path: Path, place: str) -> None:
    expected = mirror(tmp_path / place)
    found = machine(tmp_path)
    assert found.provider_mirrors() == {AWS_PROVIDER: expected}
    configuration = Path(found.environment()["TF_CLI_CONFIG_FILE"]).read_text()
    assert f'path    = "{expected}"' in configuration
    assert f'exclude = ["{AWS_PROVIDER}"]' in configuration


def test_a_packed_provider_counts_too(tmp_path: Path) -> None:
    folder = tmp_path / "opt" / "packed" / AWS_PROVIDER
    folder.mkdir(parents=True)
    (folder / f"terraform-provider-aws_{AWS_PROVIDER_VERSION}_linux_amd64.zip").touch()
    assert machine(tmp_path).provider_mirrors() == {AWS_PROVIDER: tmp_path / "opt" / "packed"}


def test_a_mirror_of_another_version_is_passed_over(tmp_path: Path) -> None:
    mirror(tmp_path / "opt" / "old", version="5.99.0")
    assert machine(tmp_path).provider_mirrors() == {}


def test_a_mirror_of_a_version_that_a_stack_may_be_pinned_to_is_used(tmp_path: Path) -> None:
    expected = mirror(tmp_path / "opt" / "new", version="6.25.0")
    assert machine(tmp_path).provider_mirrors() == {AWS_PROVIDER: expected}


def test_opentofu_finds_the_provider_under_the_name_of_its_own_registry(tmp_path: Path) -> None:
    """Its documentation, "Provider Requirements": a source without a host is completed with registry.opentofu.org."""
    theirs = "registry.opentofu.org/hashicorp/aws"
    terraform = mirror(tmp_path / "opt" / "terraform")
    assert machine(tmp_path).provider_mirrors() == {AWS_PROVIDER: terraform}
    tofu = mirror(tmp_path / "opt" / "tofu", provider=theirs)
    configuration = Path(machine(tmp_path).environment()["TF_CLI_CONFIG_FILE"]).read_text()
    assert f'path    = "{tofu}"\n    include = ["{theirs}"]' in configuration
    assert f'path    = "{terraform}"\n    include = ["{AWS_PROVIDER}"]' in configuration
    assert f'exclude = ["{AWS_PROVIDER}", "{theirs}"]' in configuration
    # One that is named is the only one: what it does not have comes from the registry.
    named = machine(tmp_path, COMPLIANCE_TF_PROVIDER_MIRROR=str(tofu))
    assert named.provider_mirrors() == {theirs: tofu}


def test_the_mirror_that_the_user_names_comes_first(tmp_path: Path) -> None:
    mirror(tmp_path / "opt" / "other")
    named = mirror(tmp_path / "named")
    assert machine(tmp_path, COMPLIANCE_TF_PROVIDER_MIRROR=str(named)).provider_mirrors() == {AWS_PROVIDER: named}


def test_a_named_mirror_without_the_provider_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(
        CommandError, match=r"COMPLIANCE_TF_PROVIDER_MIRROR=.*empty has no .*hashicorp/aws from 5\.100\.0"
    ):
        machine(tmp_path, COMPLIANCE_TF_PROVIDER_MIRROR=str(tmp_path / "empty")).provider_mirrors()


def test_a_configuration_of_the_user_is_respected_and_one_that_does_not_exist_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.rc"
    own.touch()
    mirror(tmp_path / "opt" / "any")
    assert machine(tmp_path, TF_CLI_CONFIG_FILE=str(own)).environment()["TF_CLI_CONFIG_FILE"] == str(own)
    monkeypatch.chdir(tmp_path)
    assert machine(tmp_path, TF_CLI_CONFIG_FILE=own.name).environment()["TF_CLI_CONFIG_FILE"] == str(own)
    missing = machine(tmp_path, TF_CLI_CONFIG_FILE=str(tmp_path / "missing.rc")).environment()
    assert missing["TF_CLI_CONFIG_FILE"] == str(tmp_path / "work" / ".cache" / "terraform.rc")


@pytest.mark.parametrize("name", ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE"])
def test_credentials_in_a_file_are_the_same_in_terraforms_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert machine(tmp_path, **{name: "aws/file"}).environment()[name] == str(tmp_path / "aws" / "file")


def test_nothing_phones_home_and_no_workspace_comes_from_outside(tmp_path: Path) -> None:
    environment = machine(tmp_path, TF_WORKSPACE="dev", TF_DATA_DIR="/shared").environment()
    assert environment["CHECKPOINT_DISABLE"] == "1"
    assert {"TF_WORKSPACE", "TF_DATA_DIR"}.isdisjoint(environment)
    assert "disable_checkpoint = true" in Path(environment["TF_CLI_CONFIG_FILE"]).read_text()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TF_CLI_ARGS_plan", "-destroy"),
        ("TF_CLI_ARGS_plan", "-lock=false --destroy"),
        ("TF_CLI_ARGS", "-target=aws_iam_role.a"),
        ("TF_CLI_ARGS_plan", "-var workspace=prod"),
        ("TF_CLI_ARGS_plan", "-var-file=a -lock=false"),
        ("TF_CLI_ARGS_plan", "-replace=a"),
        ("TF_CLI_ARGS_plan", "-refresh=false"),
        ("TF_CLI_ARGS_apply", "-state=other.tfstate"),
        ("TF_CLI_ARGS_apply", "-lock=false"),
        ("TF_CLI_ARGS", "-lock=false"),
        ("TF_CLI_ARGS_plan", "-lock=0"),
        ("TF_CLI_ARGS_show", "'"),
        ("TF_CLI_ARGS_init", "-from-module=x"),
    ],
)
def test_options_from_outside_that_change_what_a_command_does_are_refused(
    tmp_path: Path, name: str, value: str
) -> None:
    with pytest.raises(CommandError, match=f"{name} has .*: take it out"):
        machine(tmp_path, **{name: value}).environment()


def test_options_from_outside_that_change_nothing_of_it_are_kept(tmp_path: Path) -> None:
    variables = {
        "TF_CLI_ARGS": "-no-color",
        "TF_CLI_ARGS_plan": "-lock=false --parallelism=4",
        "TF_CLI_ARGS_init": "-backend-config=bucket=a '-backend-config=key=b c'",
    }
    assert machine(tmp_path, **variables).environment().items() >= variables.items()


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ({}, ("off", "512MiB")),
        ({"GOGC": "100"}, ("100", None)),
        ({"GOMEMLIMIT": "256MiB"}, (None, "256MiB")),
    ],
)
def test_garbage_is_collected_late_unless_the_user_has_said_when(
    tmp_path: Path, own: dict[str, str], expected: tuple[str | None, str | None]
) -> None:
    environment = machine(tmp_path, **own).environment()
    assert (environment.get("GOGC"), environment.get("GOMEMLIMIT")) == expected


def test_a_missing_terraform_is_one_sentence_with_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"terraform was not found on the PATH: install Terraform 1\.10 or newer"):
        engine({"PATH": str(tmp_path)})


def test_another_engine_is_found_by_its_name_or_path_and_missed_by_it(tmp_path: Path) -> None:
    program = tmp_path / "tofu"
    program.write_text("#!/bin/sh")
    program.chmod(0o755)
    for name in ("tofu", str(program)):
        assert engine({"PATH": str(tmp_path), "TERRAFORM_BINARY_NAME": name}) == str(program)
    with pytest.raises(CommandError, match=r"other was not found on the PATH.*TERRAFORM_BINARY_NAME"):
        engine({"PATH": str(tmp_path), "TERRAFORM_BINARY_NAME": "other"})


def test_a_command_that_fails_is_an_error_with_its_output(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"(?s)`ls no-such-file` failed:.*no-such-file"):
        read(["no-such-file"], environment={**os.environ, "TERRAFORM_BINARY_NAME": "ls"}, folder=tmp_path)


@pytest.mark.parametrize("level", ["TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER", "TF_LOG_PROVIDER_AWS", "TF_LOG_SDK"])
def test_a_log_goes_to_a_file_and_not_among_the_errors_of_a_command(tmp_path: Path, level: str) -> None:
    """Terraform writes it to its standard error otherwise, which is what a command's message quotes."""
    expected = tmp_path / "work" / ".cache" / "terraform.log"
    found = machine(tmp_path, **{level: "debug", "TF_CLI_CONFIG_FILE": str(tmp_path / "terraform.rc")})
    (tmp_path / "terraform.rc").touch()
    assert found.environment()["TF_LOG_PATH"] == str(expected)
    assert found.log() == expected
    assert expected.parent.is_dir()


def test_a_named_file_of_the_log_is_found_from_where_the_command_runs(tmp_path: Path) -> None:
    relative = machine(tmp_path, TF_LOG="trace", TF_LOG_PATH="logs/mine.log")
    assert relative.environment()["TF_LOG_PATH"] == str(tmp_path / "work" / "logs" / "mine.log")
    assert (tmp_path / "work" / "logs").is_dir()
    absolute = machine(tmp_path, TF_LOG="trace", TF_LOG_PATH=str(tmp_path / "mine.log"))
    assert absolute.environment()["TF_LOG_PATH"] == str(tmp_path / "mine.log")


@pytest.mark.parametrize("variables", [{}, {"TF_LOG": ""}, {"TF_LOG_PATH": "mine.log"}])
def test_without_a_level_there_is_no_log(tmp_path: Path, variables: dict[str, str]) -> None:
    found = machine(tmp_path, **variables)
    assert found.log() is None
    assert found.environment().get("TF_LOG_PATH") == variables.get("TF_LOG_PATH")
