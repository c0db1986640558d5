"""Runs of Terraform and of apps, and readers of what was synthesized."""
