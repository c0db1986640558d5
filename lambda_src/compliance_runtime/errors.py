"""The errors of the Lambdas: few, with one base."""


class LambdaError(Exception):
    """Base of all errors that this package raises on purpose."""


class ParameterError(LambdaError):
    """A rule's parameter is unknown, missing, of the wrong type or out of bounds."""


class EventError(LambdaError):
    """An event or a configuration item does not have the form that AWS documents."""


class CheckError(LambdaError):
    """There is no such check, or its declaration contradicts itself."""


class DeploymentError(LambdaError):
    """``deployment.json`` or an environment variable is missing or malformed."""


class HistoryNotReadyError(LambdaError):
    """AWS Config announced an item that its history does not hold yet: invoke again later."""


class ReportNotReadyError(LambdaError):
    """IAM was still preparing the credential report when the check had waited long enough: invoke again later."""


class NotReadableError(LambdaError):
    """AWS does not show the rule's role what a check must read, as it is encrypted."""


class EvaluationsNotPutError(LambdaError):
    """AWS Config did not take all evaluations within the time that was left."""


class EvaluationsNotStartedError(LambdaError):
    """AWS Config did not start the evaluation of all rules that were asked for."""


class ReconciliationError(LambdaError):
    """The results of some rules could not be compared with AWS Config."""


class NotWrittenError(LambdaError):
    """DynamoDB did not take, or give, all items of a batch within some attempts."""


class NotificationError(LambdaError):
    """What is new could not be delivered to the event bus."""


class WaiverLookupError(LambdaError):
    """AWS Config did not say what it recorded of a resource, which decides whether a waiver is for it."""
