"""The acceptance test in a real account: the project's assumptions about AWS, and the probes that test them."""
