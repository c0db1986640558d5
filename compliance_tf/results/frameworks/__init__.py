"""The status of a framework's controls, from results."""
