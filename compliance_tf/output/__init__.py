"""Output of commands: tables for the terminal, and files."""
