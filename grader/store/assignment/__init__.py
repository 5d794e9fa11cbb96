"""Assignments: what a course asks for, by which rules, and how one student stands in it."""
