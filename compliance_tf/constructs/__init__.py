"""Synthesis: the constructs that become Terraform JSON."""
