"""Evaluation: from a request of AWS Config to the evaluations that are put."""
