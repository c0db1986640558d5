"""Plan review: the effects of a Terraform plan in words, and the verdict of the policies."""
