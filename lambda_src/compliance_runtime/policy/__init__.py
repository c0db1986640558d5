"""IAM policy documents: who may do what to which resource, and on what condition."""
