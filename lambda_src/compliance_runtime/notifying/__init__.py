"""From new violations to a message that is published."""
