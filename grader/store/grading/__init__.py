"""Grading: hands submissions out to workers, and records once how each attempt ended."""
