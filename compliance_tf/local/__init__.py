"""A stand-in for AWS on this machine, for the demo and the tests.

MiniStack serves most of AWS; AWS Config, and Cloud Control's reading of its recorder, are served by this package. It
listens on the loopback interface only, every account and region of it is empty at first, and it enforces IAM policies.
Unlike AWS it evaluates a handful of managed rules (:mod:`compliance_tf.local.config.managed_evaluators`), sees changes
of buckets, security groups and customer-managed IAM policies only, deletes Config rules at once, and costs nothing.
"""

from compliance_tf.errors import LocalAwsError
from compliance_tf.local.server.behaviour import Behaviour
from compliance_tf.local.server.detached import RunningLocalAws, down, status, up
from compliance_tf.local.server.landing_zone import create_recorder
from compliance_tf.local.server.server import Endpoint, LocalAws

__all__ = [
    "Behaviour",
    "Endpoint",
    "LocalAws",
    "LocalAwsError",
    "RunningLocalAws",
    "create_recorder",
    "down",
    "status",
    "up",
]
