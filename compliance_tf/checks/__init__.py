"""Checks on this machine: a user's own folder of them, and the commands that write and run them."""
