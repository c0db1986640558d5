"""Repair of the state after a killed command: a stale lock, and a state that could not be saved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.errors import CommandError
from compliance_tf.model.command_line import command_line
from compliance_tf.output.sanitize import visible
from compliance_tf.terraform.failures import ERRORED_STATE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_tf.lifecycle.session import Session, Stack

_OUTDATED: Final = f"{ERRORED_STATE}.outdated"
_REFUSED_AS_OUTDATED: Final = ("newer state with serial", "has the same serial", "over unrelated state")
"""Terraform's messages when a state would overwrite one that has changed, or was begun anew, since."""


@dataclass(frozen=True)
class StateLock:
    """The lock of a state in S3, as Terraform wrote it.

    Parameters
    ----------
    id
        Its id.
    who
        The user and the host of the command that locked it.
    operation
        What the command did.
    created
        When, in UTC.
    """

    id: str
    who: str
    operation: str
    created: str

    @classmethod
    def read(cls, content: bytes) -> StateLock:
        """Parse the object that Terraform wrote; missing members are unknown."""
        try:
            members = json.loads(content)
        except ValueError:
            members = {}
        texts = [
            visible(str(members.get(name) or "unknown")) if isinstance(members, dict) else "unknown"
            for name in ("ID", "Who", "Operation", "Created")
        ]
        return cls(texts[0], texts[1], texts[2].removeprefix("OperationType"), texts[3][:19].replace("T", " "))

    def __str__(self) -> str:
        """Return the text for messages."""
        return f"{self.who} since {self.created} (UTC), for: {self.operation}"


@dataclass(frozen=True)
class _LockObject:
    """The S3 object with the lock of a state."""

    client: Any
    bucket: str
    key: str

    def lock(self) -> StateLock | None:
        """Return the lock; None where the state is not locked."""
        from botocore.exceptions import ClientError

        try:
            return StateLock.read(self.client.get_object(Bucket=self.bucket, Key=self.key)["Body"].read())
        except ClientError as cause:
            # Without permission to list the bucket S3 answers 403: Terraform will report what it finds.
            if cause.response["Error"]["Code"] in {"NoSuchKey", "NoSuchBucket", "404", "AccessDenied", "403"}:
                return None
            raise CommandError(f"The lock of the state cannot be read: {cause}.") from cause

    def remove(self) -> None:
        """Release it."""
        self.client.delete_object(Bucket=self.bucket, Key=self.key)


def release_lock(session: Session, stack: Stack, approved: str | None) -> None:
    """Release the lock that a killed command left in S3.

    State in files does not need this: the operating system releases such a lock when its holder is killed. A state
    that does not exist yet may be locked as well, and Terraform's own ``force-unlock`` cannot release that lock.

    Parameters
    ----------
    approved
        The id of the lock that may be released without a confirmation. ``--auto-approve`` is not enough: a command
        that runs elsewhere may hold the lock.

    Raises
    ------
    CommandError
        When it is not approved, or the lock has changed.
    """
    place = _lock_object(stack, session.programs.environment)
    lock = place.lock() if place else None
    if place is None or lock is None:
        return
    what = f"The state of {stack.target.identity} is locked by {lock}."
    session.person.show(what)
    if lock.id != approved:
        if not session.person.answers:
            raise CommandError(
                f"{what} Nothing was changed: the command may still run elsewhere. If it was killed, release the lock "
                f"with `{command_line('recover', stack.terraform.workspace)} --unlock {lock.id}`."
            )
        session.person.confirm("Was that command killed, so that nothing writes the state any more?")
    if place.lock() != lock:
        raise CommandError("The lock of the state has changed: nothing was changed. Run the command again.")
    place.remove()
    session.person.say(f"The state of {stack.target.identity} is no longer locked.")


def save_errored_state(session: Session, stack: Stack) -> None:
    """Save the state that Terraform could not save to its backend; set it aside where the backend has a newer one.

    Raises
    ------
    CommandError
        When it is not approved, or cannot be saved this time either.
    """
    file = stack.terraform.path / ERRORED_STATE
    if not file.is_file():
        return
    session.person.show(f"Terraform could not save the state of {stack.target.identity}, and left it in {file}.")
    session.person.confirm("Save it to its backend?")
    try:
        stack.terraform.push_state(ERRORED_STATE)
    except CommandError as cause:
        if not any(sign in " ".join(str(cause).split()) for sign in _REFUSED_AS_OUTDATED):
            raise
        file.replace(file.with_name(_OUTDATED))
        session.person.say(f"The state has changed since: the file is now {_OUTDATED} and is not used any more.")
    else:
        file.unlink()


def require_saved_state(stack: Stack) -> None:
    """Require that there is no unsaved state: without it a plan would create everything again.

    Raises
    ------
    CommandError
        When there is one.
    """
    file = stack.terraform.path / ERRORED_STATE
    if file.is_file():
        raise CommandError(
            f"An earlier command could not save the state to its backend and left it in {file}. Nothing was changed: "
            f"`{command_line('recover', stack.terraform.workspace)}` saves it. If you have done so "
            "yourself, remove the file."
        )


def _lock_object(stack: Stack, variables: Mapping[str, str]) -> _LockObject | None:
    """Return the lock object of a state in S3, by Terraform's initialized backend; None for state in files."""
    from compliance_tf.lifecycle.reachability import session_of

    file = stack.terraform.path / ".terraform" / "terraform.tfstate"
    backend = json.loads(file.read_text(encoding="utf-8"))["backend"] if file.is_file() else {}
    if backend.get("type") != "s3":
        return None
    settings, workspace = backend["config"], stack.terraform.workspace
    endpoint = variables.get("AWS_ENDPOINT_URL_S3") or variables.get("AWS_ENDPOINT_URL") or None
    client = session_of(settings["region"], variables).client("s3", endpoint_url=endpoint)
    prefix = "" if workspace == "default" else f"{settings['workspace_key_prefix']}/{workspace}/"
    return _LockObject(client, settings["bucket"], f"{prefix}{settings['key']}.tflock")
