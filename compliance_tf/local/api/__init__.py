"""The base of the APIs that this package serves, and the small APIs."""
