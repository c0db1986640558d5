"""The kernel: names, workspaces, values by workspace and what may be declared, without CDKTF."""
