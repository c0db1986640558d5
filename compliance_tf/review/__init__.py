"""Plan review: what a Terraform plan of a deployment would do, in words, and whether it may."""
