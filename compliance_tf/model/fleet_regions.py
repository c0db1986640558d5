"""The regions that one run of an app is synthesized for, as a fleet asks for them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

VARIABLE: Final = "COMPLIANCE_TF_REGIONS"
"""The environment variable by which :func:`~compliance_tf.constructs.synthesis.synthesize` gets them."""

CONTEXT: Final = "compliance_tf:region"
"""The key of CDKTF's context under which a stack finds its own."""


@dataclass(frozen=True, order=True)
class FleetRegion:
    """A region that stacks are synthesized for, whatever region the app itself gives them.

    Parameters
    ----------
    region
        Its code.
    home_region
        The region in which rules about what is global are evaluated.
    """

    region: str
    home_region: str

    @property
    def folder(self) -> str:
        """The folder below the output that it is synthesized into: all homes but the region itself make the same."""
        return f"{self.region}-home" if self.is_home else self.region

    @property
    def is_home(self) -> bool:
        """Return whether rules about what is global are evaluated here."""
        return self.region == self.home_region

    def to_context(self) -> dict[str, dict[str, str]]:
        """Write the context of an app that is synthesized for it."""
        return {CONTEXT: asdict(self)}

    @classmethod
    def from_context(cls, value: Mapping[str, str] | None) -> FleetRegion | None:
        """Read what a construct finds in its context; None where no fleet is synthesized."""
        return None if value is None else cls(value["region"], value["home_region"])


def to_variable(regions: Collection[FleetRegion]) -> str:
    """Write the environment variable."""
    return json.dumps([asdict(one) for one in sorted(regions)])


def from_variable(text: str) -> tuple[FleetRegion, ...]:
    """Read the environment variable; none where it is empty."""
    return tuple(FleetRegion(**one) for one in json.loads(text)) if text else ()
