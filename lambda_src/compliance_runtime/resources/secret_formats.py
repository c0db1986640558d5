"""Formats of values that are secrets, as data.

Prefixes and lengths are those that the issuers publish, as the rules of gitleaks collect them
(https://github.com/gitleaks/gitleaks, ``config/gitleaks.toml`` of 2026-07-22); the expressions are our own. Further:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids,
https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available,
https://docs.gitlab.com/security/tokens/#token-prefixes, https://docs.slack.dev/authentication/tokens,
https://docs.stripe.com/keys, https://www.rfc-editor.org/rfc/rfc7519, https://www.rfc-editor.org/rfc/rfc7468
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class SecretFormat:
    """A format of a value or a part of it.

    Parameters
    ----------
    kind
        Its name in messages.
    marks
        Texts of which a value has one; a quick test before the expression.
    pattern
        The expression. A match must begin where a run of its own characters begins, so that no character is looked at
        for every other one.
    """

    kind: str
    marks: tuple[str, ...]
    pattern: str

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.ASCII)

    def is_in(self, value: str) -> bool:
        """Return whether a value contains such a secret."""
        return any(mark in value for mark in self.marks) and self._expression.search(value) is not None


def _token(kind: str, tail: str, *prefixes: str) -> SecretFormat:
    """Build the format of tokens that have one of some prefixes, and then at least ``tail``."""
    beginnings = "|".join(re.escape(prefix) for prefix in prefixes)
    return SecretFormat(kind, prefixes, rf"(?<![\w-])(?:{beginnings}){tail}")


FORMATS: tuple[SecretFormat, ...] = (
    SecretFormat("AWS access key", ("AKIA", "ASIA"), r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    _token("Amazon Bedrock API key", r"[A-Za-z0-9+/]{100}", "ABSK"),
    _token("Amazon Bedrock API key", "", "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t"),
    SecretFormat("private key", ("PRIVATE KEY",), r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY"),
    SecretFormat("GitHub token", ("gh", "github_pat_"), r"(?<!\w)(?:gh[pousr]_[\w.-]{36}|github_pat_\w{22})"),
    _token("GitLab token", r"[\w-]{20}", *(f"gl{kind}-" for kind in ("pat", "dt", "rt", "ptt", "ft", "imt", "agent"))),
    _token("GitLab token", r"[\w-]{20}", "glcbt-", "gloas-", "glsoat-", "glffct-", "GR1348941"),
    SecretFormat(
        "Slack token", ("xox", "xapp-"), r"(?<![A-Za-z0-9])(?:xox[abeoprs](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{10}"
    ),
    SecretFormat("Slack webhook", ("hooks.slack.com/",), r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Z0-9]"),
    SecretFormat("Teams webhook", (".webhook.office.com/",), r"\.webhook\.office\.com/webhookb2/[0-9a-f]{8}"),
    SecretFormat("Discord webhook", ("/api/webhooks/",), r"discord(?:app)?\.com/api/webhooks/[0-9]{6,20}/[\w-]{20}"),
    SecretFormat(
        "Stripe key",
        ("k_live_", "k_test_", "k_prod_", "whsec_"),
        r"(?<![A-Za-z0-9])(?:[sr]k_(?:live|test|prod)|whsec)_[A-Za-z0-9]{16}",
    ),
    SecretFormat("JWT", ("eyJ",), r"(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{2,}\.[\w-]{10}"),
    SecretFormat("Azure storage signature", ("sig=",), r"[?&]sig=[A-Za-z0-9%+/]{40}"),
    SecretFormat("Microsoft Entra secret", ("Q~",), r"(?<![\w~.-])[\w~.-]{3}[0-9]Q~[\w~.-]{31}"),
    SecretFormat("Telegram bot token", (":AA",), r"(?<![0-9])[0-9]{8,10}:AA[\w-]{33}"),
    SecretFormat("HCP Terraform token", (".atlasv1.",), r"(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60}"),
    SecretFormat("Mailchimp key", ("-us",), r"(?<![0-9a-f])[0-9a-f]{32}-us[0-9]{1,2}(?![0-9a-z])"),
    SecretFormat("MaxMind license key", ("_mmk",), r"(?<![A-Za-z0-9_])[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk"),
    SecretFormat("OpenAI key", ("T3BlbkFJ",), r"sk-[\w-]{20,200}T3BlbkFJ[\w-]{20}"),
    SecretFormat("Twilio key", ("SK",), r"(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])"),
    _token("OpenAI key", r"[\w-]{40}", "sk-proj-", "sk-svcacct-", "sk-admin-"),
    _token("Anthropic key", r"[\w-]{80}", "sk-ant-api03-", "sk-ant-admin01-"),
    _token("Hugging Face token", "[A-Za-z]{33}", "hf_", "api_org_"),
    _token("Replicate token", "[A-Za-z0-9]{36}", "r8_"),
    _token("Groq key", "[A-Za-z0-9]{50}", "gsk_"),
    _token("Perplexity key", "[A-Za-z0-9]{48}", "pplx-"),
    _token("xAI key", "[A-Za-z0-9]{70}", "xai-"),
    _token("Google API key", r"[\w-]{35}", "AIza"),
    _token("Google OAuth secret", r"[\w-]{20}", "GOCSPX-", "ya29."),
    _token("SendGrid key", r"[\w-]{22}\.[\w-]{43}", "SG."),
    _token("Mailgun key", "[0-9a-f]{32}", "key-"),
    _token("Brevo key", "[0-9a-f]{64}-", "xkeysib-", "xsmtpsib-"),
    _token("npm token", "[A-Za-z0-9]{36}", "npm_"),
    _token("PyPI token", r"[\w-]{50}", "pypi-AgEIcHlwaS5vcmc"),
    _token("RubyGems token", "[0-9a-f]{48}", "rubygems_"),
    _token("Docker Hub token", r"[\w-]{20}", "dckr_pat_", "dckr_oat_"),
    _token("Clojars token", "[A-Za-z0-9]{60}", "CLOJARS_"),
    _token("DigitalOcean token", "[0-9a-f]{64}", "dop_v1_", "doo_v1_", "dor_v1_"),
    _token("Heroku key", r"[\w-]{58}", "HRKU-AA"),
    _token("Fly.io token", r"[\w+/-]{40}", "fo1_", "fm1a_", "fm1r_", "fm2_"),
    _token("Netlify token", "[A-Za-z0-9]{36}", "nfp_"),
    _token("Databricks token", "[0-9a-f]{32}", "dapi"),
    _token("Doppler token", r"[\w.]{43}", "dp.pt.", "dp.st.", "dp.ct.", "dp.sa."),
    _token("Dynatrace token", r"[A-Za-z0-9]{24}\.[A-Za-z0-9]{64}", "dt0c01.", "dt0s01.", "dt0s16."),
    _token("Grafana token", "[A-Za-z0-9+/]{32}", "glsa_", "glc_"),
    _token("New Relic key", "[A-Z0-9]{27}", "NRAK-"),
    _token("New Relic key", r"[\w-]{32}", "NRII-", "NRIQ-"),
    _token("Pulumi token", "[0-9a-f]{40}", "pul-"),
    _token("Vault token", r"[\w-]{24}", "hvs.", "hvb."),
    _token("PlanetScale token", r"[\w=.-]{32}", "pscale_tkn_", "pscale_pw_", "pscale_oauth_"),
    _token("Supabase token", r"[\w-]{20}", "sbp_", "sb_secret_"),
    _token("Postman key", "[0-9a-f]{24}-[0-9a-f]{34}", "PMAK-"),
    _token("Linear key", "[A-Za-z0-9]{40}", "lin_api_", "lin_oauth_"),
    _token("Notion token", "[A-Za-z0-9]{46}", "ntn_"),
    _token("Figma token", r"[\w-]{40}", "figd_"),
    _token("Sentry token", r"[\w+/=-]{60}", "sntrys_", "sntryu_"),
    _token("Atlassian token", r"[\w=-]{100}", "ATATT3", "ATCTT3"),
    _token("Artifactory token", "[A-Za-z0-9]{69}", "AKCp"),
    _token("Artifactory token", "[A-Za-z0-9]{59}", "cmVmd"),
    _token("age key", "[0-9A-Z]{58}", "AGE-SECRET-KEY-1"),
    _token("1Password token", "[A-Za-z0-9+/]{200}", "ops_eyJ"),
    _token("Alibaba Cloud key", "[A-Za-z0-9]{20}", "LTAI"),
    _token("SonarQube token", "[0-9a-f]{40}", "squ_", "sqp_", "sqa_"),
    _token("Sourcegraph token", r"(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}", "sgp_"),
    _token("Square token", r"[\w-]{22}", "sq0atp-", "sq0csp-", "EAAAE"),
    _token("Shopify token", "[0-9a-fA-F]{32}", "shpat_", "shpca_", "shppa_", "shpss_"),
    _token("Tailscale key", "[A-Za-z0-9-]{20}", "tskey-auth-", "tskey-api-", "tskey-client-"),
    _token("Typeform token", r"[\w.=-]{40}", "tfp_"),
    _token("Adobe secret", "[A-Za-z0-9]{32}", "p8e-"),
    _token("Contentful token", r"[\w-]{43}", "CFPAT-"),
    _token("Cloudflare key", "[0-9a-f]{24}-[0-9a-f]{146}", "v1.0-"),
    _token("Duffel token", r"[\w=-]{43}", "duffel_live_", "duffel_test_"),
    _token("EasyPost key", "[A-Za-z0-9]{54}", "EZAK", "EZTK"),
    _token("Frame.io token", r"[\w=-]{64}", "fio-u-"),
    _token("Harness key", r"[\w-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}", "pat.", "sat."),
    _token("Infracost key", "[A-Za-z0-9]{32}", "ico-"),
    _token("Octopus Deploy key", "[A-Z0-9]{26}", "API-"),
    _token("OpenShift token", r"[\w-]{43}", "sha256~"),
    _token("Prefect token", "[A-Za-z0-9]{36}", "pnu_"),
    _token("ReadMe token", "[a-z0-9]{70}", "rdme_"),
    _token("Scalingo token", r"[\w-]{48}", "tk-us-"),
    _token("Shippo token", "[0-9a-fA-F]{40}", "shippo_live_", "shippo_test_"),
)
"""Of each kind the part that is always there; whole tokens may be longer."""

_MARKS = re.compile("|".join(re.escape(mark) for one in FORMATS for mark in one.marks))
"""One look for all marks: an item may have tens of thousands of short texts."""


def kind_of_format(value: str) -> str | None:
    """Return the kind of the first format that a text has a secret of; None for none."""
    if not _MARKS.search(value):
        return None
    return next((one.kind for one in FORMATS if one.is_in(value)), None)
