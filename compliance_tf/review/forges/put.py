"""One comment for each deployment in a pull or merge request: found by its marker, and updated in place."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from compliance_tf.errors import CommentError
from compliance_tf.review.rendering.markdown import MARKER, MAX_LENGTH

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.review.forges.comment import Forge


def comments_of(path: Path) -> tuple[str, ...]:
    """Read the reviews of a file: one comment for each.

    Raises
    ------
    CommentError
        When it cannot be read, or is not what ``compliance-tf review --format markdown`` writes.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise CommentError(f"{path} cannot be read: {cause}.") from cause
    # No other line can be a marker: whatever else a review quotes has something before it.
    starts = [match.start() for match in re.finditer(rf"^{MARKER.pattern}$", text, flags=re.MULTILINE)]
    if not starts or text[: starts[0]].strip():
        raise CommentError(f"{path} is no review in Markdown: write it with `compliance-tf review --format markdown`.")
    return tuple(text[start:end].strip() + "\n" for start, end in pairwise([*starts, len(text)]))


def put_comment(forge: Forge, body: str) -> str:
    """Write a review into its comment, or into a new one where there is none.

    Parameters
    ----------
    forge
        Where.
    body
        The review, with its marker in the first line.

    Returns
    -------
    str
        What was done, and where.

    Raises
    ------
    CommentError
        When the service refuses it; the message says what to do.
    """
    size = len(body.encode())
    if size > MAX_LENGTH:
        raise CommentError(f"The comment has {size:,} bytes, and {MAX_LENGTH:,} is the most that GitHub takes.")
    marker = _first_line(body)
    # Anybody may write the marker: a comment of somebody else would be theirs to change afterwards.
    own = (comment for comment in forge.comments() if _first_line(comment.body) == marker and forge.is_own(comment))
    found = next(own, None)
    if found is None:
        return f"created {forge.create(body)}"
    return f"updated {forge.update(found, body)}"


def _first_line(text: str) -> str:
    return text.partition("\n")[0].rstrip()
