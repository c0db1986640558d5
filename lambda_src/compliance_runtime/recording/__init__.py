"""From changes of compliance to the results table."""
