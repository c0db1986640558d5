"""The errors of the functions, and the base of all errors of this project."""


class ComplianceError(Exception):
    """Base of all errors that are raised on purpose: here, and in ``compliance_tf``, which draws their tree."""


class ParameterError(ComplianceError):
    """A rule's parameter is unknown, missing, of the wrong type or out of bounds."""


class EventError(ComplianceError):
    """An event or a configuration item does not have the form that AWS documents."""


class CheckError(ComplianceError):
    """There is no such check, or its declaration contradicts itself."""


class DeploymentError(ComplianceError):
    """``deployment.json`` or an environment variable is missing or malformed."""


class HistoryNotReadyError(ComplianceError):
    """AWS Config announced an item that its history does not hold yet: invoke again later."""


class ReportNotReadyError(ComplianceError):
    """IAM was still preparing the credential report when the check had waited long enough: invoke again later."""


class NotReadableError(ComplianceError):
    """AWS does not show the rule's role what a check must read, or answers a word that is not known."""


class EvaluationsNotPutError(ComplianceError):
    """AWS Config did not take all evaluations within the time that was left."""


class EvaluationsRefusedError(ComplianceError):
    """AWS Config refused some evaluations, such as those of a resource type that it does not know."""


class EvaluationsNotStartedError(ComplianceError):
    """AWS Config did not start the evaluation of all rules that were asked for."""


class ReconciliationError(ComplianceError):
    """The results of some rules could not be compared with AWS Config."""


class ReplacedError(ComplianceError):
    """Another invocation took over what this one was doing, which ends without a failure."""


class NotWrittenError(ComplianceError):
    """DynamoDB did not take, or give, all items of a batch within some attempts."""


class NotificationError(ComplianceError):
    """What is new could not be delivered to the event bus."""


class WaiverLookupError(ComplianceError):
    """AWS Config did not say what it recorded of a resource, which decides whether a waiver is for it."""
