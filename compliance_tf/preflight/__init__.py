"""The preflight of an account: recorder, names, quotas, permissions and cost of a deployment. It only reads."""
