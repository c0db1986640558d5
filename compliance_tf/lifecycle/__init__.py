"""The commands plan, deploy, apply, destroy and recover."""
