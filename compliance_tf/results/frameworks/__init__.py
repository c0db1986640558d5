"""What results say about the controls of a framework."""
