"""Where reviews are put as comments: pull requests on GitHub, and merge requests on GitLab."""
