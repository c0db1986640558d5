"""Running Terraform and cdktf, and reading what was synthesized."""
