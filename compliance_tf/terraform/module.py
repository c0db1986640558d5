"""Export of a synthesized stack as a plain Terraform module, for people who write HCL.

The same JSON without the parts of a root module: no backend and no provider block, the environment and the region are
variables, and every tag is on the resource itself, as conditions of the functions' policies depend on them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.errors import ExportError
from compliance_tf.model.output_names import DEPLOYMENT
from compliance_tf.terraform.synthesized import read_configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

MAIN_FILE: Final = "main.tf.json"
VARIABLES_FILE: Final = "variables.tf.json"
README_FILE: Final = "README.md"

_TAGGED_TYPES: Final = frozenset(
    {
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_log_group",
        "aws_config_config_rule",
        "aws_dynamodb_table",
        "aws_iam_role",
        "aws_lambda_function",
    }
)
"""The deployment's resource types that have tags (AWS provider 5.100, ``terraform providers schema``)."""

_PROVIDER_VERSIONS: Final = ">= 5.100.0, < 7.0.0"
_ASSET: Final = re.compile(r"^(?:\$\{path\.module\}/)?(assets/\S+)$")
_FOREIGN_ARN: Final = re.compile(r"\barn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:\d{12}:\S*")
"""An ARN with an account number: a user's setting, in which the region must not become a variable."""

_VARIABLES: Final = {
    "environment": {
        "type": "string",
        "nullable": False,
        "description": "The environment, such as dev or prod. It is part of every name: use a module for each "
        "environment.",
        "validation": {
            "condition": '${can(regex("^[a-z][a-z0-9_]*$", var.environment))}',
            "error_message": "Use a lower-case letter, then lower-case letters, digits and underscores.",
        },
    },
    "region": {
        "type": "string",
        "nullable": False,
        "description": "The region of the module's AWS provider, such as eu-west-1.",
        "validation": {
            "condition": '${can(regex("^[a-z]{2,5}(-[a-z]+)+-[0-9]+$", var.region))}',
            "error_message": "Give the name of an AWS region, such as eu-west-1.",
        },
    },
}


@dataclass(frozen=True)
class Module:
    """A Terraform module to write.

    Parameters
    ----------
    files
        The texts by file name.
    assets
        The assets, by their names in the module.
    """

    files: Mapping[str, str]
    assets: Mapping[str, Path]

    def write(self, folder: Path) -> None:
        """Write everything into a folder that does not exist, is empty, or holds an earlier export.

        Raises
        ------
        ExportError
            When the folder has other files.
        """
        ours = {*self.files, "assets"}
        if folder.exists() and (others := sorted(path.name for path in folder.iterdir() if path.name not in ours)):
            raise ExportError(
                f"{folder} holds {', '.join(others[:5])}, which do not belong to an export: give an empty folder."
            )
        for name, path in self.assets.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
        for name, text in self.files.items():
            (folder / name).write_text(text, encoding="utf-8")


def module_of(stack: Path) -> Module:
    """Convert a synthesized stack to a module.

    Parameters
    ----------
    stack
        The stack's folder, with ``cdk.tf.json`` and the assets.

    Returns
    -------
    Module
        The texts of its files, and the files of the stack to copy, both by their paths in the module.

    Raises
    ------
    ExportError
        When the folder has no stack of this library.
    """
    try:
        configuration = read_configuration(stack)
        region = configuration["output"][DEPLOYMENT]["value"]["region"]
        default_tags = configuration["provider"]["aws"][0]["default_tags"][0]["tags"]
    except (OSError, ValueError, KeyError, IndexError, TypeError) as cause:
        raise ExportError(f"{stack} is not a stack of this library: synthesize it first.") from cause
    assets: dict[str, Path] = {}

    def with_asset(text: str) -> str:
        found = _ASSET.match(text)
        if not found or not (stack / found[1]).is_file():
            return text
        name = f"assets/{found[1].rsplit('/', 1)[1]}"
        assets[name] = stack / found[1]
        return f"${{path.module}}/{name}"

    configuration.pop("//", None)
    del configuration["provider"]
    del configuration["terraform"]["backend"]
    configuration["output"][DEPLOYMENT]["value"]["state"] = "the root module's"
    for type_, named in configuration["resource"].items():
        if type_ in _TAGGED_TYPES:
            for body in named.values():
                body["tags"] = {**default_tags, **body.get("tags", {})}
    for named in [*configuration["resource"].values(), *configuration["data"].values()]:
        for body in named.values():
            body.pop("//", None)
    configuration = _mapped(configuration, lambda text: _with_variables(with_asset(text), region))
    configuration["terraform"]["required_providers"]["aws"] = {"source": "hashicorp/aws", "version": _PROVIDER_VERSIONS}
    _check_region(configuration)
    return Module(
        {
            MAIN_FILE: _text(configuration),
            VARIABLES_FILE: _text({"variable": _VARIABLES}),
            README_FILE: _readme(configuration),
        },
        assets,
    )


def _mapped(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401 (JSON)
    match value:
        case str():
            return change(value)
        case list():
            return [_mapped(item, change) for item in value]
        case dict():
            return {change(name): _mapped(member, change) for name, member in value.items()}
        case _:
            return value


def _with_variables(text: str, region: str) -> str:
    """Replace the workspace and the region by variables, except in ARNs that a user has set."""
    kept = _FOREIGN_ARN.findall(text)
    parts = _FOREIGN_ARN.split(text)
    changed = [
        part.replace(region, "${var.region}").replace("terraform.workspace", "var.environment") for part in parts
    ]
    return "".join(part + foreign for part, foreign in zip(changed, [*kept, ""], strict=True))


def _check_region(configuration: dict[str, Any]) -> None:
    """Add a condition that the provider's region is the region of the names."""
    configuration["data"]["aws_region"] = {"current": {}}
    for type_ in ("aws_cloudcontrolapi_resource", "external"):
        for body in configuration["data"].get(type_, {}).values():
            body.setdefault("lifecycle", {}).setdefault("precondition", []).append(
                {
                    "condition": "${data.aws_region.current.id == var.region}",
                    "error_message": "The AWS provider of this module works in ${data.aws_region.current.id}, and the "
                    "variable region is ${var.region}: set both to the same region.",
                }
            )


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _readme(configuration: Mapping[str, Any]) -> str:
    return "\n".join(_readme_lines(configuration)) + "\n"


def _readme_lines(configuration: Mapping[str, Any]) -> Iterator[str]:
    project = configuration["output"][DEPLOYMENT]["value"]["project"]
    yield f"# {project}: AWS Config rules beside the existing recorder"
    yield ""
    yield "Written by `compliance-tf export-module`: change the app that it was exported from, and export again."
    yield "The account needs an AWS Config recorder in the region, which this module reads and never declares."
    yield ""
    yield "```hcl"
    yield f'module "{project}" {{'
    yield '  source      = "./modules/compliance"'
    yield '  environment = "dev"'
    yield '  region      = "eu-west-1"'
    yield "}"
    yield "```"
    yield ""
    yield "With `for_each` a root module deploys several environments into one account; each has names, a table and"
    yield "functions of its own. The provider's `default_tags` may add tags."
    yield ""
    yield "## Requirements"
    yield ""
    yield from _table(
        ("Name", "Version"),
        [
            ("terraform", configuration["terraform"]["required_version"]),
            *((name, one["version"]) for name, one in configuration["terraform"]["required_providers"].items()),
        ],
    )
    yield ""
    yield "## Inputs"
    yield ""
    yield from _table(
        ("Name", "Description", "Type", "Default"),
        [(name, str(one["description"]), str(one["type"]), "required") for name, one in sorted(_VARIABLES.items())],
    )
    yield ""
    yield "## Outputs"
    yield ""
    yield from _table(
        ("Name", "Description"), [(name, _OUTPUTS.get(name, "")) for name in sorted(configuration["output"])]
    )
    yield ""
    yield "## Resources"
    yield ""
    yield from _table(
        ("Type", "Number"),
        [
            *((type_, str(len(named))) for type_, named in sorted(configuration["resource"].items())),
            *((f"data.{type_}", str(len(named))) for type_, named in sorted(configuration["data"].items())),
        ],
    )


_OUTPUTS: Final = {
    DEPLOYMENT: "The deployment's project, region, environment and table.",
    "rules": "The severity and the packs of each rule, by its id.",
    "waivers": "The waivers of the environment.",
    "waivers_expiring_soon": "The waivers that expire within thirty days of the plan.",
}


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
