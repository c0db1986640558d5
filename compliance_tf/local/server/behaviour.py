"""Behaviour of the local AWS that differs between partitions, or that tests change."""

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
        The interval of detecting changed resources; more than 0.
    cloud_control_reads_recorder
        False for UnsupportedActionException, as in partitions where Cloud Control does not support the type yet.
    fault_rate
        The rate of faults between AWS Config and functions, 0 to less than 1: see
        :class:`~compliance_tf.local.api.faults.Faults`.
    history_window_seconds
        The period that one call of GetResourceConfigHistory covers: seven days; tests shorten it.
    start_interval_seconds
        The minimum interval of StartConfigRulesEvaluation: a minute.
    evaluation_seconds
        The duration of an evaluation on demand, during which it cannot be started again.
    listing_lag_seconds
        The delay until results are listed and resources are found by SelectResourceConfig.
    event_rule_lag_seconds
        The delay until a new EventBridge rule matches events.
    function_pending_seconds
        The time for which a function is Pending after it was created or updated: seconds on AWS, minutes in a VPC.
    disabled_region
        A region that no account has enabled: it refuses all credentials. None unless given.
    """

    poll_seconds: float = 0.5
    cloud_control_reads_recorder: bool = True
    fault_rate: float = 0.0
    history_window_seconds: float = 7 * _DAY
    start_interval_seconds: float = 60.0
    evaluation_seconds: float = 0.0
    listing_lag_seconds: float = 0.0
    event_rule_lag_seconds: float = 0.0
    function_pending_seconds: float = 0.5
    disabled_region: str = ""

    def arguments(self) -> list[str]:
        """Return the settings as arguments of the server's process."""
        return [text for name, value in vars(self).items() for text in (f"--{name.replace('_', '-')}", str(value))]

    @classmethod
    def add_options(cls, parser: argparse.ArgumentParser) -> None:
        """Add the options of :meth:`arguments` to a parser."""
        for one in fields(cls):
            kind = _flag if isinstance(one.default, bool) else type(one.default)
            parser.add_argument(f"--{one.name.replace('_', '-')}", type=kind, required=True)

    @classmethod
    def of_options(cls, options: argparse.Namespace) -> Behaviour:
        """Build the settings from parsed options."""
        return cls(**{one.name: getattr(options, one.name) for one in fields(cls)})


def _flag(text: str) -> bool:
    return text == str(True)
