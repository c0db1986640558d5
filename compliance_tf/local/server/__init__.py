"""The process: MiniStack, and what stands around it."""
