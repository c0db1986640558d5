"""Short names and titles of AWS's conformance packs, derived from AWS's names by rules and a few exceptions."""

from __future__ import annotations

import re
from typing import Final

NAMES_UNLIKE_RULES: Final = {
    "AI-ML-Security-Governance-Supporting-Infrastructure-Best-Practices": "ai-ml-infrastructure",
    "Amazon-Sagemaker-AI-Security-and-Governance-Best-Practices": "ai-ml-sagemaker",
    "Cyber-Resilience-Best-Practices-for-S3-EBS-DynamoDB": "cyber-resilience",
    "Operational-Best-Practices-for-AWS-Identity-and-Access-Management": "iam",
    "Operational-Best-Practices-for-CIS-Critical-Security-Controls-v8-IG1": "cis-controls-8-ig1",
    "Operational-Best-Practices-for-CIS-Critical-Security-Controls-v8-IG2": "cis-controls-8-ig2",
    "Operational-Best-Practices-for-CIS-Critical-Security-Controls-v8-IG3": "cis-controls-8-ig3",
    "Operational-Best-Practices-for-HIPAA-Security": "hipaa",
    "Operational-Best-Practices-for-PCI-DSS-v4.0-excluding-global-resourcetypes": "pci-dss-4.0-without-global",
    "Operational-Best-Practices-for-PCI-DSS-v4.0-including-global-resourcetypes": "pci-dss-4.0",
    "Self-Hosted-AI-ML-Security-Governance-Best-Practices": "ai-ml-self-hosted",
}
"""Short names of packs for which the rules would give a long or unclear one."""

_OPERATIONAL: Final = re.compile(r"Operational-Best-Practices-[Ff]or-")
_SECURITY: Final = re.compile(r"Security-Best-Practices-for-(.+)")
_VENDOR: Final = re.compile(r"\b(AWS|Amazon)-")
_VERSION: Final = re.compile(r"\bv(?=\d)")
_REVISION: Final = re.compile(r"\brev-(?=\d)")
_NUMBERED: Final = re.compile(r"-?(Part|Level|Essential|Top)-?(?=\d)")


def short_name(aws_name: str) -> str:
    """Derive a pack's short name from AWS's name.

    Words that say only that it is a pack, and AWS's own name, are dropped; those for a service end in ``-security``;
    versions lose their ``v``, a revision is ``r5``, and a number is separated from its word.

    Returns
    -------
    str
        The name in kebab case.

    Examples
    --------
    >>> short_name("Operational-Best-Practices-for-CIS-AWS-v1.4-Level2")
    'cis-1.4-level-2'
    """
    if aws_name in NAMES_UNLIKE_RULES:
        return NAMES_UNLIKE_RULES[aws_name]
    name = _OPERATIONAL.sub("", _SECURITY.sub(r"\1-security", aws_name))
    name = _REVISION.sub("r", _VERSION.sub("", _VENDOR.sub("", name)))
    return _NUMBERED.sub(r"-\1-", name).lower()


def title(aws_name: str) -> str:
    """Derive a pack's title: AWS's name without its usual prefix, as words.

    Returns
    -------
    str
        Words with spaces between them; a hyphen between two digits stays.

    Examples
    --------
    >>> title("Operational-Best-Practices-for-NIST-800-53-rev-5")
    'NIST 800-53 rev 5'
    """
    name = _NUMBERED.sub(r"-\1-", _OPERATIONAL.sub("", aws_name)).replace("resourcetypes", "resource types")
    return re.sub(r"(?<!\d)-|-(?!\d)", " ", name)
