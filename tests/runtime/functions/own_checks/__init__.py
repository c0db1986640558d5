"""Checks that only tests have, deployed as a user's own folder is."""
