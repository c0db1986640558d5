"""Translations of the AWS provider's attributes to configuration items: a table for each type."""
