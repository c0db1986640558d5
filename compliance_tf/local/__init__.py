"""A stand-in for AWS on this machine, for the demo and the tests.

MiniStack serves most of AWS; AWS Config, and Cloud Control's reading of its recorder, are served by this package. It
listens on the loopback interface only, every account and region of it is empty at first, and it enforces IAM
policies. It is no AWS: it evaluates a handful of managed rules (:mod:`compliance_tf.local.managed_evaluators`), sees
changes of buckets, security groups and customer-managed IAM policies only, deletes Config rules at once, and costs
nothing.
"""

from compliance_tf.local.behaviour import Behaviour
from compliance_tf.local.detached import RunningLocalAws, down, status, up
from compliance_tf.local.errors import LocalAwsError
from compliance_tf.local.landing_zone import create_recorder
from compliance_tf.local.server import Endpoint, LocalAws

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
