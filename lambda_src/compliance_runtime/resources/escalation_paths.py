"""Known combinations of actions for privilege escalation, as data from public lists.

Reviewed entry by entry on 2026-11-26:

- https://pathfinding.cloud of Datadog, commit 84dd65c of 2025-12-17 with 65 paths, and the ids of later ones as Prowler
  cites them (BATCH, BRAKET, CODEDEPLOY, COGNITOIDENTITY, ECS-009, EMR, EMRSERVERLESS, GAMELIFT, GLUE-007, IAM-022,
  IAM-023, IMAGEBUILDER, KINESISANALYTICS, OMICS, SCHEDULER, SSM-003, SSO, STEPFUNCTIONS);
- the table of Prowler, ``prowler/providers/aws/services/iam/lib/privilege_escalation.py``;
- Rhino Security Labs, https://github.com/RhinoSecurityLabs/AWS-IAM-Privilege-Escalation.

An entry with more actions than a shorter one is not listed again: whoever may do both may do the one. Actions that only
look around (``ec2:DescribeInstances``) are left out, and so are the two ways of Rhino's that CodeStar offered without
``iam:PassRole``, as AWS closed CodeStar in July 2024.
"""

from __future__ import annotations

from dataclasses import dataclass

PASS_ROLE = "iam:PassRole"  # noqa: S105 the name of an action


@dataclass(frozen=True)
class Combination:
    """Actions that together allow privilege escalation.

    Parameters
    ----------
    actions
        Their full names, as AWS writes them.
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


def _alone(*actions: str) -> Combination:
    return Combination(actions)


def _passing(service: str | None, *actions: str) -> Combination:
    return Combination((PASS_ROLE, *actions), service)


COMBINATIONS: tuple[Combination, ...] = (
    # More rights for oneself.
    _alone("iam:AttachUserPolicy"),
    _alone("iam:AttachGroupPolicy"),
    _alone("iam:AttachRolePolicy"),
    _alone("iam:PutUserPolicy"),
    _alone("iam:PutGroupPolicy"),
    _alone("iam:PutRolePolicy"),
    _alone("iam:CreatePolicyVersion"),
    _alone("iam:SetDefaultPolicyVersion"),
    _alone("iam:AddUserToGroup"),
    # The credentials of somebody with more rights.
    _alone("iam:CreateAccessKey"),
    _alone("iam:CreateLoginProfile"),
    _alone("iam:UpdateLoginProfile"),
    # A role that trusts a user or role by name lets it in without sts:AssumeRole in that one's own policies.
    _alone("iam:UpdateAssumeRolePolicy"),
    # A new permission set of IAM Identity Center, assigned to oneself.
    _alone("sso:CreatePermissionSet", "sso:CreateAccountAssignment", "sso:AttachManagedPolicyToPermissionSet"),
    _alone("sso:CreatePermissionSet", "sso:CreateAccountAssignment", "sso:PutInlinePolicyToPermissionSet"),
    # Something new that runs with a role, or something whose role is changed.
    _passing("lambda.amazonaws.com", "lambda:CreateFunction", "lambda:InvokeFunction"),
    _passing("lambda.amazonaws.com", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
    _passing("lambda.amazonaws.com", "lambda:CreateFunction", "lambda:AddPermission"),
    _passing("ec2.amazonaws.com", "ec2:RunInstances"),
    _passing("ec2.amazonaws.com", "ec2:RequestSpotInstances"),
    _passing("ec2.amazonaws.com", "autoscaling:CreateLaunchConfiguration", "autoscaling:CreateAutoScalingGroup"),
    _passing("ec2.amazonaws.com", "autoscaling:CreateLaunchConfiguration", "autoscaling:UpdateAutoScalingGroup"),
    _passing("ecs-tasks.amazonaws.com", "ecs:RegisterTaskDefinition", "ecs:CreateService"),
    # A task can be started with another role and command than its definition has.
    _passing("ecs-tasks.amazonaws.com", "ecs:RunTask"),
    _passing("ecs-tasks.amazonaws.com", "ecs:StartTask"),
    _passing("cloudformation.amazonaws.com", "cloudformation:CreateStack"),
    _passing("cloudformation.amazonaws.com", "cloudformation:UpdateStack"),
    _passing("cloudformation.amazonaws.com", "cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
    _passing("cloudformation.amazonaws.com", "cloudformation:UpdateStackSet"),
    _passing("cloudformation.amazonaws.com", "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"),
    _passing("codebuild.amazonaws.com", "codebuild:CreateProject", "codebuild:StartBuild"),
    _passing("codebuild.amazonaws.com", "codebuild:CreateProject", "codebuild:StartBuildBatch"),
    _passing("glue.amazonaws.com", "glue:CreateDevEndpoint"),
    _passing("glue.amazonaws.com", "glue:CreateJob", "glue:StartJobRun"),
    _passing("glue.amazonaws.com", "glue:CreateJob", "glue:CreateTrigger"),
    _passing("glue.amazonaws.com", "glue:UpdateJob", "glue:StartJobRun"),
    _passing("glue.amazonaws.com", "glue:UpdateJob", "glue:CreateTrigger"),
    _passing("glue.amazonaws.com", "glue:CreateSession", "glue:RunStatement"),
    _passing("ssm.amazonaws.com", "ssm:CreateDocument", "ssm:StartAutomationExecution"),
    # Both can call nearly every API of AWS by themselves.
    _passing("scheduler.amazonaws.com", "scheduler:CreateSchedule"),
    _passing("scheduler.amazonaws.com", "scheduler:UpdateSchedule"),
    _passing("states.amazonaws.com", "states:CreateStateMachine", "states:StartExecution"),
    _passing("states.amazonaws.com", "states:UpdateStateMachine", "states:StartExecution"),
    _passing("sagemaker.amazonaws.com", "sagemaker:CreateNotebookInstance"),
    _passing("sagemaker.amazonaws.com", "sagemaker:CreateTrainingJob"),
    _passing("sagemaker.amazonaws.com", "sagemaker:CreateProcessingJob"),
    _passing("emr-serverless.amazonaws.com", "emr-serverless:CreateApplication", "emr-serverless:StartJobRun"),
    _passing("gamelift.amazonaws.com", "gamelift:CreateBuild", "gamelift:CreateFleet"),
    _passing(
        "kinesisanalytics.amazonaws.com", "kinesisanalytics:CreateApplication", "kinesisanalytics:StartApplication"
    ),
    _passing("omics.amazonaws.com", "omics:CreateWorkflow", "omics:StartRun"),
    _passing("braket.amazonaws.com", "braket:CreateJob"),
    # Roles of different services are passed, or of one that the sources do not name for certain.
    _passing(None, "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"),
    _passing(None, "elasticmapreduce:RunJobFlow"),
    _passing(None, "batch:RegisterJobDefinition", "batch:SubmitJob"),
    _passing(None, "apprunner:CreateService"),
    _passing(None, "cognito-identity:SetIdentityPoolRoles"),
    _passing(None, "codestar:CreateProject"),
    _passing(
        None,
        "imagebuilder:CreateComponent",
        "imagebuilder:CreateImageRecipe",
        "imagebuilder:CreateInfrastructureConfiguration",
        "imagebuilder:CreateImage",
    ),
    _passing(None, "bedrock-agentcore:CreateCodeInterpreter", "bedrock-agentcore:InvokeCodeInterpreter"),
    _passing(None, "bedrock-agentcore:CreateAgentRuntime", "bedrock-agentcore:InvokeAgentRuntimeCommand"),
    _passing(None, "bedrock-agentcore:CreateHarness", "bedrock-agentcore:InvokeAgentRuntimeCommand"),
    _passing(None, "bedrock-agentcore:CreateBrowser", "bedrock-agentcore:ConnectBrowserAutomationStream"),
)
"""Those that need nothing but the actions themselves, and a role with more rights that a service may assume."""

EXISTING_COMBINATIONS: tuple[Combination, ...] = (
    # A role that trusts whoever may assume it by the own policies.
    _alone("sts:AssumeRole"),
    # The bound of one's own rights.
    _alone("iam:DeleteUserPermissionsBoundary"),
    _alone("iam:DeleteRolePermissionsBoundary"),
    _alone("iam:PutUserPermissionsBoundary"),
    _alone("iam:PutRolePermissionsBoundary"),
    # A permission set that one has.
    _alone("sso:AttachManagedPolicyToPermissionSet"),
    _alone("sso:AttachCustomerManagedPolicyReferenceToPermissionSet"),
    _alone("sso:PutInlinePolicyToPermissionSet"),
    # Something that runs with a role.
    _alone("lambda:UpdateFunctionCode"),
    _alone("lambda:UpdateFunctionConfiguration"),
    _alone("ssm:SendCommand"),
    _alone("ssm:StartSession"),
    _alone("ec2-instance-connect:SendSSHPublicKey"),
    _alone("ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"),
    _alone("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
    _alone("ecs:ExecuteCommand"),
    _alone("cloudformation:UpdateStack"),
    _alone("cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
    _alone("codebuild:StartBuild"),
    _alone("codebuild:StartBuildBatch"),
    _alone("codedeploy:CreateDeployment", "codedeploy:RegisterApplicationRevision"),
    _alone("glue:UpdateDevEndpoint"),
    _alone("states:UpdateStateMachine", "states:StartExecution"),
    _alone("batch:SubmitJob"),
    _alone("apprunner:UpdateService"),
    _alone("sagemaker:CreatePresignedNotebookInstanceUrl"),
    _alone(
        "sagemaker:CreateNotebookInstanceLifecycleConfig",
        "sagemaker:StopNotebookInstance",
        "sagemaker:UpdateNotebookInstance",
        "sagemaker:StartNotebookInstance",
    ),
    _alone("bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"),
    _alone("bedrock-agentcore:InvokeAgentRuntimeCommand"),
    _alone("bedrock-agentcore:StartBrowserSession", "bedrock-agentcore:ConnectBrowserAutomationStream"),
)
"""Those that take over what exists by chance: whether that has more rights is not known from the policy."""
