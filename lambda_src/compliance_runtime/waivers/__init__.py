"""Waivers as the functions know them."""
