"""How AWS Config says that its recorder works, and that something was delivered.

The reference writes ``Success``, ``Failure``, ``Pending``, ``Not_Applicable`` and ``NotApplicable``; AWS answers
``SUCCESS``, ``FAILURE``, ``PENDING``, ``NOT_APPLICABLE``.
https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationRecorderStatus.html
https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigStreamDeliveryInfo.html
"""

from __future__ import annotations

from enum import Enum


class Status(Enum):
    """The words, in small letters and without what separates them."""

    SUCCESS = "success"
    FAILURE = "failure"
    PENDING = "pending"
    NOT_APPLICABLE = "notapplicable"


def read_status(word: str | None) -> Status | None:
    """Read a status.

    Parameters
    ----------
    word
        As AWS answers it; None or empty where nothing happened yet.

    Returns
    -------
    Status | None
        None for a word that is not known, which says neither that all is well nor that something failed.
    """
    if not word:
        return Status.PENDING
    plain = "".join(character for character in word.casefold() if character.isalpha())
    return next((status for status in Status if status.value == plain), None)
