"""Which actions together let an identity make itself an administrator, as known in November 2026.

Sources: Rhino Security Labs (https://github.com/RhinoSecurityLabs/AWS-IAM-Privilege-Escalation) and Datadog's
https://pathfinding.cloud, which says for each way what it needs. In the table are those that need nothing but the
actions themselves, and those that need a role with more rights that a service may assume. Not in it are those that take
over what exists by chance, such as a function's code (``lambda:UpdateFunctionCode``) or an instance
(``ssm:SendCommand``): it is the role of that thing that decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.policy.document import may
from compliance_runtime.resources.iam_policies import iam_arn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.policy.conditions import Request
    from compliance_runtime.policy.document import PolicyDocument

PASS_ROLE = "iam:PassRole"  # noqa: S105 the name of an action


@dataclass(frozen=True)
class Combination:
    """Actions that together are enough.

    Parameters
    ----------
    actions
        Their whole names, as AWS writes them.
    service
        The service that the role is passed to, as the condition key ``iam:PassedToService`` has it; None where no role
        is passed, or to several services.
    """

    actions: tuple[str, ...]
    service: str | None = None

    @property
    def name(self) -> str:
        """The actions with plus signs between: ``iam:PassRole+ec2:RunInstances``."""
        return "+".join(self.actions)


def _passing(service: str | None, *actions: str) -> Combination:
    return Combination((PASS_ROLE, *actions), service)


COMBINATIONS: tuple[Combination, ...] = (
    # More rights for oneself.
    Combination(("iam:AttachUserPolicy",)),
    Combination(("iam:AttachGroupPolicy",)),
    Combination(("iam:AttachRolePolicy",)),
    Combination(("iam:PutUserPolicy",)),
    Combination(("iam:PutGroupPolicy",)),
    Combination(("iam:PutRolePolicy",)),
    Combination(("iam:CreatePolicyVersion",)),
    Combination(("iam:SetDefaultPolicyVersion",)),
    Combination(("iam:AddUserToGroup",)),
    # The credentials of somebody with more rights.
    Combination(("iam:CreateAccessKey",)),
    Combination(("iam:CreateLoginProfile",)),
    Combination(("iam:UpdateLoginProfile",)),
    # A role that trusts a user or role by name lets it in without sts:AssumeRole in that one's own policies.
    Combination(("iam:UpdateAssumeRolePolicy",)),
    # Something new that runs with a role.
    _passing("lambda.amazonaws.com", "lambda:CreateFunction", "lambda:InvokeFunction"),
    _passing("lambda.amazonaws.com", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    _passing("lambda.amazonaws.com", "lambda:CreateFunction", "lambda:AddPermission"),
    _passing("ec2.amazonaws.com", "ec2:RunInstances"),
    _passing("ec2.amazonaws.com", "ec2:RequestSpotInstances"),
    _passing("ecs-tasks.amazonaws.com", "ecs:RegisterTaskDefinition", "ecs:RunTask"),
    _passing("ecs-tasks.amazonaws.com", "ecs:RegisterTaskDefinition", "ecs:StartTask"),
    _passing("ecs-tasks.amazonaws.com", "ecs:RegisterTaskDefinition", "ecs:CreateService"),
    _passing("cloudformation.amazonaws.com", "cloudformation:CreateStack"),
    _passing("cloudformation.amazonaws.com", "cloudformation:UpdateStackSet"),
    _passing("cloudformation.amazonaws.com", "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"),
    _passing("codebuild.amazonaws.com", "codebuild:CreateProject", "codebuild:StartBuild"),
    _passing("codebuild.amazonaws.com", "codebuild:CreateProject", "codebuild:StartBuildBatch"),
    _passing("glue.amazonaws.com", "glue:CreateDevEndpoint"),
    _passing("glue.amazonaws.com", "glue:CreateJob", "glue:StartJobRun"),
    _passing("glue.amazonaws.com", "glue:CreateJob", "glue:CreateTrigger"),
    _passing("glue.amazonaws.com", "glue:UpdateJob", "glue:StartJobRun"),
    _passing("glue.amazonaws.com", "glue:UpdateJob", "glue:CreateTrigger"),
    _passing("ssm.amazonaws.com", "ssm:CreateDocument", "ssm:StartAutomationExecution"),
    _passing(
        "sagemaker.amazonaws.com", "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"
    ),
    _passing("sagemaker.amazonaws.com", "sagemaker:CreateTrainingJob"),
    _passing("sagemaker.amazonaws.com", "sagemaker:CreateProcessingJob"),
    _passing("emr-serverless.amazonaws.com", "emr-serverless:CreateApplication", "emr-serverless:StartJobRun"),
    # Roles of different services are passed, or of one that the sources do not name for certain.
    _passing(None, "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"),
    _passing(None, "elasticmapreduce:RunJobFlow"),
    _passing(None, "batch:RegisterJobDefinition", "batch:SubmitJob"),
    _passing(None, "apprunner:CreateService"),
    _passing(
        None,
        "imagebuilder:CreateComponent",
        "imagebuilder:CreateImageRecipe",
        "imagebuilder:CreateInfrastructureConfiguration",
        "imagebuilder:CreateImage",
    ),
    _passing(
        None,
        "bedrock-agentcore:CreateCodeInterpreter",
        "bedrock-agentcore:StartCodeInterpreterSession",
        "bedrock-agentcore:InvokeCodeInterpreter",
    ),
)


_KINDS: Mapping[str, str] = {
    "iam:attachuserpolicy": "user",
    "iam:attachgrouppolicy": "group",
    "iam:attachrolepolicy": "role",
    "iam:putuserpolicy": "user",
    "iam:putgrouppolicy": "group",
    "iam:putrolepolicy": "role",
    "iam:createpolicyversion": "policy",
    "iam:setdefaultpolicyversion": "policy",
    "iam:addusertogroup": "group",
    "iam:createaccesskey": "user",
    "iam:createloginprofile": "user",
    "iam:updateloginprofile": "user",
    "iam:updateassumerolepolicy": "role",
    "iam:passrole": "role",
}
"""What IAM's actions change or hand on: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html"""

_ON_ONESELF = frozenset(action for action in _KINDS if action.startswith(("iam:attach", "iam:put"))) | {
    "iam:createpolicyversion",
    "iam:setdefaultpolicyversion",
}
"""Those that are enough if one may take them on oneself, or on a policy that one has."""

_ADMINISTRATORS_POLICIES = ("policy/AdministratorAccess", "policy/IAMFullAccess")


def possible_combinations(documents: Sequence[PolicyDocument], item: ConfigurationItem) -> tuple[Combination, ...]:
    """List the combinations that policies allow, in the order of the table.

    IAM's actions count if they are allowed on all users, groups, roles or policies of the account, and those that
    change rights also if they are allowed on oneself. An action on certain others is not counted: what those may do is
    not known here. The actions of other services count on any resource. Conditions are taken to hold, but for those on
    ``iam:PassedToService``, ``iam:PolicyARN`` and ``iam:PermissionsBoundary`` that would stop it.

    Parameters
    ----------
    documents
        The policies, which hold together.
    item
        The recorded item that they are of: a policy, role, user or group.
    """
    own = _own_arns(item)
    return tuple(
        combination
        for combination in COMBINATIONS
        if all(_is_possible(documents, action.lower(), combination, item, own) for action in combination.actions)
    )


def _is_possible(
    documents: Sequence[PolicyDocument],
    action: str,
    combination: Combination,
    item: ConfigurationItem,
    own: tuple[str, ...],
) -> bool:
    kind = _KINDS.get(action)
    targets: list[str | None] = [None if kind is None else iam_arn(item, f"{kind}/*")]
    if action in _ON_ONESELF:
        targets += [arn for arn in own if f":{kind}/" in arn]
    return any(
        may(documents, action, target, request)
        for target in targets
        for request in _requests(action, combination.service, item)
    )


def _requests(action: str, service: str | None, item: ConfigurationItem) -> Iterator[Request]:
    """Give what is known of the requests that would do; one of them is enough."""
    if action == PASS_ROLE.lower() and service is not None:
        # Some services have another name in China.
        yield from ({"iam:passedtoservice": name} for name in (service, f"{service}.cn"))
    elif action.startswith("iam:attach"):
        for policy in _ADMINISTRATORS_POLICIES:
            arn = iam_arn(item, policy).replace(f":{item.account}:", ":aws:")
            yield {"iam:policyarn": arn, "iam:permissionsboundary": None}
    elif action in {"iam:putuserpolicy", "iam:putrolepolicy"}:
        yield {"iam:permissionsboundary": None}
    else:
        yield {}


def _own_arns(item: ConfigurationItem) -> tuple[str, ...]:
    """List the ARNs by which those who have the policies may change their own rights."""
    own = [item.members.text("arn")]
    if item.resource_type != "AWS::IAM::Role":
        own.append(iam_arn(item, "user/${aws:username}"))
    if item.resource_type != "AWS::IAM::Policy":
        own += [policy.text("policyArn") for policy in item.members.objects("attachedManagedPolicies")]
    return tuple(own)
