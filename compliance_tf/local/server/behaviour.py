"""How the stand-in behaves where partitions of AWS differ, or a test needs it otherwise."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Behaviour:
    """Settings of a local AWS.

    Parameters
    ----------
    poll_seconds
        How often it looks for changed resources, in seconds; more than 0.
    cloud_control_reads_recorder
        False answers UnsupportedActionException, as partitions do where Cloud Control does not serve the type yet.
    fault_rate
        How much goes wrong between AWS Config and functions, 0 to less than 1: see
        :class:`~compliance_tf.local.api.faults.Faults`.
    """

    poll_seconds: float = 0.5
    cloud_control_reads_recorder: bool = True
    fault_rate: float = 0.0

    def arguments(self) -> list[str]:
        """The settings as arguments of the server's process."""
        reads = (
            "--cloud-control-reads-recorder"
            if self.cloud_control_reads_recorder
            else "--no-cloud-control-reads-recorder"
        )
        return ["--poll-seconds", str(self.poll_seconds), "--fault-rate", str(self.fault_rate), reads]
