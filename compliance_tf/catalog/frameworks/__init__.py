"""Frameworks as data: their controls, and the rules that map to each; one file per framework."""
