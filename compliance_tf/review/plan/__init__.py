"""Terraform plans: parsed without their secrets, typed, with a fingerprint."""
