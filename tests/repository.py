"""Where this repository stands, and what its tests share on this machine."""

from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[1]
DOCS: Final = REPOSITORY / "docs"
REFERENCE: Final = DOCS / "reference"

JSII_CACHE: Final = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(Path.home() / ".cache" / "aws" / "jsii" / "package-cache")}
"""For programs with a home of their own, in which jsii would unpack all packages and index their types anew."""
