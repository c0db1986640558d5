"""What happens to a deployment: it is planned, deployed, applied, destroyed, and recovered after a kill."""
