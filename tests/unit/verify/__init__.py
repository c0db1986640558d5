"""Tests of the acceptance test in a real account."""
