"""Batches: what staff hand in for a whole class."""
