"""The account's recorder, and which samples it will record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from compliance_runtime.json_object import is_word
from compliance_tf.catalog.recorded_types import IAM_TYPES, is_recorded_in
from compliance_tf.errors import CommandError

if TYPE_CHECKING:
    from mypy_boto3_config import ConfigServiceClient
    from mypy_boto3_config.type_defs import ConfigurationRecorderOutputTypeDef

_EXCLUSION: Final = "EXCLUSION_BY_RESOURCE_TYPES"
_DAILY: Final = "DAILY"


@dataclass(frozen=True)
class Recorder:
    """The recorder of an account and region.

    Parameters
    ----------
    described
        The recorder as DescribeConfigurationRecorders returns it.
    """

    described: ConfigurationRecorderOutputTypeDef

    @classmethod
    def find(cls, config: ConfigServiceClient, region: str) -> Recorder:
        """Find the customer-managed recorder.

        Returns
        -------
        Recorder
            The region's recorder, which is on, as AWS Config describes it.

        Raises
        ------
        CommandError
            When there is none, or it is switched off.
        """
        # Service-linked recorders may exist as well; no Config rule depends on them.
        own = [
            one
            for one in config.describe_configuration_recorders()["ConfigurationRecorders"]
            if not one.get("servicePrincipal")
        ]
        if not own:
            raise CommandError(f"{region} has no AWS Config recorder: verify in a region that has one.")
        name = own[0]["name"]
        status = config.describe_configuration_recorder_status(ConfigurationRecorderNames=[name])
        if not any(one.get("recording") for one in status["ConfigurationRecordersStatus"]):
            raise CommandError(f"The recorder '{name}' of {region} is switched off: verify where one is on.")
        return cls(own[0])

    @property
    def name(self) -> str:
        """Its name."""
        return self.described["name"]

    def reason_against(self, resource_type: str, region: str) -> str | None:
        """Return why it does not record a type within minutes; None where it does."""
        if not is_recorded_in(resource_type, region):
            return f"{region} does not record {resource_type}."
        if not self._records(resource_type):
            return f"The recorder '{self.name}' does not record {resource_type}."
        if is_word(self._frequency(resource_type), _DAILY):
            return f"The recorder '{self.name}' records {resource_type} once a day only."
        return None

    def _records(self, resource_type: str) -> bool:
        group = self.described.get("recordingGroup", {})
        if group.get("allSupported"):
            return resource_type not in IAM_TYPES or bool(group.get("includeGlobalResourceTypes"))
        if is_word(group.get("recordingStrategy", {}).get("useOnly"), _EXCLUSION):
            return resource_type not in group.get("exclusionByResourceTypes", {}).get("resourceTypes", [])
        return resource_type in group.get("resourceTypes", [])

    def _frequency(self, resource_type: str) -> str:
        mode = self.described.get("recordingMode")
        if not mode:
            return "CONTINUOUS"
        for override in mode.get("recordingModeOverrides", []):
            if resource_type in override["resourceTypes"]:
                return override["recordingFrequency"]
        return mode["recordingFrequency"]
