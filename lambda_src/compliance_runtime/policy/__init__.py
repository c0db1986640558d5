"""IAM policy documents: principals, actions, resources and conditions."""
