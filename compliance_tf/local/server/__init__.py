"""The server process: MiniStack and its extensions."""
