"""Names: how they are built, what they may be made of, and how long they may become.

Every name is ``<project>-<workspace>-<purpose>``. AWS Config's PutConfigRule and EventBridge's PutRule overwrite a
rule of the same name without a word, so two deployments must never build the same name. Hyphens separate the three
parts, and therefore neither a project nor a workspace may contain one: otherwise project ``a-b`` in workspace ``c``
and project ``a`` in workspace ``b-c`` would share their names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from compliance_tf.errors import SettingError
from compliance_tf.model.setting_values import check_region
from compliance_tf.model.short_names import MIN_LENGTH, shorten

WORKSPACE = "${terraform.workspace}"
"""The workspace's name, as Terraform fills it in."""

NAME_PART = r"[a-z][a-z0-9_]*"
"""Pattern of a project and a workspace: lower case, because IAM compares names without regard to case."""

PURPOSE = r"[a-z0-9]+(-[a-z0-9]+)*"
"""Pattern of the last part of a name: words in kebab case."""


RULE_TAG = "rule"
"""The tag with the full id of a Config rule whose name is too short for it."""


class Kind(Enum):
    """A kind of named thing, with the length that AWS allows its name."""

    # AWS Config API: PutConfigRule takes 128 characters, but GetComplianceDetailsByConfigRule, by which the table is
    # compared with AWS Config, takes 64. A rule with a longer name would be deployed, and never compared.
    CONFIG_RULE = ("Config rule", 64)
    EVENT_RULE = ("EventBridge rule", 64)  # EventBridge API: PutRule.Name
    FUNCTION = ("Lambda function", 64)  # Lambda API: CreateFunction.FunctionName
    ROLE = ("IAM role", 64)  # IAM API: CreateRole.RoleName
    TABLE = ("DynamoDB table", 255)  # DynamoDB API: CreateTable.TableName

    def __init__(self, label: str, max_length: int) -> None:
        self.label = label
        self.max_length = max_length


@dataclass(frozen=True)
class Naming:
    """The names of one deployment.

    Parameters
    ----------
    project
        The project; the same project in another region is another deployment.
    region
        The AWS region. IAM roles are global, so their names carry it.
    max_workspace_length
        Characters that a workspace's name may have, at least 1. The name is not known at synthesis, so this much is
        reserved in every name, and the plan refuses a longer workspace.

    Raises
    ------
    SettingError
        When a part has a character that it must not have, or ``max_workspace_length`` is below 1.
    """

    project: str
    region: str
    max_workspace_length: int = 20

    def __post_init__(self) -> None:
        if not re.fullmatch(NAME_PART, self.project):
            raise SettingError(
                f"project={self.project!r} is not a name part: use a lower-case letter, then lower-case letters, "
                "digits and underscores. Hyphens separate the parts of a name, so no part may contain one."
            )
        check_region("region", self.region)
        if self.max_workspace_length < 1:
            raise SettingError(f"max_workspace_length={self.max_workspace_length} must be at least 1.")

    @property
    def prefix(self) -> str:
        """The prefix of every name of this deployment, and of no other deployment's."""
        return f"{self.project}-{WORKSPACE}-"

    def config_rule(self, rule_id: str, name: str | None = None) -> str:
        """Name a Config rule.

        Parameters
        ----------
        rule_id
            Its id, which ends the name unless ``name`` does.
        name
            The last part of the name where the id is too long for it.

        Returns
        -------
        str
            The name ``<project>-<workspace>-<last part>``, in which the workspace is a Terraform expression.

        Raises
        ------
        SettingError
            When one of them is not in kebab case, or the name becomes too long; the message proposes a shorter one.
        """
        self._check_purpose(Kind.CONFIG_RULE, rule_id)
        if name is None and len(rule_id) > (room := self._room(Kind.CONFIG_RULE)) >= MIN_LENGTH:
            raise SettingError(
                f"{self._too_long(Kind.CONFIG_RULE, rule_id)} Or keep the id and give the rule "
                f"name='{shorten(rule_id, room)}'."
            )
        return self._name(Kind.CONFIG_RULE, name or rule_id)

    def short_rule_name(self, rule_id: str) -> str | None:
        """Shorten the id of a rule that was not named by hand, so that it fits into a name.

        Returns
        -------
        str | None
            The last part of the name; None where the id itself fits.

        Raises
        ------
        SettingError
            When project and workspace leave too little room for a readable name.
        """
        room = self._room(Kind.CONFIG_RULE)
        if len(rule_id) <= room:
            return None
        if room < MIN_LENGTH:
            raise SettingError(self._too_long(Kind.CONFIG_RULE, rule_id))
        return shorten(rule_id, room)

    def event_rule(self, purpose: str) -> str:
        """Name an EventBridge rule."""
        return self._name(Kind.EVENT_RULE, purpose)

    def function(self, purpose: str) -> str:
        """Name a Lambda function."""
        return self._name(Kind.FUNCTION, purpose)

    def role(self, purpose: str) -> str:
        """Name an IAM role: the name includes the region, because roles are global."""
        return self._name(Kind.ROLE, f"{purpose}-{self.region}")

    def table(self, purpose: str) -> str:
        """Name a DynamoDB table."""
        return self._name(Kind.TABLE, purpose)

    def _name(self, kind: Kind, purpose: str) -> str:
        self._check_purpose(kind, purpose)
        if len(purpose) > self._room(kind):
            raise SettingError(self._too_long(kind, purpose))
        return f"{self.prefix}{purpose}"

    def _check_purpose(self, kind: Kind, purpose: str) -> None:
        if not re.fullmatch(PURPOSE, purpose):
            raise SettingError(
                f"{purpose!r} cannot end a {kind.label}'s name: use lower-case words and digits joined by hyphens."
            )

    def _room(self, kind: Kind) -> int:
        """Count the characters that are left for the last part of a name."""
        return kind.max_length - len(self.project) - self.max_workspace_length - len("--")

    def _too_long(self, kind: Kind, purpose: str) -> str:
        excess = len(purpose) - self._room(kind)
        return (
            f"The {kind.label} '{self.project}-<workspace>-{purpose}' can become {kind.max_length + excess} characters "
            f"long with a workspace of {self.max_workspace_length}, and AWS allows {kind.max_length}: shorten it by "
            f"{excess}, or give the stack a smaller max_workspace_length."
        )
