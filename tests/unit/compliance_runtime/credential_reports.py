"""A builder of IAM's credential report."""

from __future__ import annotations

import csv
import io

# The columns of the report, as far as they stand before and around those of the access keys:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
COLUMNS = (
    *("user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed"),
    *("password_next_rotation", "mfa_active"),
    *("access_key_1_active", "access_key_1_last_rotated", "access_key_1_last_used_date"),
    *("access_key_1_last_used_region", "access_key_1_last_used_service"),
    *("access_key_2_active", "access_key_2_last_rotated", "access_key_2_last_used_date"),
    *("access_key_2_last_used_region", "access_key_2_last_used_service"),
    *("cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated"),
)


def credential_report(*rows: dict[str, str]) -> bytes:
    """The content of a report; what a row does not say is `false` or `N/A`."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    defaults = {column: "false" if column.endswith("_active") else "N/A" for column in COLUMNS}
    writer.writerows(defaults | row for row in rows)
    return text.getvalue().encode()
