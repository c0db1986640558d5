"""What AWS publishes about AWS Config's managed rules, as data files with typed access."""
