"""Where this repository stands."""

from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).parents[1]
DOCS: Final = REPOSITORY / "docs"
REFERENCE: Final = DOCS / "reference"
