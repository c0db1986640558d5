"""The stack, which composes the parts and has no logic of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jsii
from cdktf import App, Aspects, IAspect, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from constructs import Construct

from compliance_runtime.deployment import DeployedRule, Deployment
from compliance_tf.catalog.home_region import check_home_region, only_region
from compliance_tf.checks.folder import CheckFolder
from compliance_tf.constructs.account import Account
from compliance_tf.constructs.blocks import Block, Blocks, Declared
from compliance_tf.constructs.event_rules import EventRules
from compliance_tf.constructs.function_options import DEFAULT_LOG_DAYS, Architecture, FunctionOptions, KmsKeys, Network
from compliance_tf.constructs.functions import ComplianceFunctions
from compliance_tf.constructs.guard import GuardedSynthesizer
from compliance_tf.constructs.notifications import Notifications, deliver
from compliance_tf.constructs.outputs import outputs
from compliance_tf.constructs.recorder import EXTERNAL_PROVIDER, ExistingRecorder, RecorderSource
from compliance_tf.constructs.results_table import ResultsTable
from compliance_tf.constructs.schedule import Schedule
from compliance_tf.constructs.state import LocalState, State
from compliance_tf.errors import SettingError
from compliance_tf.model.checked_types import checked
from compliance_tf.model.fleet_regions import CONTEXT, FleetRegion
from compliance_tf.model.naming import RULE_TAG, WORKSPACE, Naming
from compliance_tf.model.setting_values import as_tuple, check_provider_version
from compliance_tf.model.tags import check_tags
from compliance_tf.model.workspace_values import NEVER, Setting, as_by_workspace
from compliance_tf.model.workspaces import Workspaces
from compliance_tf.waivers.resolution import check_waivers, resolve_waivers
from compliance_tf.waivers.waiver import DEFAULT_MAX_DAYS, Waiver

if TYPE_CHECKING:
    from collections.abc import Collection

    from constructs import IConstruct

    from compliance_tf.model.workspace_values import ByWorkspace

TERRAFORM_VERSION = ">= 1.10"
"""The first version of Terraform that locks a state in S3 without DynamoDB."""

_RULE: Final = "aws_config_config_rule"
_STACK: Final = "_compliance_stack"
"""The member of a construct with the stack that it is in."""
_STACKS: Final = "_compliance_stacks"
"""The member of an app with its stacks."""


class ComplianceStack(TerraformStack):
    """A stack of Config rules beside the account's recorder, with the functions that serve them and their results.

    A ``Setting`` may differ by workspace: see :func:`~compliance_tf.model.workspace_values.by_workspace`.

    Parameters
    ----------
    project
        The first part of every name: a lower-case letter, then lower-case letters, digits and underscores.
    region
        The AWS region. Have a stack for each region, or a fleet, which gives it another one.
    home_region
        The region in which rules about what is global are evaluated, such as those on IAM's types: a stack of another
        region is without them. A fleet gives it its own. Unless given, each stack evaluates them.
    recorder_name
        The name of the account's recorder.
    recorder_source
        The source from which the plan reads it.
    workspaces
        The Terraform workspaces that may be deployed to, and those that are protected.
    max_workspace_length
        Characters that a workspace's name may have, at least 1, which every name reserves.
    state
        The state's backend.
    aws_provider
        The exact version of the AWS provider, from 5.100.0 to below 7: that of the bindings, 5.100.0, unless given.
    history_days
        Days that the history of results is kept: 1 to 3,650.
    log_retention_days
        Days that the functions' logs are kept: a retention period of CloudWatch Logs.
    reconcile
        The schedule of reconciliation; it costs reads, no evaluations.
    reevaluate
        The schedule on which all rules are evaluated again, for its costs see
        :class:`~compliance_tf.constructs.event_rules.EventRules`.
    notifications
        The target of notifications about new violations: see
        :class:`~compliance_tf.constructs.notifications.Notifications`.
    checks
        A folder of your own checks: see
        :class:`~compliance_tf.checks.folder.CheckFolder`.
    execution_role
        The ARN of a role that checks assume for their lookups, possibly in another account; it must trust the role of
        the function ``evaluate``, which is used unless this is given. Evaluations are always put with the function's
        own role.
    runtime, architecture, permissions_boundary, role_path, kms_keys, network, tracing, dead_letter_queue, \
    reserved_concurrency
        Settings of the functions and their roles: see
        :class:`~compliance_tf.constructs.function_options.FunctionOptions`.
    waivers
        Violations that an owner accepts for a time: of rules and packs of this stack.
    max_waiver_days
        Days for which a waiver may be granted: at least 1.
    tags
        Tags of all resources, beside ``project``, ``workspace`` and ``managed-by``: at most 46, whose keys differ from
        these and from each other by more than case.

    Raises
    ------
    SettingError
        When a setting has a value that is not allowed.

    Examples
    --------
    >>> kept = by_workspace(prod=3650, default=30)
    >>> stack = ComplianceStack(app, "compliance", project="acme", region="eu-west-1", history_days=kept)
    >>> rule = ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project: str,
        region: str,
        home_region: str | None = None,
        recorder_name: str = "default",
        recorder_source: RecorderSource = RecorderSource.CLOUD_CONTROL,
        workspaces: Workspaces | None = None,
        max_workspace_length: int = 20,
        state: State | None = None,
        aws_provider: str | None = None,
        history_days: Setting[int] = 365,
        log_retention_days: Setting[int] = DEFAULT_LOG_DAYS,
        reconcile: Setting[Schedule] | None = None,
        reevaluate: Setting[Schedule | None] = None,
        notifications: Setting[Notifications | None] = None,
        checks: str | Path | None = None,
        execution_role: str | None = None,
        runtime: str = "python3.13",
        architecture: Architecture = "arm64",
        permissions_boundary: str | None = None,
        role_path: str = "/",
        kms_keys: KmsKeys | None = None,
        network: Network | None = None,
        tracing: bool = False,
        dead_letter_queue: str | None = None,
        reserved_concurrency: int | None = None,
        waivers: Sequence[Waiver] = (),
        max_waiver_days: int = DEFAULT_MAX_DAYS,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, id_)
        if of_fleet := FleetRegion.from_context(self.node.try_get_context(CONTEXT)):
            region, home_region = of_fleet.region, of_fleet.home_region
        if home_region is not None:
            check_home_region(f"Stack '{id_}': home_region", home_region)
        self._home_region = home_region
        self.workspaces = workspaces or Workspaces()
        periods = (as_by_workspace(history_days), as_by_workspace(log_retention_days))
        schedules = (as_by_workspace(reconcile or Schedule.days(1)), as_by_workspace(reevaluate))
        recipients = as_by_workspace(notifications)
        self.workspaces.refuse_unknown([*periods, *schedules, recipients], f"Stack '{id_}'")
        check_waivers(as_tuple("waivers", waivers), max_days=max_waiver_days, workspaces=self.workspaces)
        self._waivers = as_tuple("waivers", waivers)
        own_tags = {"project": project, "workspace": WORKSPACE, "managed-by": "compliance_tf"}
        check_tags(tags or {}, {*own_tags, RULE_TAG})

        self.checks = None if checks is None else CheckFolder(Path(checks))
        if self.checks:
            self.checks.validate()
        self.naming = Naming(project, region, max_workspace_length)
        self._id = id_
        self._refuse_duplicate(scope)
        options = FunctionOptions(
            runtime=runtime,
            architecture=architecture,
            permissions_boundary=permissions_boundary,
            role_path=role_path,
            kms_keys=kms_keys or KmsKeys(),
            network=network,
            tracing=tracing,
            dead_letter_queue=dead_letter_queue,
            reserved_concurrency=reserved_concurrency,
        )
        options.check(region)
        self._is_complete = False
        self._problems: list[str] = []
        self.rules: dict[str, DeployedRule] = {}
        self._ids_by_name: dict[str, str] = {}
        self.blocks = Blocks()
        self._outputs: dict[str, Mapping[str, object]] = {}
        self._required_providers: dict[str, Mapping[str, str]] = {}
        if aws_provider is not None:
            check_provider_version(aws_provider)
            self._required_providers["aws"] = {"version": aws_provider}
        self._state = state or LocalState()
        self._state.configure(self, self.naming)
        all_tags = {**(tags or {}), **own_tags}
        self._provider = {"aws": [{"region": region, "default_tags": [{"tags": all_tags}]}]}
        AwsProvider(self, "aws", region=region, default_tags=[AwsProviderDefaultTags(tags=all_tags)])
        account = self._account = Account(self.blocks, region)
        self.recorder = ExistingRecorder(
            self.blocks,
            naming=self.naming,
            name=recorder_name,
            source=recorder_source,
            home_region=home_region,
            preconditions=self.workspaces.conditions(self.naming),
        )
        if self.recorder.program:
            self._required_providers["external"] = dict(EXTERNAL_PROVIDER)
        self.table = ResultsTable(
            self.blocks,
            naming=self.naming,
            account=account,
            recorder=self.recorder,
            workspaces=self.workspaces,
            kms_key=options.kms_keys.table,
        )
        self.functions = ComplianceFunctions(
            self.blocks,
            naming=self.naming,
            account=account,
            recorder=self.recorder,
            table=self.table,
            history_days=periods[0],
            log_retention_days=periods[1],
            checks=self.checks,
            execution_role=execution_role,
            options=options,
        )
        self.event_rules = EventRules(
            self.blocks,
            naming=self.naming,
            recorder=self.recorder,
            functions=self.functions,
            reconcile=schedules[0],
            reevaluate=schedules[1],
        )
        self.before_rules = (self.recorder.reading.address, self.event_rules.recording.address)
        if recipients != as_by_workspace(None):
            deliver(
                self.blocks,
                naming=self.naming,
                functions=self.functions,
                event_rules=self.event_rules,
                recipients=recipients,
            )
        self.synthesizer = GuardedSynthesizer(
            self,
            id_,
            prefix=self.naming.prefix,
            program=self.recorder.command,
            fixed=self._fixed,
            problems=self._problems,
        )
        # An aspect visits all children, each time in a call from Node: this element has none.
        Aspects.of(Declared(self, "completion", self._declared)).add(_Completion(self))

    @classmethod
    def of(cls, construct: IConstruct) -> ComplianceStack:
        """Return the stack that contains a construct."""
        stack = construct if isinstance(construct, cls) else vars(construct).get(_STACK) or TerraformStack.of(construct)
        if not isinstance(stack, cls):
            raise SettingError(f"{construct.node.path} is not inside a ComplianceStack: give it one as its scope.")
        vars(construct)[_STACK] = stack  # Node is asked once: Packs would have it asked twice for each of its rules
        return stack

    def existence(
        self, enabled: ByWorkspace[bool], resource_types: Collection[str], identifier: str | None = None
    ) -> ByWorkspace[bool]:
        """Return ``enabled``, or NEVER where a rule of these types or this identifier belongs to another region."""
        return NEVER if self.leaves_to_another(resource_types, identifier) else enabled

    def leaves_to_another(self, resource_types: Collection[str], identifier: str | None = None) -> bool:
        """Return whether another region is the only one for a rule; see :meth:`existence`."""
        if self._home_region is None:
            return False
        return only_region(resource_types, identifier, self._home_region) not in {None, self.naming.region}

    def _refuse_duplicate(self, scope: Construct) -> None:
        """Refuse another stack of this project and region, which would have the same names and the same state."""
        stacks: list[ComplianceStack] = vars(scope).setdefault(_STACKS, [])  # to ask Node for its children takes 6 ms
        for other in stacks:
            if (other.naming.project, other.naming.region) == (self.naming.project, self.naming.region):
                raise SettingError(
                    f"Stacks '{other.node.id}' and '{self.node.id}' are both of project '{self.naming.project}' in "
                    f"{self.naming.region}: they would overwrite each other. Give one of them another project or "
                    "region."
                )
        stacks.append(self)

    def declare(self, rule_id: str, rule: DeployedRule, body: dict[str, object], *, name: str | None = None) -> str:
        """Declare a Config rule, and add it to the functions' manifest.

        Parameters
        ----------
        rule_id
            Its id.
        rule
            Its entry in the manifest.
        body
            The members of its block.
        name
            The end of its name, if not the id.

        Returns
        -------
        str
            Its Terraform address.

        Raises
        ------
        SettingError
            When another rule of the stack has this id or name.
        """
        if self._is_complete:
            self._problems.append(
                f"Rule '{rule_id}' came after the manifest of the rules was written: declare it before the synthesis, "
                "not in an aspect."
            )
        if rule_id in self.rules:
            raise SettingError(f"Two rules of stack '{self.node.id}' are called '{rule_id}': give one another id.")
        if other := self._ids_by_name.get(name or rule_id):
            raise SettingError(
                f"The names of rules '{other}' and '{rule_id}' would both end in '{name or rule_id}': give one of them "
                "another name."
            )
        self.rules[rule_id] = rule
        self._ids_by_name[name or rule_id] = rule_id
        # Terraform's identifiers do not begin with a digit.
        resource_name = f"_{rule_id}" if rule_id[0].isdigit() else rule_id
        return self.blocks.add(Block("resource", _RULE, resource_name, body)).address

    def complete(self) -> None:
        """Add what depends on all rules: when synthesis begins."""
        self._is_complete = True
        self.event_rules.complete()
        resolution = resolve_waivers(self._waivers, self.rules)
        self._problems.extend(resolution.problems)
        named = {
            name: self.rules[rule_id] if name == rule_id else replace(self.rules[rule_id], full_id=rule_id)
            for name, rule_id in self._ids_by_name.items()
        }
        deployment = Deployment(named, resolution.waivers)
        # Not TerraformOutput: in cdktf 0.21 one with an object makes Node print a deprecation warning.
        values = outputs(self.naming, self._account.id, self._state, deployment)
        self._outputs.update((name, {"value": value}) for name, value in values.items())
        folder = Path(App.of(self).outdir, "stacks", self._id)
        for asset in (self.functions.complete(deployment), self.recorder.program):
            if asset:
                asset.write(folder)

    def _fixed(self) -> dict[str, object]:
        """Return the blocks that keep a plan to its workspace, region and state, and say what it deploys."""
        read = self.recorder.reading
        return {
            "terraform": {"backend": self._state.backend(self.naming)},
            "provider": self._provider,
            "variable": {"workspace": self.workspaces.variable},
            "data": {read.type: {read.name: read.body}},
            "output": self._outputs,
        }

    def _declared(self) -> dict[str, object]:
        self.recorder.complete()
        return {
            "terraform": {"required_version": TERRAFORM_VERSION, "required_providers": self._required_providers},
            "variable": {"workspace": self.workspaces.variable},
            **self.blocks.to_terraform(),
            "output": self._outputs,
        }


@jsii.implements(IAspect)
class _Completion:
    """An aspect that completes a stack when its synthesis begins, after all of its rules were declared."""

    def __init__(self, stack: ComplianceStack) -> None:
        self._stack = stack
        self._completed = False

    def visit(self, _node: IConstruct) -> None:
        if not self._completed:
            self._completed = True
            self._stack.complete()
