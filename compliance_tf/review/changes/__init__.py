"""The changes that a plan makes to permissions, rules and coverage."""
