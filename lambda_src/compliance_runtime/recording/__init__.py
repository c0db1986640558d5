"""Recording: from compliance changes to the results table."""
