"""Exports of results in the formats of other tools. Every writer streams: memory does not grow with the results."""
