"""Waivers: accepted violations, with owner, reason and expiry."""
