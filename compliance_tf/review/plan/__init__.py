"""Terraform plans: read without their secrets, typed, with a fingerprint."""
