"""Parquet in a bucket that exists: what readers see there is whole, and a refusal says what is missing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.client import BaseClient
from botocore.exceptions import EndpointConnectionError

from compliance_tf.errors import ExportError
from compliance_tf.results.analytics.sql import ask
from tests.runtime.exports.command import DEPLOYMENT, run
from tests.runtime.results.builders import REGION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.runtime.local.accounts import Account

ELSEWHERE = "us-east-2"
KEY = f"arn:aws:kms:{REGION}:111122223333:key/4a0a1b2c-0000-4000-8000-000000000000"


@pytest.fixture
def s3(account: Account) -> Any:
    """A bucket that exists, empty, in another region than the results."""
    s3 = account.aws.client("s3", account.number, ELSEWHERE)
    s3.create_bucket(Bucket="exports", CreateBucketConfiguration={"LocationConstraint": ELSEWHERE})
    yield s3
    for key in keys(s3):
        s3.delete_object(Bucket="exports", Key=key)
    s3.delete_bucket(Bucket="exports")


def keys(s3: Any) -> list[str]:
    return [one["Key"] for one in s3.list_objects_v2(Bucket="exports").get("Contents", [])]


def export(*more: str, to: str = "s3://exports/results") -> Any:
    return run("results", "export", *DEPLOYMENT, "--no-names", "--format", "parquet", "-o", to, *more)


def path(prefix: str = "results/") -> str:
    return f"{prefix}day={datetime.now(UTC).date()}/account=111122223333/region={REGION}/acme-dev.parquet"


def counted(s3: Any, folder: Path, question: str = "SELECT count(*) FROM latest") -> int:
    """Copy the bucket here, and ask."""
    for key in keys(s3):
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        s3.download_file("exports", key, str(folder / key))
    ((count,),) = ask(question, folder / "results")[1]
    return int(count)


def test_an_export_of_the_same_day_takes_the_place_of_the_earlier(s3: Any, tmp_path: Path) -> None:
    export()
    assert keys(s3) == [path()]
    assert counted(s3, tmp_path) == 4
    export("--status", "non-compliant")
    assert keys(s3) == [path()]
    assert counted(s3, tmp_path) == 1


def test_a_prefix_of_any_characters_is_kept(s3: Any) -> None:
    prefix = "../a b+c//ü/名/it's=100%?#&"
    export(to=f"s3://exports/{prefix}")
    assert keys(s3) == [path(f"{prefix}/")]


def test_a_bucket_that_does_not_exist_is_said_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance_tf.cli.export._Counted.__iter__", lambda _: pytest.fail("was read"))
    with pytest.raises(ExportError, match="There is no bucket no-such-bucket: make it first"):
        export(to="s3://no-such-bucket/results")


def test_who_may_not_write_is_shown_the_permissions(account: Account, s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    iam = account.client("iam")
    iam.create_user(UserName="reader")
    allowed = {"Effect": "Allow", "Action": ["dynamodb:*", "sts:*"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=policy)
    made = iam.create_access_key(UserName="reader")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", made["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", made["SecretAccessKey"])
    with pytest.raises(
        ExportError, match=r"acme-dev.parquet cannot be written: .*AccessDenied.* It takes s3:PutObject"
    ):
        export()
    assert keys(s3) == []


def test_an_upload_that_ends_in_the_middle_leaves_what_was_there(
    s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export()
    # As a file of more than 8 MB is sent: in parts, which are an object when S3 is asked to put them together.
    in_parts = partial(TransferConfig, multipart_threshold=1)
    monkeypatch.setattr("boto3.s3.transfer.TransferConfig", in_parts)
    call = BaseClient._make_api_call

    def breaks(client: BaseClient, operation: str, given: dict[str, Any]) -> Any:
        if operation == "CompleteMultipartUpload":
            raise EndpointConnectionError(endpoint_url="s3")
        return call(client, operation, given)

    monkeypatch.setattr(BaseClient, "_make_api_call", breaks)
    with pytest.raises(ExportError, match=r"cannot be written: .*Could not connect"):
        export("--status", "non-compliant")
    assert s3.list_multipart_uploads(Bucket="exports").get("Uploads", []) == []
    assert counted(s3, tmp_path) == 4


def test_a_key_that_the_bucket_asks_for_is_in_each_request(s3: Any) -> None:
    export("--kms-key", KEY)
    head = s3.head_object(Bucket="exports", Key=path())
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", KEY)


def test_other_formats_are_not_written_into_a_bucket() -> None:
    with pytest.raises(ExportError, match="Only Parquet is written into a bucket"):
        run("results", "export", *DEPLOYMENT, "--format", "csv", "-o", "s3://exports/results.csv")
