"""A file that somebody else wrote is read within bounds, or refused with a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import pytest
from msgspec import Meta

from compliance_tf.errors import PackFileError
from compliance_tf.model.yaml_file import MAX_BYTES, MAX_DEPTH, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

DEEP = r"line \d+: lists and mappings are nested more than 32 deep: nest them less\."
LAUGHS = "\n".join(f"{chr(n + 1)}: &{chr(n + 1)} [{', '.join([f'*{chr(n)}'] * 10)}]" for n in range(97, 106))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: " + "[" * 300 + "]" * 300, DEEP),
        ("a: " + "{b: " * 300 + "1" + "}" * 300, DEEP),
        ("".join(f"{' ' * level}a:\n" for level in range(300)), DEEP),
        ("- " * 300 + "a", DEEP),
        ("a: " + "[" * 500_000, DEEP),
        ("a: " + "[\n" * 300_000, DEEP),
        ("[" * 500_000, DEEP),
        ("a: " + "{[" * 200_000, DEEP),
        (f"a: &a [1, 2, 3]\n{LAUGHS}", "with its aliases it has more than 100,000 values: write fewer"),
        ("a: &a [*a]", "with its aliases it has more than 100,000 values"),
        ("a: &a\n  b: *a", "with its aliases it has more than 100,000 values"),
        ("a: '" + "b" * MAX_BYTES + "'", r"has 1,000,005 bytes, and may have 1,000,000: divide it\."),
    ],
)
def test_work_without_end_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "pack.yaml"
    file.write_text(text)
    with pytest.raises(PackFileError, match=message):
        read_yaml(file, PackFileError)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("9" * 100_000, "line 1: '9{40}' cannot be read as int"),
        ("!!int x", "line 1: 'x' cannot be read as int"),
        ("!!int ''", "line 1: '' cannot be read as int"),
        ("!!bool x", "line 1: 'x' cannot be read as bool"),
        ("!!float x", "line 1: 'x' cannot be read as float"),
        ("!!map ab", "line 1: 'ab' cannot be read as map"),
        ("!!timestamp x", "line 1: could not determine a constructor for the tag"),
        ("!!set {b, c}", "line 1: could not determine a constructor for the tag"),
        ("!!binary '!'", "line 1: could not determine a constructor for the tag"),
        ("!!python/object/apply:os.system [id]", "line 1: could not determine a constructor for the tag"),
    ],
)
def test_a_value_that_its_tag_does_not_fit_is_refused(tmp_path: Path, value: str, message: str) -> None:
    file = tmp_path / "pack.yaml"
    file.write_text(f"a: [{value}]")
    with pytest.raises(PackFileError, match=message):
        read_yaml(file, PackFileError)


def test_what_is_as_deep_as_allowed_and_uses_aliases_is_read(tmp_path: Path) -> None:
    file = tmp_path / "pack.yaml"
    lists = MAX_DEPTH - 1  # the mapping itself is one
    file.write_text(f"a: {'[' * lists}{']' * lists}\nb: &b {{c: '1'}}\nd: *b\ne: {{<<: *b}}\n")
    assert read_yaml(file, PackFileError).values["e"] == {"c": "1"}


def test_many_values_are_read(tmp_path: Path) -> None:
    file = tmp_path / "pack.yaml"
    file.write_text("a:\n" + "".join(f"  - name: n{number}\n" for number in range(2000)))
    assert len(read_yaml(file, PackFileError).entries("a")) == 2000


class Tagged(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    tags: dict[str, str] = {}
    share: Annotated[float, Meta(ge=0, le=1)] = 0
    days: Annotated[int, Meta(ge=1, le=7)] = 1
    parts: tuple[Tagged, ...] = ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: a\ntags: {team: 5}", "line 2, tags: give a string for each name, not {'team': 5}."),
        ("name: a\nparts:\n- name: b\n  tags:\n    team: 5\n", "line 5, parts[0].tags: give a string for each name"),
        ("name: a\nparts:\n- name: b\n  tags: []\n", "line 3, parts[0].tags: give members as 'name: value', not []."),
        ("name: a\nshare: 2", "line 1, share: give a number from 0 to 1, not 2."),
        ("name: a\ndays: 0", "line 1, days: give a whole number from 1 to 7, not 0."),
        ("name: a\nparts:\n- name: b\n- nam: c\n", "line 4, parts[1]: 'nam' is not known. Did you mean name? Allowed:"),
    ],
)
def test_what_is_wrong_is_named_with_the_line_of_its_mapping(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "pack.yaml"
    file.write_text(text)
    with pytest.raises(PackFileError) as raised:
        read_yaml(file, PackFileError).convert(Tagged)
    assert str(raised.value).startswith(f"{file}, {message}")
