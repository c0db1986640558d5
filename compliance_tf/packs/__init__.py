"""Packs of rules, of AWS and of one's own, put together."""
