"""Checks that only the measurements have, packed as a user's own folder is."""
