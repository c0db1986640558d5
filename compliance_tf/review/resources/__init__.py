"""Planned resources of any stack, judged by the checks that judge recorded ones: what is planned becomes an item."""
