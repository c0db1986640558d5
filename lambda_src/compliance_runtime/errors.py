"""The errors of the functions, and the base of all errors of this project."""


class ComplianceError(Exception):
    """The base of all errors that are raised on purpose: here, and in ``compliance_tf``, which draws their tree."""


class ParameterError(ComplianceError):
    """A rule's parameter is unknown, missing, of the wrong type or out of bounds."""


class EventError(ComplianceError):
    """An event or a configuration item does not have the form that AWS documents."""


class CheckError(ComplianceError):
    """There is no such check, or its declaration is invalid."""


class DeploymentError(ComplianceError):
    """``deployment.json`` or an environment variable is missing or malformed."""


class HistoryNotReadyError(ComplianceError):
    """AWS Config sent a notification of an item that its history does not have yet: invoke again later."""


class ReportNotReadyError(ComplianceError):
    """IAM was still preparing the credential report when the check had waited long enough: invoke again later."""


class NotReadableError(ComplianceError):
    """The rule's role cannot read what a check needs, or AWS returned an unknown value."""


class EvaluationsNotPutError(ComplianceError):
    """AWS Config did not accept all evaluations within the remaining time."""


class EvaluationsRefusedError(ComplianceError):
    """AWS Config refused some evaluations, such as those of an unknown resource type."""


class EvaluationsNotStartedError(ComplianceError):
    """AWS Config did not start the evaluations of all requested rules."""


class ReconciliationError(ComplianceError):
    """The results of some rules could not be compared with AWS Config."""


class ReplacedError(ComplianceError):
    """Another invocation has taken over, which ends this one without a failure."""


class NotWrittenError(ComplianceError):
    """DynamoDB did not write or read all items of a batch within some attempts."""


class NotificationError(ComplianceError):
    """The notification could not be delivered to the event bus."""


class WaiverLookupError(ComplianceError):
    """AWS Config did not return the recorded resource, which decides whether a waiver matches it."""
