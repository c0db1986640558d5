"""The acceptance test in a real account: what of AWS this project assumes, and what proves it."""
