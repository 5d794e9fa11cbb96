"""Courses: what they are called, who is in them as what, and how people come in."""
