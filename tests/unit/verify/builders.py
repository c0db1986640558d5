"""An account that answers every call with one error, or as a test says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from compliance_tf.results.place import ResultsPlace
from compliance_tf.verify.recorder import Recorder
from compliance_tf.verify.samples import Place
from compliance_tf.verify.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT = "111122223333"


class Client:
    """Answers calls by name, and all others with an error.

    Parameters
    ----------
    error
        The code of the error.
    message
        What it says beside the account.
    answers
        What calls answer.
    """

    def __init__(self, error: str = "AccessDenied", message: str = "no", **answers: Any) -> None:
        self._error = error
        self._message = message
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in self._answers:
            return lambda **_: self._answers[name]

        def refuse(*_: object, **__: object) -> None:
            raise ClientError({"Error": {"Code": self._error, "Message": f"{self._message}, {ACCOUNT}"}}, name)

        return refuse


def place(client: Client | None = None, *, workspace: str = "verify", region: str = "eu-west-1") -> Place:
    """A place where one client answers for all services."""
    answering = client or Client()
    return Place(ACCOUNT, "aws", region, workspace, lambda _: answering)


def recorder(**described: Any) -> Recorder:
    """A recorder of everything, unless the test says otherwise."""
    everything = {"allSupported": True, "includeGlobalResourceTypes": True}
    return Recorder({"name": "default", "recordingGroup": everything, **described})  # type: ignore[typeddict-item]


def trial(client: Client | None = None, *, timeout_seconds: float = 0.001) -> Trial:
    """A verification that has made nothing yet."""
    results = ResultsPlace("ctfverify", "verify", "eu-west-1", "ctfverify-verify-results")
    return Trial(place(client), results, recorder(), timeout_seconds, 0.0, lambda _: None)
