"""The account before a deployment: what it has, what it lacks, and what the deployment will cost. It only reads."""
