"""The generated pages of docs/reference: ``make docs``."""
