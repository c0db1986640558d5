"""How the stand-in behaves where partitions of AWS differ, or a test needs it otherwise."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

_DAY = 24 * 60 * 60.0


@dataclass(frozen=True)
class Behaviour:
    """Settings of a local AWS. Times are in seconds.

    Parameters
    ----------
    poll_seconds
        How often it looks for changed resources; more than 0.
    cloud_control_reads_recorder
        False answers UnsupportedActionException, as partitions do where Cloud Control does not serve the type yet.
    fault_rate
        How much goes wrong between AWS Config and functions, 0 to less than 1: see
        :class:`~compliance_tf.local.api.faults.Faults`.
    history_window_seconds
        What one call of GetResourceConfigHistory looks at: seven days. A test that cannot wait as long makes it short.
    start_interval_seconds
        How long StartConfigRulesEvaluation refuses another call: a minute.
    evaluation_seconds
        How long an evaluation that was asked for takes, in which it is not started again.
    listing_lag_seconds
        How late results are listed, and resources found by SelectResourceConfig.
    event_rule_lag_seconds
        How long a new EventBridge rule matches no event.
    """

    poll_seconds: float = 0.5
    cloud_control_reads_recorder: bool = True
    fault_rate: float = 0.0
    history_window_seconds: float = 7 * _DAY
    start_interval_seconds: float = 60.0
    evaluation_seconds: float = 0.0
    listing_lag_seconds: float = 0.0
    event_rule_lag_seconds: float = 0.0

    def arguments(self) -> list[str]:
        """Return the settings as arguments of the server's process."""
        return [text for name, value in vars(self).items() for text in (f"--{name.replace('_', '-')}", str(value))]

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        """Have a parser read what :meth:`arguments` gives."""
        for one in fields(cls):
            kind = _flag if isinstance(one.default, bool) else float
            parser.add_argument(f"--{one.name.replace('_', '-')}", type=kind, required=True)

    @classmethod
    def of_options(cls, options: argparse.Namespace) -> Behaviour:
        """Take the settings from what a parser read."""
        return cls(**{one.name: getattr(options, one.name) for one in fields(cls)})


def _flag(text: str) -> bool:
    return text == str(True)
