"""Checks on this machine: the user's own folder of them, and the commands that write and run them."""
