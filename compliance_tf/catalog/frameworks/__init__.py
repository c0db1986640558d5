"""Frameworks as data: their controls, and the rules that speak to each; one file a framework."""
