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


class EvaluationsNotPutError(LambdaError):
    """AWS Config did not take all evaluations within the time that was left."""


class EvaluationsNotStartedError(LambdaError):
    """AWS Config did not start the evaluation of all rules that were asked for."""


class ReconciliationError(LambdaError):
    """The results of some rules could not be compared with AWS Config."""
