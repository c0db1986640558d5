"""From the AWS provider's attributes to what AWS Config records: a table for each type."""
