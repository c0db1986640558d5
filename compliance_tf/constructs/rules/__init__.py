"""AWS Config rules: managed rules, check rules and policy rules."""
