"""What is installed is what was locked: no entry without a hash of its content."""

from __future__ import annotations

import json

from tests.repository import REPOSITORY


def test_every_python_package_is_locked_by_version_and_hash() -> None:
    lock = json.loads((REPOSITORY / "Pipfile.lock").read_text())
    packages = lock["default"] | lock["develop"]
    unlocked = {name for name, one in packages.items() if not one.get("hashes") or not one["version"].startswith("==")}
    assert unlocked == {"compliance-tf"}  # the project itself
    assert all(text.startswith("sha256:") for one in packages.values() for text in one.get("hashes", ()))


def test_every_node_package_is_locked_by_its_integrity_or_comes_inside_of_one_that_is() -> None:
    packages = json.loads((REPOSITORY / "package-lock.json").read_text())["packages"]
    unlocked = [
        name for name, one in packages.items() if name and not one.get("inBundle") and "sha512-" not in one["integrity"]
    ]
    assert unlocked == []
