"""Waivers in the functions: matching and lookups."""
