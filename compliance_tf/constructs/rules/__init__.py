"""AWS Config rules: those that AWS manages, those that run our checks, and those of a policy."""
