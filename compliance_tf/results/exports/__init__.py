"""Results in the formats that other tools read. Every writer streams: memory does not grow with the results."""
