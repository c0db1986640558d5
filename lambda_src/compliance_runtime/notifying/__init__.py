"""Notifications: a digest of new violations that is published."""
