"""Lazy loading of the AWS provider's bindings, in Python and in Node.

The documented import of ``cdktf_cdktf_provider_aws`` loads all of its 1,500 modules in both languages before a
first construct exists. Importing :mod:`compliance_tf` calls :func:`load_lazily`; every class of the provider still
works, and is loaded at its first use.
"""

from compliance_tf.constructs.provider.lazy_loading import load_lazily

__all__ = ["load_lazily"]
