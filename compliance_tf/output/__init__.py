"""What commands write: tables for the terminal, and files."""
