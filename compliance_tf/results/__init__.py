"""Reading the results table: what is wrong, where, and since when."""
