"""Importers of facts and generators of reference pages, for those who maintain this project."""
