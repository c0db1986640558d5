"""What ``compliance_tf.testing`` says to those who test checks of their own."""

from __future__ import annotations

import pytest

from compliance_runtime.checks.ec2_user_data_secrets import CHECK
from compliance_tf.testing import account_with, event_item, verdict

INSTANCE = event_item("AWS::EC2::Instance", "i-1", configuration={"state": {"name": "running"}})


def test_a_check_that_looks_something_up_wants_an_account() -> None:
    with pytest.raises(TypeError, match=rf"Check {CHECK.id} looks something up: give verdict\(\) an account to ask\."):
        verdict(CHECK, INSTANCE)


def test_an_account_names_the_client_that_it_lacks() -> None:
    with pytest.raises(TypeError, match=r"asks 'ec2', and account_with\(\) got no client for it: \['iam'\]"):
        verdict(CHECK, INSTANCE, None, account_with(iam=object()))
