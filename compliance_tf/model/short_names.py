"""Short forms of rule ids, for names that cannot hold the full id."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

_DIGEST: Final = 4
"""Hexadecimal digits that distinguish ids whose words are shortened to the same letters."""

MIN_LENGTH: Final = 10
"""Characters; a shorter form would not be recognizable."""


def shorten(rule_id: str, length: int) -> str:
    """Shorten an id so that it fits, stays readable, and differs from every other id's short form.

    It depends on nothing but the id and the length, so that adding or removing other rules renames none. All words
    stay, the longest are cut at their end first, and a digest of the whole id follows.

    Parameters
    ----------
    rule_id
        Words in kebab case.
    length
        Maximum length in characters, at least :data:`MIN_LENGTH`.

    Returns
    -------
    str
        The id as it is where it fits; words in kebab case in any case.

    Examples
    --------
    >>> shorten("s3-bucket-server-side-encryption-enabled", 32)
    's3-buck-serv-side-encr-enab-9181'
    """
    if len(rule_id) <= length:
        return rule_id
    words = rule_id.split("-")
    room = length - _DIGEST - len("-")
    while len("-".join(words)) > room and max(map(len, words)) > 1:
        longest = max(range(len(words)), key=lambda place: (len(words[place]), place))
        words[longest] = words[longest][:-1]
    digest = sha256(rule_id.encode()).hexdigest()[:_DIGEST]
    return f"{'-'.join(words)[:room].rstrip('-')}-{digest}"
