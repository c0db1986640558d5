"""One comment for each deployment in a pull or merge request: found by its marker, and updated in place."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from compliance_tf.errors import CommentError
from compliance_tf.review.rendering.comment import MARKER, MAX_LENGTH

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.review.forges.forge import Forge


def comments_of(path: Path) -> tuple[str, ...]:
    """Read the reviews in a file: one comment for each.

    Returns
    -------
    tuple[str, ...]
        Texts that begin with the marker and end with a line break, in the order of the file; at least one.

    Raises
    ------
    CommentError
        When it cannot be read, or is not from ``compliance-tf review --format markdown``.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise CommentError(f"{path} cannot be read: {cause}.") from cause
    # No other line can be a marker: quoted lines of a review have a prefix.
    starts = [match.start() for match in re.finditer(rf"^{MARKER.pattern}$", text, flags=re.MULTILINE)]
    if not starts or text[: starts[0]].strip():
        raise CommentError(
            f"{path} is not a review in Markdown: write one with `compliance-tf review --format markdown`."
        )
    return tuple(text[start:end].strip() + "\n" for start, end in pairwise([*starts, len(text)]))


def put_comment(forge: Forge, body: str) -> str:
    """Update the comment of a review, or create one.

    Parameters
    ----------
    forge
        The pull or merge request.
    body
        The review, with its marker in the first line.

    Returns
    -------
    str
        The action, and the comment's address.

    Raises
    ------
    CommentError
        When the service refuses it; the message says what to do.
    """
    size = len(body.encode())
    if size > MAX_LENGTH:
        raise CommentError(f"The comment has {size:,} bytes, and {MAX_LENGTH:,} is the most that GitHub takes.")
    marker = _first_line(body)
    # Anybody may write the marker: somebody else could change their own comment afterwards.
    own = (comment for comment in forge.comments() if _first_line(comment.body) == marker and forge.is_own(comment))
    found = next(own, None)
    if found is None:
        return f"created {forge.create(body)}"
    return f"updated {forge.update(found, body)}"


def _first_line(text: str) -> str:
    return text.partition("\n")[0].rstrip()
