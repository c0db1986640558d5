"""Many cells at once: a deployment for each of many accounts and regions, and the results of all of them."""
