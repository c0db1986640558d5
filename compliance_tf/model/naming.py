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

WORKSPACE = "${terraform.workspace}"
"""The workspace's name, as Terraform fills it in."""

NAME_PART = r"[a-z][a-z0-9_]*"
"""What a project and a workspace may be called: lower case, for IAM compares names without regard to case."""

PURPOSE = r"[a-z0-9]+(-[a-z0-9]+)*"
"""What the last part of a name may be: words in kebab case."""

REGION = r"[a-z]{2}(-[a-z]+)+-\d"


class Kind(Enum):
    """A kind of named thing, with the length that AWS allows its name."""

    CONFIG_RULE = ("Config rule", 128)  # AWS Config API: ConfigRule.ConfigRuleName
    PERIODIC_CHECK_RULE = ("Config rule of a periodic check", 64)  # AWS Config API: GetComplianceDetailsByConfigRule
    EVENT_RULE = ("EventBridge rule", 64)  # EventBridge API: PutRule.Name
    FUNCTION = ("Lambda function", 64)  # Lambda API: CreateFunction.FunctionName
    ROLE = ("IAM role", 64)  # IAM API: CreateRole.RoleName
    TABLE = ("DynamoDB table", 255)  # DynamoDB API: CreateTable.TableName

    def __init__(self, label: str, longest: int) -> None:
        self.label = label
        self.longest = longest


@dataclass(frozen=True)
class Naming:
    """The names of one deployment.

    Parameters
    ----------
    project
        What the deployment belongs to; the same project in another region is another deployment.
    region
        The AWS region. IAM roles are global, so their names carry it.
    max_workspace_length
        How many characters a workspace's name may have. The name is not known at synthesis, so this much room is
        reserved in every name, and the plan refuses a longer workspace.

    Raises
    ------
    SettingError
        When a part contains what it may not.
    """

    project: str
    region: str
    max_workspace_length: int = 20

    def __post_init__(self) -> None:
        if not re.fullmatch(NAME_PART, self.project):
            raise SettingError(
                f"project={self.project!r} is not a name part: use a lower-case letter, then lower-case letters, "
                "digits and underscores. Hyphens separate the parts of a name, so none may stand in one."
            )
        if not re.fullmatch(REGION, self.region):
            raise SettingError(f"region={self.region!r} is not an AWS region such as 'eu-west-1'.")
        if self.max_workspace_length < 1:
            raise SettingError(f"max_workspace_length={self.max_workspace_length} leaves no room: give at least 1.")

    @property
    def prefix(self) -> str:
        """What every name of this deployment begins with, and no name of another one does."""
        return f"{self.project}-{WORKSPACE}-"

    def config_rule(self, rule_id: str) -> str:
        """Name a Config rule."""
        return self._name(Kind.CONFIG_RULE, rule_id)

    def periodic_check_rule(self, rule_id: str) -> str:
        """Name the Config rule of a periodic check, which has to list its own results by this name."""
        return self._name(Kind.PERIODIC_CHECK_RULE, rule_id)

    def event_rule(self, purpose: str) -> str:
        """Name an EventBridge rule."""
        return self._name(Kind.EVENT_RULE, purpose)

    def function(self, purpose: str) -> str:
        """Name a Lambda function."""
        return self._name(Kind.FUNCTION, purpose)

    def role(self, purpose: str) -> str:
        """Name an IAM role: it carries the region, for roles are global."""
        return self._name(Kind.ROLE, f"{purpose}-{self.region}")

    def table(self, purpose: str) -> str:
        """Name a DynamoDB table."""
        return self._name(Kind.TABLE, purpose)

    def _name(self, kind: Kind, purpose: str) -> str:
        if not re.fullmatch(PURPOSE, purpose):
            raise SettingError(
                f"{purpose!r} cannot end a {kind.label}'s name: use lower-case words and digits joined by hyphens."
            )
        length = len(self.project) + self.max_workspace_length + len(purpose) + len("--")
        if length > kind.longest:
            raise SettingError(
                f"The {kind.label} '{self.project}-<workspace>-{purpose}' can become {length} characters long with "
                f"a workspace of {self.max_workspace_length}, and AWS allows {kind.longest}: shorten it by "
                f"{length - kind.longest}, or give the stack a smaller max_workspace_length."
            )
        return f"{self.prefix}{purpose}"
