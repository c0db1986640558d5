"""A check that stands where it is not found is refused with where it belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf.checks.folder import CheckFolder
from compliance_tf.errors import SettingError

if TYPE_CHECKING:
    from pathlib import Path

CHECK = "CHECK = 1\n"


def folder(tmp_path: Path, **files: str) -> CheckFolder:
    path = tmp_path / "own_checks"
    for name, text in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return CheckFolder(path)


@pytest.mark.parametrize("text", [CHECK, "CHECK: object = 1\n"])
@pytest.mark.parametrize("name", ["s3/buckets.py", "s3/deeper/buckets.py", "_s3/buckets.py"])
def test_a_check_in_a_folder_below_is_refused_with_where_to_move_it(tmp_path: Path, name: str, text: str) -> None:
    checks = folder(tmp_path, **{name: text})
    with pytest.raises(SettingError, match=rf"move it to {checks.path}/buckets\.py"):
        checks.validate()
    with pytest.raises(SettingError, match="move it to"):
        checks.load("buckets")


NAMES = {
    "my-check.py": "call it my_check.py. Its check then has the id 'my-check'",
    "my check.py": "call it my_check.py",
    "2nd.py": "call it check_2nd.py. Its check then has the id 'check-2nd'",
    "a.b.py": "call it a_b.py",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_python_cannot_import_is_refused_with_a_name_that_it_can(tmp_path: Path, name: str) -> None:
    checks = folder(tmp_path, **{name: CHECK})
    with pytest.raises(SettingError) as refused:
        checks.validate()
    assert NAMES[name] in str(refused.value)


def test_what_serves_the_checks_may_stand_below_or_begin_with_an_underscore(tmp_path: Path) -> None:
    folder(tmp_path, **{"_names.py": "A = 1\n", "lib/parse.py": "B = 1\n", "_my-notes.py": ""}).validate()
