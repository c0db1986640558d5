from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.iam_permissions_boundary import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import event_item
from compliance_tf.testing import verdict as judged

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
OTHER = "arn:aws:iam::123456789012:policy/other"


def principal(
    boundary: Any = None, *, kind: str = "Role", name: str = "deployer", path: Any = "/", **members: Any
) -> dict[str, Any]:
    configuration = {"path": path, f"{kind.lower()}Name": name}
    if boundary:
        configuration["permissionsBoundary"] = {
            "permissionsBoundaryType": "PermissionsBoundaryPolicy",
            "permissionsBoundaryArn": boundary,
        }
    return event_item(f"AWS::IAM::{kind}", "AROAROLEROLEROLEROLE1", configuration=configuration | members)


def verdict(item: dict[str, Any], **parameters: Any) -> Verdict:
    return judged(CHECK, item, Parameters(**parameters))


@pytest.mark.parametrize("kind", ["Role", "User"])
def test_any_boundary_will_do_when_none_is_listed(kind: str) -> None:
    assert verdict(principal(BOUNDARY, kind=kind)).compliance is Compliance.COMPLIANT
    missing = verdict(principal(kind=kind))
    assert (missing.compliance, missing.reason) == (Compliance.NON_COMPLIANT, "It has no permissions boundary.")


def test_the_boundary_must_be_a_listed_one() -> None:
    allowed = {"allowed_boundaries": ("arn:aws:iam::*:policy/guard", BOUNDARY)}

    assert verdict(principal(BOUNDARY), **allowed).compliance is Compliance.COMPLIANT
    assert verdict(principal("arn:aws:iam::2:policy/guard"), **allowed).compliance is Compliance.COMPLIANT
    wrong = verdict(principal(OTHER), **allowed)
    assert wrong.compliance is Compliance.NON_COMPLIANT
    assert wrong.reason.startswith(
        f"Its permissions boundary {OTHER} is not allowed: set arn:aws:iam::*:policy/guard or"
    )
    assert BOUNDARY in verdict(principal(), **allowed).reason


def test_a_null_boundary_is_none() -> None:
    assert verdict(principal(permissionsBoundary=None)).compliance is Compliance.NON_COMPLIANT


def test_service_linked_roles_are_left_out() -> None:
    service = principal(path="/aws-service-role/config.amazonaws.com/", name="AWSServiceRoleForConfig")

    assert verdict(service).compliance is Compliance.NOT_APPLICABLE
    # Users may choose that path, which does not make them a service's.
    user = principal(kind="User", path="/aws-service-role/x/")
    assert verdict(user).compliance is Compliance.NON_COMPLIANT


def test_paths_and_names_may_be_exempt() -> None:
    sso = principal(path="/aws-reserved/sso.amazonaws.com/eu-central-1/", name="AWSReservedSSO_Admin_1")

    assert verdict(sso, exempt_paths=("/x/", "/aws-reserved/")).compliance is Compliance.NOT_APPLICABLE
    assert verdict(sso, exempt_names=("AWSReservedSSO_*",)).compliance is Compliance.NOT_APPLICABLE
    assert verdict(sso, exempt_paths=("/sso.amazonaws.com/",)).compliance is Compliance.NON_COMPLIANT
    assert verdict(sso, exempt_names=("AWSReservedSSO",)).compliance is Compliance.NON_COMPLIANT
    user = principal(kind="User", name="admin-1")
    assert verdict(user, exempt_names=("admin-?",)).compliance is Compliance.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("item", "member"),
    [
        (principal(path=None), "path"),
        (principal(path=7), "path"),
        (principal(name=""), "roleName"),
        (principal(permissionsBoundary=BOUNDARY), "permissionsBoundary"),
        (principal(permissionsBoundary={}), "permissionsBoundaryArn"),
    ],
)
def test_a_malformed_item_is_no_verdict(item: dict[str, Any], member: str) -> None:
    with pytest.raises(EventError, match=member):
        verdict(item)


def test_parameters_that_could_never_match_are_refused() -> None:
    with pytest.raises(ParameterError, match="allowed_boundaries has 'boundary'; give ARNs"):
        Parameters(allowed_boundaries=("boundary",))
    with pytest.raises(ParameterError, match="exempt_paths has 'ci/'; paths begin with a slash"):
        Parameters(exempt_paths=("ci/",))
