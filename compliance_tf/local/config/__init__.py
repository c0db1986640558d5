"""AWS Config as the local AWS serves it."""
