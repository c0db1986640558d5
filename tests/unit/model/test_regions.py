"""Regions and partitions."""

from __future__ import annotations

import json
import re
from pathlib import Path

import botocore
import pytest

from compliance_tf.model.regions import PARTITION, REGION, partition

PARTITIONS = json.loads((Path(botocore.__file__).parent / "data" / "partitions.json").read_text())["partitions"]


@pytest.mark.parametrize("facts", PARTITIONS, ids=lambda facts: facts["id"])
def test_every_region_of_the_sdk_is_one_and_in_its_partition(facts: dict[str, object]) -> None:
    regions = [region for region in facts["regions"] if not region.endswith("-global")]
    assert regions
    for region in regions:
        assert re.fullmatch(REGION, region)
        assert partition(region) == facts["id"]
    assert re.fullmatch(PARTITION, str(facts["id"]))


@pytest.mark.parametrize("text", ["europe", "eu-west", "eu-west-1a", "EU-WEST-1", "xx-west-1", "", "eu-west-1 "])
def test_what_is_no_region_is_in_no_partition(text: str) -> None:
    assert not re.fullmatch(REGION, text)
    assert partition(text) is None
