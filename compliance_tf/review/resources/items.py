"""Translation of a plan into the items that AWS Config would record after the apply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from compliance_tf.review.resources.any_plan import module_path
from compliance_tf.review.resources.joins import Joins
from compliance_tf.review.resources.place import Places
from compliance_tf.review.resources.planned_item import PlannedItem
from compliance_tf.review.resources.planned_values import PlannedObject, Reads, Unknown, wrapped
from compliance_tf.review.resources.references import References
from compliance_tf.review.resources.translation import Scope, Source, filled, tags
from compliance_tf.review.resources.types.compute import FUNCTION, INSTANCE, TASK_DEFINITION, VOLUME
from compliance_tf.review.resources.types.data import DB_CLUSTER, DB_INSTANCE, LOG_GROUP, TABLE
from compliance_tf.review.resources.types.iam import GROUP, POLICY, ROLE, USER
from compliance_tf.review.resources.types.kms import KEY
from compliance_tf.review.resources.types.messaging import QUEUE, TOPIC
from compliance_tf.review.resources.types.s3 import BUCKET
from compliance_tf.review.resources.types.security_group import SECURITY_GROUP

if TYPE_CHECKING:
    from compliance_tf.review.resources.any_plan import AnyPlan, Instance
    from compliance_tf.review.resources.configuration import Block, Configuration
    from compliance_tf.review.resources.joins import UnresolvedPart
    from compliance_tf.review.resources.place import Place
    from compliance_tf.review.resources.translation import Table

TABLES: Final = (
    *(BUCKET, SECURITY_GROUP, ROLE, USER, GROUP, POLICY, KEY, QUEUE, TOPIC, FUNCTION, DB_INSTANCE, DB_CLUSTER),
    *(VOLUME, INSTANCE, TABLE, LOG_GROUP, TASK_DEFINITION),
)
"""The translated types."""

_BY_TYPE: Final = {type_: table for table in TABLES for type_ in table.terraform}


@dataclass(frozen=True)
class PlannedResource:
    """A resource that exists after the apply.

    Parameters
    ----------
    instance
        Terraform's resource.
    item
        The item that AWS Config would record.
    block
        Its block in the configuration's files; None where they are not available.
    changes
        Whether the apply creates or changes it, or one of its parts.
    place
        Its account and region.
    """

    instance: Instance
    item: PlannedItem
    block: Block | None
    changes: bool
    place: Place


class Translator:
    """The translator of a plan's resources into items.

    Parameters
    ----------
    plan
        The plan.
    configuration
        The configuration's files, if available.
    account, region
        The account and region, where the plan does not have them.
    """

    def __init__(
        self, plan: AnyPlan, configuration: Configuration | None, *, account: str | None, region: str | None
    ) -> None:
        self._plan, self._configuration = plan, configuration
        self._places = Places(plan, account, region)
        self._references = References(plan)
        self._joins = Joins(plan, {table.terraform: table.links for table in TABLES if table.links})

    @property
    def unresolved_parts(self) -> tuple[UnresolvedPart, ...]:
        """Parts whose resource cannot be determined, or is not in the plan."""
        return tuple(self._joins.unresolved_parts)

    @property
    def parts(self) -> frozenset[str]:
        """The addresses of the parts of resources in the plan."""
        return self._joins.joined

    def resources(self) -> tuple[PlannedResource, ...]:
        """Translate all resources of known types that exist after the apply."""
        return tuple(
            self._resource(instance, _BY_TYPE[instance.type])
            for instance in self._plan.instances
            if instance.managed and instance.stays and instance.type in _BY_TYPE
        )

    def block(self, instance: Instance) -> Block | None:
        """Return the block of a resource in the configuration's files."""
        if self._configuration is None:
            return None
        return self._configuration.block(instance, module_path(instance.module))

    def _resource(self, instance: Instance, table: Table) -> PlannedResource:
        source = self._source(instance)
        joined = source.joined
        return PlannedResource(
            instance=instance,
            item=self._item(source, table),
            block=source.block,
            changes=instance.changes or any(part.instance.changes for part in joined.parts),
            place=source.place,
        )

    def _source(self, instance: Instance) -> Source:
        return Source(
            plan=self._plan,
            instance=instance,
            place=self._places.of(instance),
            joined=self._joins.of(instance),
            references=self._references,
            block=self.block(instance),
            arn_of=self._arn,
        )

    def _arn(self, instance: Instance) -> object:
        table = _BY_TYPE.get(instance.type)
        if table is None:
            return Unknown(f"{instance.address}.arn is known only after the apply")
        return table.arn(Scope.of(self._source(instance)))

    def _item(self, source: Source, table: Table) -> PlannedItem:
        scope, reads = Scope.of(source), Reads()
        address = source.instance.address
        configuration: Any = wrapped(filled(table.configuration, scope), f"{address}: configuration", reads)
        supplementary: Any = wrapped(filled(table.supplementary, scope), f"{address}: supplementary", reads)
        tagged: Any = wrapped(tags(scope), f"{address}: tags", reads)
        if isinstance(tagged, Unknown):
            # Passing the tags on does not count as reading them.
            tagged = PlannedObject({}, f"{address}: tags", reads, complete=False, unknown=tagged.reason)
        return PlannedItem(
            resource_type=table.type,
            resource_id=cast("str", table.id(scope)),
            resource_name=cast("str | None", table.name(scope)),
            arn=cast("str | None", table.arn(scope)),
            region=cast("str", table.region or source.place.region),
            account=cast("str", source.place.account),
            capture_time=self._plan.time,
            status="OK",
            tags=tagged,
            configuration=configuration,
            supplementary=supplementary,
            address=address,
            reads=reads,
        )
