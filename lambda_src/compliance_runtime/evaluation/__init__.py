"""From a request of AWS Config to the verdicts that are put."""
