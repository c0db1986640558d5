"""Waivers: who accepts which violations, why and until when."""
