"""Triggering: from a schedule or an API call to evaluations that AWS Config starts."""
