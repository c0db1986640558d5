"""Templates for a new project."""
