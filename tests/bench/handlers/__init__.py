"""What the function is compared with: handlers of the same events."""
