"""Checks that only tests have, which the evaluator finds as it finds deployed ones."""
