"""Tags that one of the services would refuse are refused before anything is created."""

from __future__ import annotations

import pytest

from compliance_tf.errors import SettingError
from compliance_tf.model.tags import check_tags

OWN = {"project", "workspace", "managed-by", "rule"}


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"workspace": "x"}, "tags gives a value to workspace, which all resources have already"),
        # IAM answers "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        ({"Project": "x"}, "tags gives a value to Project, which for IAM is project, which all resources have"),
        ({"Owner": "x", "OWNER": "y"}, "tags has Owner and OWNER, which for IAM is the same key"),
        ({"AWS:Owner": "x"}, "tags gives a value to AWS:Owner: what begins with aws: only AWS writes"),
        ({"": "x"}, "must have 1 to 128 characters"),
        ({"k" * 129: "x"}, "must have 1 to 128 characters"),
        ({"a,b": "x"}, "which are letters, digits, spaces and"),
        ({"owner": "a\nb"}, "the value of owner must have at most 256 characters, which are letters"),
        ({"owner": "x" * 257}, "the value of owner must have at most 256 characters"),
        ({"cost-center": 42}, "the value of cost-center is 42: it must be a text"),
        ({f"k{number}": "x" for number in range(47)}, "tags has 47 tags, and with .* there would be 51: AWS allows 50"),
    ],
)
def test_what_aws_refuses_is_refused(tags: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=message):
        check_tags(tags, OWN)


def test_all_that_aws_accepts_is_accepted() -> None:
    check_tags(
        {
            "k" * 128: "v" * 256,
            "Größe: 大/小 (x)".replace("(x)", "_.:/=+-@"): "",
            "computed": '${terraform.workspace == "prod" ? "a,b" : "c"}',
            **{f"k{number}": "x" for number in range(43)},
        },
        OWN,
    )
