"""What the APIs that this package serves have in common, and the small ones."""
